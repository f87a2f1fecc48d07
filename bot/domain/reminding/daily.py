"""The reminders of a day: one message for each person and each team, whatever it is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.domain import incidents, people
from bot.domain.actions.owing import Crowd
from bot.domain.company import Company, Team, company_of
from bot.domain.nudges import Nudge, NudgeRow, Owed, Told, claim, debts, unclaim
from bot.domain.people import Person
from bot.domain.reminding import rules
from bot.domain.reminding.facts import Reminded
from bot.lib.facts import record
from bot.lib.words import plural

DAY = timedelta(days=1)
BATCH = 50  # messages in one transaction: others write meanwhile


@dataclass
class Due:
    """What one person, one team or, with neither, everybody could be told today; nothing twice."""

    day: date
    to: int | None = None
    team: str | None = None
    items: dict[str, list[str]] = field(default_factory=dict)  # what is owed -> the keys of its steps
    escalated: dict[str, list[str]] = field(default_factory=dict)
    incidents: dict[str, int] = field(default_factory=dict)  # key of a step -> incident
    days: dict[str, date] = field(default_factory=dict)  # what is owed -> when it is due

    @property
    def reader(self) -> str:
        if self.to is not None:
            return str(self.to)
        return f"team:{self.team}" if self.team else "everybody"

    @property
    def key(self) -> str:
        """One message a day: who claims it sends it."""
        return f"daily/{self.reader}/{self.day}"


def awake(session: Session, now: datetime) -> frozenset[tuple[str, date]]:
    """The zones in which people are at work now, and the day it is there."""
    company = company_of(session)
    zones = {*session.exec(select(Person.timezone).distinct()), company.workspace.timezone}
    return frozenset((zone, company.day(zone, now)) for zone in zones if company.at_work(zone, now))


def waiting(session: Session, now: datetime) -> list[list[Due]]:
    """All who may be told something now and have not been looked after today, in batches."""
    found = list(_all_due(session, now, company_of(session)).values())
    said = _said(session, {due.key for due in found})
    open_ = sorted((due for due in found if due.key not in said), key=lambda due: due.key)
    return [open_[n : n + BATCH] for n in range(0, len(open_), BATCH)]


def remind(session: Session, batch: Iterable[Due], now: datetime) -> int:
    """Claim the day and the steps; whoever has something new to hear is told. Answers how many are."""
    return sum(_remind(session, due, now) for due in batch)


def _remind(session: Session, due: Due, now: datetime) -> bool:
    if not claim(session, {due.key: 0}, now):
        return False  # another replica did
    new = claim(session, due.incidents, now)
    items, escalated = _longest_late_first(due, due.items, new), _longest_late_first(due, due.escalated, new)
    if not (items or escalated):
        return False
    given = {"key": due.key, "to": due.to, "team": due.team, "day": due.day}
    fact = Reminded(
        by=people.closeout(session).id, items=items, escalated=escalated, claims=tuple(sorted(new)), **given
    )
    record(session, fact, at=now)
    return True


def _longest_late_first(due: Due, steps: dict[str, list[str]], new: set[str]) -> tuple[str, ...]:
    """What has a step that nobody claimed before."""
    found = [owed for owed, keys in steps.items() if new & {*keys}]
    return tuple(sorted(found, key=lambda owed: due.days[owed]))


def put_off(session: Session, fact: Reminded) -> None:
    """It could not be said in working hours: its steps are new again, on another day."""
    unclaim(session, fact.claims)


def forget(session: Session, before: datetime) -> None:
    """The days and weeks that were told long ago. Steps stay: what is owed may stay owed for years."""
    kinds = or_(*(col(NudgeRow.key).like(f"{kind}/%") for kind in ("daily", "weekly", "monthly")))
    session.execute(sa.delete(NudgeRow).where(kinds, col(NudgeRow.at) < before))


def words(session: Session, keys: Iterable[str], today: date) -> list[tuple[str, Told]]:
    """What is owed in words, with its kind; what was settled since is left out."""
    found = []
    for key in keys:
        kind, _, id = key.partition("/")
        if kind in debts and (told := debts[kind].tell(session, int(id), today)):
            found.append((kind, told))
    return found


def answer(fact: Reminded, own: int, late: int) -> str:
    """The first line of a reminder: `2 things need you`, `1 thing in your team is late`."""
    if own:
        whom = "you" if fact.to is not None else "your team" if fact.team else "somebody"
        return f"{plural(own, 'thing')} need{'s' if own == 1 else ''} {whom}"
    where = " in your team" if fact.to is not None else " in this team" if fact.team else ""
    return f"{plural(late, 'thing')}{where} {'is' if late == 1 else 'are'} late"


def before_now(session: Session, now: datetime) -> Iterator[Nudge]:
    """All steps reached by now: for data that is loaded, whose owners never lived through them."""
    for due in _all_due(session, now, company_of(session)).values():
        for step, incident_id in due.incidents.items():
            yield Nudge(key=step, incident_id=incident_id, text="")


# ---- who is owed what


def _all_due(session: Session, now: datetime, company: Company) -> dict[str, Due]:
    sorting = _Sorting(session, company, now)
    for kind in debts.values():
        for owed in kind.find(session, now):
            sorting.add(owed)
    return sorting.found


class _Sorting:
    """Puts each thing that is owed where it is to be said."""

    def __init__(self, session: Session, company: Company, now: datetime) -> None:
        self.session, self.company, self.now = session, company, now
        self.crowd, self.has_channels = Crowd(session, company), people.has_channels(session)
        self.found: dict[str, Due] = {}
        self.days: dict[str, date | None] = {}
        self.persons: dict[int, Person] = {}

    def add(self, owed: Owed) -> None:
        if owed.to is None:
            self._to_team(owed, lambda today: rules.stage(self.company, owed, today))
            return
        today = self._day(self._person(owed.to).timezone)
        if today and (step := rules.stage(self.company, owed, today)):
            self._note(Due(today, to=owed.to), owed, step)
        if owed.due <= self.now.date() + DAY:  # what is not late anywhere goes to nobody else
            self._to_team(owed, lambda today: rules.escalated(self.company, owed, rules.TEAM, today))
            self._to_manager(owed)

    def _to_team(self, owed: Owed, stage: Callable[[date], str | None]) -> None:
        place = None if owed.private else self._place(self.company.team(owed.team))
        if place is None or (place[0] is not None and place[0] == owed.to):
            return
        to, team, zone = place
        today = self._day(zone)
        if today and (step := stage(today)):
            self._note(Due(today, to=to, team=team), owed, step, escalated=owed.to is not None)

    def _place(self, team: Team | None) -> tuple[int | None, str | None, str] | None:
        """A team's channel; where it has none, its manager; where it has neither, everybody."""
        if team is None:
            return None
        ours, manager = self.company.workspace, self.crowd.leader(team.key)
        if self.has_channels and team.channel:
            return None, team.key, ours.timezone
        if manager is not None:
            return manager.id, None, manager.timezone
        return (None, None, ours.timezone) if self.has_channels and ours.announce_in else None

    def _to_manager(self, owed: Owed) -> None:
        who = self._overseer(owed)
        today = self._day(who.timezone) if who and who.id != owed.to else None
        if who and today and (step := rules.escalated(self.company, owed, rules.MANAGER, today)):
            self._note(Due(today, to=who.id), owed, step, escalated=True)

    def _overseer(self, owed: Owed) -> Person | None:
        """The team's manager; where there is none, or they may not know of it, somebody of the incident."""
        manager = self.crowd.leader(owed.team)
        if manager and not (owed.private or manager.is_guest):
            return manager
        incident = incidents.get(self.session, owed.incident_id)
        if manager and incidents.visible(self.session, incident, manager):
            return manager
        return self.crowd.stand_in(incident, but=(owed.to,))

    def _note(self, due: Due, owed: Owed, step: str, *, escalated: bool = False) -> None:
        due = self.found.setdefault(due.key, due)
        # Moved to another day, given to someone, or put off and come back: it is said anew.
        key = f"owed/{owed.key}/{due.reader}/{owed.due}/{step}"
        if owed.quiet_until is not None and owed.quiet_until <= due.day:
            key = f"{key}/{owed.quiet_until}"
        (due.escalated if escalated else due.items).setdefault(owed.key, []).append(key)
        due.incidents[key], due.days[owed.key] = owed.incident_id, owed.due

    def _day(self, zone: str) -> date | None:
        """Which day it is there; None while nobody works there."""
        if zone not in self.days:
            at_work = self.company.at_work(zone, self.now)
            self.days[zone] = self.company.day(zone, self.now) if at_work else None
        return self.days[zone]

    def _person(self, id: int) -> Person:
        if id not in self.persons:
            self.persons[id] = people.get(self.session, id)
        return self.persons[id]


def _said(session: Session, keys: set[str]) -> set[str]:
    if not keys:
        return set()
    by_day = defaultdict(set)
    for key in keys:
        by_day[key.rpartition("/")[2]].add(key)
    asked = [select(NudgeRow.key).where(col(NudgeRow.key).like(f"daily/%/{day}")) for day in by_day]
    return {key for each in asked for key in session.exec(each)}
