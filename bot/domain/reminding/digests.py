"""Digests: when one goes out, to whom, and what it says; each once, however often the clock asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.actions import ActionItem
from bot.domain.company import Company, Team, company_of
from bot.domain.nudges import NudgeRow, claim
from bot.domain.people import Access, Person, Preference
from bot.domain.postmortems import Postmortem
from bot.domain.reminding import ledger, rules
from bot.domain.reminding.facts import Digested
from bot.domain.reminding.ledger import Ledger, Missing, Promise, Stretch, Summary
from bot.lib.facts import record
from bot.lib.words import plural

WEEK, MONTH = "week", "month"
SHOWN = 10


@dataclass(frozen=True)
class Line:
    """One thing in a list of a digest."""

    ref: str
    title: str
    note: str
    path: str


@dataclass(frozen=True)
class Digest:
    """What one digest says about one person, one team or the company; the first line is the answer."""

    headline: str
    lists: tuple[tuple[str, tuple[Line, ...], int], ...]  # head, lines, how many are left out
    chart: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class _Slot:
    key: str
    at: datetime
    period: str
    to: int | None = None
    team: str | None = None


# ---- when, and to whom


def send(session: Session, now: datetime) -> int:
    """Claim each digest that is due, and say so; answers how many there are."""
    slots = {slot.key: slot for slot in due(session, now)}
    new = claim(session, dict.fromkeys(slots, 0), now)
    by = people.closeout(session).id
    for key in sorted(new):
        slot = slots[key]
        said = {"key": key, "to": slot.to, "team": slot.team, "period": slot.period, "until": slot.at}
        record(session, Digested(by=by, **said), at=now)
    return len(new)


def pass_over(session: Session, incident_id: int, now: datetime) -> None:
    """What is due now counts as sent: data that was just loaded is no news. It leaves with the incident."""
    claim(session, {slot.key: incident_id for slot in due(session, now)}, now)


def hours(session: Session, now: datetime) -> frozenset[str]:
    """The weeks and months whose digest may go out now, and where: cheap to ask, and mostly the same."""
    company = company_of(session)
    zones = {*session.exec(select(Person.timezone).distinct()), company.workspace.timezone}
    chosen = {company.digest.weekly, *session.exec(select(Preference.digest_at).distinct())} - {""}
    weeks = {
        f"{when} {zone} {slot[0]}"
        for when in chosen
        for zone in zones
        if (slot := rules.week_slot(company, when, zone, now))
    }
    monthly = company.digest.monthly
    months = {
        f"{monthly} {zone} {slot[0]}"
        for zone in zones
        if (slot := rules.month_slot(company, monthly, zone, now))
    }
    return frozenset(weeks | months)


def due(session: Session, now: datetime) -> list[_Slot]:
    """Digests whose hour has come and that nobody has claimed yet."""
    company = company_of(session)
    found = [
        *_of_people(session, company, now),
        *_of_teams(company, now),
        *_of_leaders(session, company, now),
    ]
    keys = {slot.key.rpartition("/")[2] for slot in found}
    said: set[str] = set()
    for tail in keys:
        for period in ("weekly", "monthly"):
            said |= set(
                session.exec(select(NudgeRow.key).where(col(NudgeRow.key).like(f"{period}/%/{tail}")))
            )
    return [slot for slot in found if slot.key not in said]


def _of_people(session: Session, company: Company, now: datetime) -> Iterable[_Slot]:
    """Owners and managers, at the hour that they chose, else at the company's; in their own zone."""
    slots: dict[tuple[str, str], tuple[str, datetime] | None] = {}
    wanted = {row.person_id: row for row in session.exec(select(Preference))}
    for person in _owners(session, company):
        wish = wanted.get(person.id)
        if wish and wish.digest_off:
            continue
        when = ((wish.digest_at if wish else "") or company.digest.weekly, person.timezone)
        if when not in slots:
            slots[when] = rules.week_slot(company, *when, now)
        if slot := slots[when]:
            yield _Slot(f"weekly/{person.id}/{slot[0]}", slot[1], WEEK, to=person.id)


def _owners(session: Session, company: Company) -> list[Person]:
    """Whoever owes or owed something, and whoever leads a team."""
    items = select(ActionItem.owner_id).where(col(ActionItem.owner_id).is_not(None)).distinct()
    drafts = select(Postmortem.owner_id).where(col(Postmortem.owner_id).is_not(None)).distinct()
    ids = {id for asked in (items, drafts) for id in session.exec(asked) if id}
    managers = {team.manager.lower() for team in company.teams if team.manager}
    here = select(Person).where(col(Person.is_active), col(Person.is_system).is_(False))
    found = list(session.exec(here.order_by(col(Person.id))))
    real = {one.same_as or one.id for one in found if one.id in ids}
    return [one for one in found if one.id in real or (one.email or "").lower() in managers]


def _of_teams(company: Company, now: datetime) -> Iterable[_Slot]:
    slot = rules.week_slot(company, company.digest.weekly, company.workspace.timezone, now)
    for team in company.teams if slot else ():
        if slot and team.channel:
            yield _Slot(f"weekly/team:{team.key}/{slot[0]}", slot[1], WEEK, team=team.key)


def _of_leaders(session: Session, company: Company, now: datetime) -> Iterable[_Slot]:
    """Managers and administrators, once a month."""
    leads = col(Person.access).in_((Access.MANAGER, Access.ADMIN))
    asked = select(Person).where(leads, col(Person.is_active), col(Person.is_system).is_(False))
    off = set(session.exec(select(Preference.person_id).where(col(Preference.digest_off))))
    for person in session.exec(asked.order_by(col(Person.id))).all():
        reachable = person.slack_id or person.email
        slot = rules.month_slot(company, company.digest.monthly, person.timezone, now)
        if slot and reachable and person.id not in off and person.same_as is None:
            yield _Slot(f"monthly/{person.id}/{slot[0]}", slot[1], MONTH, to=person.id)


# ---- what they say


def compose(session: Session, facts: Sequence[Digested]) -> dict[str, list[Digest]]:
    """Key -> what is said; nothing where there is nothing to say. Rows are read once for each stretch."""
    company, read = company_of(session), {}
    said: dict[str, list[Digest]] = {}
    shelves: dict[Stretch, dict[int | None, Ledger]] = {}
    for fact in facts:
        person = people.get(session, fact.to) if fact.to else None
        today = company.day(person.timezone if person else company.workspace.timezone, fact.until)
        stretch = Stretch.week(today) if fact.period == WEEK else Stretch.month(today)
        if stretch not in read:
            read[stretch] = ledger.read(session, stretch)
            shelves[stretch] = _by_owner(read[stretch])
        writer = _Writer(session, company, read[stretch], shelves[stretch], stretch, today)
        if written := writer.write(fact, person):
            said[fact.key] = written
    return said


def _by_owner(whole: Ledger) -> dict[int | None, Ledger]:
    """Each owner's rows, found without reading all rows for each of them."""
    found: dict[int | None, Ledger] = {}
    for one in whole.promises:
        found.setdefault(one.owner_id, Ledger([], [], whole.moves)).promises.append(one)
    for draft in whole.missing:
        found.setdefault(draft.owner_id, Ledger([], [], whole.moves)).missing.append(draft)
    return found


@dataclass(frozen=True)
class _Writer:
    session: Session
    company: Company
    whole: Ledger
    owners: dict[int | None, Ledger]
    stretch: Stretch
    today: date

    def write(self, fact: Digested, person: Person | None) -> list[Digest]:
        if person is None:
            team = self.company.team(fact.team)
            return self._team(team) if team else []
        if not person.is_active:
            return []
        if fact.period == MONTH:
            return self._company()
        return [*self._own(person), *(one for team in self._led_by(person) for one in self._team(team))]

    def _own(self, person: Person) -> list[Digest]:
        found = self._summary(self.owners.get(person.id, Ledger([], [])))
        return [] if found.is_quiet else [self._digest("You", found, WEEK, by_name=False)]

    def _led_by(self, person: Person) -> list[Team]:
        mail = (person.email or "").lower()
        return [team for team in self.company.teams if mail and (team.manager or "").lower() == mail]

    def _team(self, team: Team) -> list[Digest]:
        found = self._summary(self.whole.of_team(team.key))
        return [] if found.is_quiet else [self._digest(team.name, found, WEEK)]

    def _company(self) -> list[Digest]:
        found = self._summary(self.whole.of_all())
        if found.is_quiet:
            return []
        teams = tuple(line for team in self.company.teams if (line := self._team_line(team)))
        whole = self._digest("All teams", found, MONTH)
        by_team = (("By team", teams, 0),) if teams else ()
        return [Digest(whole.headline, (*by_team, *whole.lists), whole.chart)]

    def _team_line(self, team: Team) -> Line | None:
        found = self._summary(self.whole.of_team(team.key))
        said = ledger.headline(team.name, found, MONTH)
        return None if found.is_quiet else Line("", said, "", f"actions?team={team.key}")

    def _summary(self, rows: Ledger) -> Summary:
        return ledger.summarize(rows, self.stretch, self.today)

    def _digest(self, name: str, found: Summary, period: str, *, by_name: bool = True) -> Digest:
        late = [self._line(one, f"{_days(self.today, one.due)} late", by_name) for one in found.late]
        ahead = [self._line(one, f"due {one.due:%a %d %b}", by_name) for one in found.due_next]
        verified = [self._line(one, "it holds", by_name) for one in found.verified]
        owed = [self._draft(one, by_name) for one in found.missing]
        said = ledger.headline(name, found, period)
        if found.moved:
            said += f" {plural(found.moved, 'date')} moved."
        heads = ("Late", "Due in the next seven days", "Verified", "Postmortems owed")
        lists = zip(heads, (late, ahead, verified, owed), strict=True)
        kept = tuple((head, tuple(of[:SHOWN]), max(0, len(of) - SHOWN)) for head, of in lists if of)
        has_open = any(count for _, count in found.ages)
        return Digest(said, kept, tuple(found.ages) if has_open else ())

    def _line(self, one: Promise, note: str, by_name: bool) -> Line:
        who = f"{self._name(one.owner_id)} · " if by_name else ""
        mark = " · sample" if one.sample else ""
        return Line(
            f"A-{one.id}", one.title, f"INC-{one.incident_id}{mark} · {who}{note}", f"actions/A-{one.id}"
        )

    def _draft(self, one: Missing, by_name: bool) -> Line:
        who = f"{self._name(one.owner_id)} · " if by_name else ""
        late = f"{_days(self.today, one.due)} late" if one.due < self.today else f"due {one.due:%a %d %b}"
        ref = f"INC-{one.incident_id}"
        return Line(ref, one.title, f"{who}{late}", f"incidents/{ref}/postmortem")

    def _name(self, id: int | None) -> str:
        return people.get(self.session, id).name if id else "nobody"


def _days(today: date, due: date | None) -> str:
    return plural((today - due).days, "day") if due else "some days"
