"""The reminders of a day: one message for each person and each team, whatever it is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.domain import people
from bot.domain.company import Company, company_of
from bot.domain.nudges import Nudge, NudgeRow, Owed, Told, claim, debts, unclaim
from bot.domain.people import Person
from bot.domain.reminding import rules
from bot.domain.reminding.facts import Reminded
from bot.lib.facts import record

BATCH = 50  # messages in one transaction: others write meanwhile


@dataclass
class Due:
    """What one person or one team could be told today; what was said before is not said again."""

    day: date
    to: int | None = None
    team: str | None = None
    items: dict[str, str] = field(default_factory=dict)  # what is owed -> the key of its step
    escalated: dict[str, str] = field(default_factory=dict)
    incidents: dict[str, int] = field(default_factory=dict)  # key of a step -> incident

    @property
    def key(self) -> str:
        """One message a day: who claims it sends it."""
        return f"daily/{self.to if self.to is not None else f'team:{self.team}'}/{self.day}"


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
    items = tuple(owed for owed, step in due.items.items() if step in new)
    escalated = tuple(owed for owed, step in due.escalated.items() if step in new)
    if not (items or escalated):
        return False
    given = {"key": due.key, "to": due.to, "team": due.team, "day": due.day}
    fact = Reminded(
        by=people.closeout(session).id, items=items, escalated=escalated, claims=tuple(sorted(new)), **given
    )
    record(session, fact, at=now)
    return True


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
        self.found: dict[str, Due] = {}
        self.days: dict[str, date | None] = {}
        self.persons: dict[int, Person] = {}
        self.managers: dict[str, Person | None] = {}

    def add(self, owed: Owed) -> None:
        if owed.to is None:
            self._to_team(owed, lambda today: rules.stage(self.company, owed, today))
            return
        today = self._day(self._person(owed.to).timezone)
        if today and (step := rules.stage(self.company, owed, today)):
            self._note(Due(today, to=owed.to), owed, step)
        self._to_team(owed, lambda today: rules.escalated(self.company, owed, rules.TEAM, today))
        self._to_manager(owed)

    def _to_team(self, owed: Owed, stage: Callable[[date], str | None]) -> None:
        team = self.company.team(owed.team)
        today = self._day(self.company.workspace.timezone)
        if owed.private or team is None or not team.channel or today is None:
            return
        if step := stage(today):
            self._note(Due(today, team=team.key), owed, step, escalated=owed.to is not None)

    def _to_manager(self, owed: Owed) -> None:
        manager = self._manager(owed.team)
        if manager is None or manager.id == owed.to or owed.private:
            return
        today = self._day(manager.timezone)
        if today and (step := rules.escalated(self.company, owed, rules.MANAGER, today)):
            self._note(Due(today, to=manager.id), owed, step, escalated=True)

    def _note(self, due: Due, owed: Owed, step: str, *, escalated: bool = False) -> None:
        due = self.found.setdefault(due.key, due)
        who = due.to if due.to is not None else f"team:{due.team}"
        # Moved to another day, given to someone, or put off and come back: it is said anew.
        key = f"owed/{owed.key}/{who}/{owed.due}/{step}"
        if owed.quiet_until is not None and owed.quiet_until <= due.day:
            key = f"{key}/{owed.quiet_until}"
        (due.escalated if escalated else due.items)[owed.key] = key
        due.incidents[key] = owed.incident_id

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

    def _manager(self, key: str | None) -> Person | None:
        team = self.company.team(key)
        if team is None or not team.manager:
            return None
        if team.key not in self.managers:
            found = people.find(self.session, team.manager)
            self.managers[team.key] = found if found and found.is_active else None
        return self.managers[team.key]


def _said(session: Session, keys: set[str]) -> set[str]:
    if not keys:
        return set()
    by_day = defaultdict(set)
    for key in keys:
        by_day[key.rpartition("/")[2]].add(key)
    asked = [select(NudgeRow.key).where(col(NudgeRow.key).like(f"daily/%/{day}")) for day in by_day]
    return {key for each in asked for key in session.exec(each)}
