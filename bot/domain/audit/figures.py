"""The figures of an audit: counts, rates and lengths, aggregated in the database. It ranks nobody."""

import math
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus
from bot.domain.audit.dates import Dates
from bot.domain.audit.scope import NONE, Scope, condition, quickly, states
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person

FINISHED = (ItemStatus.DONE, ItemStatus.VERIFIED)
GIVEN_UP = (ItemStatus.DECLINED, ItemStatus.DUPLICATE)


@dataclass(frozen=True)
class Counts:
    """How many items. Promised are all but those declined and those that were the same as another."""

    on_time: int = 0  # done on the due day or before
    done_late: int = 0
    done_undated: int = 0  # nobody had promised a day
    open: int = 0  # and not late
    late: int = 0
    declined: int = 0
    duplicate: int = 0
    verified: int = 0
    first_kept: int = 0  # done by the day that was promised first, before any move
    moved: int = 0
    moves: int = 0  # how often, of all
    reopened: int = 0

    @property
    def done(self) -> int:
        return self.on_time + self.done_late + self.done_undated

    @property
    def promised(self) -> int:
        return self.done + self.open + self.late

    @property
    def all(self) -> int:
        return self.promised + self.declined + self.duplicate

    @property
    def completion(self) -> float | None:
        """The part of what was promised that is done; None where nothing was."""
        return _part(self.done, self.promised)

    @property
    def kept(self) -> float | None:
        """The part of what was promised that was done on time."""
        return _part(self.on_time, self.promised)

    @property
    def checked(self) -> float | None:
        """The part of what is done that was verified."""
        return _part(self.verified, self.done)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def _part(some: int, of: int) -> float | None:
    return some / of if of else None


@dataclass(frozen=True)
class Spread:
    """Whole days. Empty where there is nothing to measure."""

    count: int
    median: int | None
    p90: int | None
    longest: int | None

    @classmethod
    def of(cls, days: dict[int, int]) -> "Spread":
        return cls(sum(days.values()), percentile(days, 0.5), percentile(days, 0.9), max(days, default=None))


def percentile(days: dict[int, int], part: float) -> int | None:
    """The nearest rank: the least number of days that at least this part of them does not exceed."""
    wanted = max(1, math.ceil(part * sum(days.values())))
    for number in sorted(days):
        wanted -= days[number]
        if wanted <= 0:
            return number
    return None


@dataclass(frozen=True)
class Group:
    """The items of one team, owner, severity, kind, priority or month."""

    key: Any  # a key, a person's id, a month's number; None where nobody has said
    counts: Counts


def groups(session: Session, scope: Scope, *, as_: Person, today: date) -> list[Group]:
    """The counts along the breakdown of the scope, in an order that says nothing about who is better."""
    key = _key(session, scope)
    asked = sa.select(key, *_sums(Dates(session), today)).select_from(ActionItem)
    if scope.by == "severity":
        asked = asked.join(Incident, col(Incident.id) == col(ActionItem.incident_id))
    asked = asked.where(condition(session, scope, as_=as_, today=today)).group_by(key)
    rows = session.execute(quickly(asked, scope)).all()
    found = [Group(row[0], Counts(*(int(number or 0) for number in row[1:]))) for row in rows]
    return sorted(found, key=lambda group: _place(session, scope, group.key))


def _key(session: Session, scope: Scope) -> Any:
    if scope.by == "month":
        dates = Dates(session)
        return dates.month(dates.of(ActionItem.created_at))
    columns = {"owner": ActionItem.owner_id, "severity": Incident.severity}
    return columns[scope.by] if scope.by in columns else getattr(ActionItem, scope.by)


def _place(session: Session, scope: Scope, key: Any) -> tuple[int, Any]:
    """Severities and priorities from the worst on; all else by the alphabet; nobody comes last."""
    if key is None:
        return 2, ""
    orders: dict[str, list[str]] = {
        "severity": [each.key for each in company_of(session).severities],
        "priority": ["high", "medium", "low"],
        "kind": ["prevent", "detect", "mitigate", "process"],
    }
    order = orders.get(scope.by, [])
    return (0, order.index(key)) if key in order else (1, key)


def _sums(dates: Dates, today: date) -> list[Any]:
    """In the order of the fields of Counts."""
    meant, status = states(dates, today), col(ActionItem.status)
    finished = status.in_(FINISHED)
    undated = sa.and_(finished, sa.or_(col(ActionItem.due).is_(None), col(ActionItem.done_at).is_(None)))
    first = dates.plain(sa.func.coalesce(ActionItem.first_due, ActionItem.due))
    first_kept = sa.and_(finished, dates.of(ActionItem.done_at) <= first)
    flags = [
        meant["on_time"], meant["done_late"], undated, meant["open"], meant["late"], meant["declined"],
        meant["duplicate"], meant["verified"], first_kept, meant["moved"],
    ]  # fmt: skip
    return [*map(_count, flags), sa.func.sum(ActionItem.moved), _count(meant["reopened"])]


def _count(flag: Any) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((flag, 1), else_=0))


def total(found: list[Group]) -> Counts:
    return sum((group.counts for group in found), Counts())


@dataclass(frozen=True)
class Lengths:
    """How old the open ones are, how long the others took, how late the late ones are: days -> how many."""

    ages: dict[int, int]
    taken: dict[int, int]
    lateness: dict[int, int]


def lengths(session: Session, scope: Scope, *, as_: Person, today: date) -> Lengths:
    """Counted from the day on which an item was promised; a late one from its due day."""
    dates, wanted = Dates(session), condition(session, scope, as_=as_, today=today)
    status, now = col(ActionItem.status), dates.said(today)
    is_open, created = status.in_(STILL_DUE), dates.of(ActionItem.created_at)
    until = sa.case((is_open, now), (status.in_(FINISHED), dates.of(ActionItem.done_at)))
    what = sa.case((is_open, 1), else_=0)
    days = dates.between(created, until)
    asked = quickly(sa.select(what, days, sa.func.count()).where(wanted), scope)
    ages: dict[int, int] = {}
    taken: dict[int, int] = {}
    for is_age, length, count in session.execute(asked.group_by(what, days)):
        if length is not None:
            (ages if is_age else taken)[int(length)] = count
    due = dates.between(dates.plain(ActionItem.due), now)
    late = sa.select(due, sa.func.count()).where(wanted, is_open, col(ActionItem.due) < today).group_by(due)
    return Lengths(ages, taken, {int(days): count for days, count in session.execute(late)})


AGES = ((7, "0 to 7"), (30, "8 to 30"), (90, "31 to 90"), (None, "over 90"))


def by_age(ages: dict[int, int]) -> list[tuple[str, int]]:
    """The open items in four classes of age."""
    found, least = [], -1
    for most, label in AGES:
        top = most if most is not None else max(ages, default=0)
        found.append((label, sum(count for days, count in ages.items() if least < days <= top)))
        least = most if most is not None else least
    return found


def key_word(key: Any) -> str:
    return NONE if key is None else str(key)
