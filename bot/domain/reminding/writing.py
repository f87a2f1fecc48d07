"""What a digest says: rows are read once for many digests, and each is written when its turn comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from bot.domain.company import Company, Team, company_of
from bot.domain.people import Person
from bot.domain.reminding import ledger, rules
from bot.domain.reminding.digests import MONTH, WEEK
from bot.domain.reminding.facts import Digested
from bot.domain.reminding.ledger import Ledger, Missing, Move, Promise, Stretch, Summary
from bot.lib.words import plural

SHOWN = 10


@dataclass(frozen=True)
class Line:
    """One thing in a list of a digest; both references are links."""

    ref: str
    title: str
    note: str
    path: str
    incident: str = ""  # of an action item


@dataclass(frozen=True)
class Digest:
    """What one digest says about one person, one team or the company; the first line is the answer."""

    headline: str
    lists: tuple[tuple[str, tuple[Line, ...], int], ...]  # head, lines, how many are left out
    chart: tuple[tuple[str, int], ...] = ()
    path: str = "actions"  # of the page that shows all of it


@dataclass
class _Shelf:
    """All rows of one stretch, sorted by whom they are for; numbers of a team are worked out once."""

    stretch: Stretch
    whole: Ledger
    owners: dict[int | None, Ledger]
    teams: dict[str | None, Ledger]
    happened: tuple[int, int]
    written: dict[tuple[str | None, str, date], list[Digest]] = field(default_factory=dict)


class Composer:
    """Knows all that was read; it asks the database nothing."""

    def __init__(self, session: Session, facts: Iterable[Digested]) -> None:
        self.company = company_of(session)
        everyone = session.exec(select(Person).where(col(Person.is_system).is_(False)))
        self.persons = {person.id: person for person in everyone}
        members = ledger.members(session)
        self.shelves: dict[Stretch, _Shelf] = {}
        for stretch in {self._stretch(fact) for fact in facts}:
            whole = ledger.read(session, stretch)
            shelf = _Shelf(
                stretch, whole, whole.by_owner(members), whole.by_team(), ledger.happened(session, stretch)
            )
            self.shelves[stretch] = shelf

    def day(self, fact: Digested) -> date:
        """The day on which it is told, where its reader is."""
        reader = self.persons.get(fact.to) if fact.to is not None else None
        return self.company.day(reader.timezone if reader else self.company.workspace.timezone, fact.until)

    def head(self, fact: Digested) -> str:
        """`The week to Monday 16 March`, `October 2026`."""
        return rules.named(fact.period, self._stretch(fact).since, self.day(fact))

    def write(self, fact: Digested) -> list[Digest]:
        """Nothing where there is nothing to say, or its time is none of those that were read."""
        shelf = self.shelves.get(self._stretch(fact))
        return _Writer(self, shelf, self.day(fact)).write(fact) if shelf else []

    def _stretch(self, fact: Digested) -> Stretch:
        return Stretch.week(self.day(fact)) if fact.period == WEEK else Stretch.month(self.day(fact))


def compose(session: Session, facts: Sequence[Digested]) -> dict[str, list[Digest]]:
    """Key -> what is said; those that say nothing are left out."""
    composer = Composer(session, facts)
    return {fact.key: written for fact in facts if (written := composer.write(fact))}


@dataclass(frozen=True)
class _Writer:
    composer: Composer
    shelf: _Shelf
    today: date

    @property
    def company(self) -> Company:
        return self.composer.company

    def write(self, fact: Digested) -> list[Digest]:
        if fact.to is None:
            team = self.company.team(fact.team)
            return self._team(team) if team else [] if fact.team else self._everybody(fact.period)
        person = self.composer.persons.get(fact.to)
        if person is None or not person.is_active:
            return []
        if fact.period == MONTH:
            return self._everybody(MONTH)
        return [*self._own(person), *(one for team in self._led_by(person) for one in self._team(team))]

    def _own(self, person: Person) -> list[Digest]:
        found = self._summary(self.shelf.owners.get(person.id, Ledger()))
        return [] if found.is_quiet else [self._digest("You", found, WEEK, by_name=False)]

    def _led_by(self, person: Person) -> list[Team]:
        mail = (person.email or "").lower()
        return [team for team in self.company.teams if mail and (team.manager or "").lower() == mail]

    def _team(self, team: Team) -> list[Digest]:
        """The same for its channel and its manager, if it is the same day there."""
        key = (team.key, WEEK, self.today)
        if key not in self.shelf.written:
            found = self._summary(self.shelf.teams.get(team.key, Ledger()))
            path = f"actions?team={team.key}"
            made = [] if found.is_quiet else [self._digest(team.name, found, WEEK, path=path)]
            self.shelf.written[key] = made
        return self.shelf.written[key]

    def _everybody(self, period: str) -> list[Digest]:
        key = (None, period, self.today)
        if key not in self.shelf.written:
            self.shelf.written[key] = self._company(period)
        return self.shelf.written[key]

    def _company(self, period: str) -> list[Digest]:
        found, (declared, live) = self._summary(self.shelf.whole.of_all()), self.shelf.happened
        if found.is_quiet and not (declared or live):
            return []
        teams = tuple(line for team in self.company.teams if (line := self._team_line(team, period)))
        whole = self._digest("All teams" if self.company.teams else "Everybody", found, period)
        by_team = (("By team", teams, 0),) if teams else ()
        said = f"{whole.headline} {plural(declared, 'incident')} declared, {live or 'none'} live now."
        return [Digest(said, (*by_team, *whole.lists), whole.chart, whole.path)]

    def _team_line(self, team: Team, period: str) -> Line | None:
        found = self._summary(self.shelf.teams.get(team.key, Ledger()))
        if found.is_quiet:
            return None
        said = ledger.headline(team.name, found, period).removeprefix(f"{team.name}: ")
        return Line(team.name, said, "", f"actions?team={team.key}")

    def _summary(self, rows: Ledger) -> Summary:
        return ledger.summarize(rows, self.shelf.stretch, self.today)

    def _digest(
        self, name: str, found: Summary, period: str, *, by_name: bool = True, path: str = "actions"
    ) -> Digest:
        said = ledger.headline(name, found, period)
        if found.moved:
            said += f" {plural(len(found.moved), 'date')} moved."
        lists = (
            ("Late", [self._line(one, f"{_days(self.today, one.due)} late", by_name) for one in found.late]),
            (
                "Due in the next seven days",
                [self._line(one, _due(one.due, self.today), by_name) for one in found.due_next],
            ),
            (
                "Done by their day",
                [self._line(one, "", by_name) for one in found.kept if one not in found.verified],
            ),
            ("Verified", [self._line(one, "it holds", by_name) for one in found.verified]),
            ("Moved", [self._line(one, _moved(move, self.today), by_name) for one, move in found.moved]),
            ("Postmortems owed", [self._draft(one, by_name) for one in found.missing]),
        )
        kept = tuple((head, tuple(of[:SHOWN]), max(0, len(of) - SHOWN)) for head, of in lists if of)
        has_open = any(count for _, count in found.ages)
        return Digest(said, kept, tuple(found.ages) if has_open else (), path)

    def _line(self, one: Promise, note: str, by_name: bool) -> Line:
        who = self._name(one.owner_id) if by_name else ""
        said = " · ".join(part for part in ("sample" if one.sample else "", who, note) if part)
        return Line(f"A-{one.id}", one.title, said, f"actions/A-{one.id}", f"INC-{one.incident_id}")

    def _draft(self, one: Missing, by_name: bool) -> Line:
        is_late = one.due < self.today
        when = f"{_days(self.today, one.due)} late" if is_late else _due(one.due, self.today)
        who = self._name(one.owner_id) if by_name else ""
        said = " · ".join(part for part in ("sample" if one.sample else "", who, when) if part)
        ref = f"INC-{one.incident_id}"
        return Line(ref, one.title, said, f"incidents/{ref}/postmortem")

    def _name(self, id: int | None) -> str:
        """Named, not pinged: a digest is read by many."""
        person = self.composer.persons.get(id) if id else None
        return person.name if person else "nobody"


def _days(today: date, due: date | None) -> str:
    return plural((today - due).days, "day") if due else "some days"


def _due(day: date | None, today: date) -> str:
    if day == today:
        return "due today"
    return f"due {rules.day_named(day, today)}" if day else ""


def _moved(move: Move, today: date) -> str:
    old = f"from {rules.day_named(move.old, today)} " if move.old else ""
    return f"{old}to {rules.day_named(move.new, today)}"
