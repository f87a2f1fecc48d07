"""What somebody owes: the door by which features tell the reminders of each day what there is to say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.company import Company

WIDENING = (0, 1, 3, 7, 14)  # days late; after these, each `overdue_every`
ONCE = (0,)


@dataclass(frozen=True)
class Owed:
    """One thing that somebody owes, in few words: there may be a hundred thousand of them."""

    kind: str
    id: int
    incident_id: int
    due: date  # in the calendar of whoever owes it
    to: int | None  # who is asked; None: nobody does it yet, so its team is
    team: str | None = None  # who hears of it when it is late
    since: date | None = None  # from when it could be known; days ahead that had passed are not said
    quiet_until: date | None = None
    late: tuple[int, ...] = WIDENING
    goes_on: bool = True  # said again and again while it is late
    private: bool = False  # a channel may not hear of it

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Told:
    """The same in words, read when it is said: what was settled meanwhile is not said any more."""

    ref: str
    title: str
    incident_id: int
    note: str  # what stands behind the incident's reference: `due Fri (in 2 days)`
    path: str  # of its page
    who: str = ""  # whose it is, for those who hear of it because it is late


class Debts(NamedTuple):
    """All that is owed of one kind, and how one of them is said on a day."""

    find: Callable[[Session, datetime], Iterable[Owed]]
    tell: Callable[[Session, int, date], Told | None]


debts: dict[str, Debts] = {}


def owed(
    kind: str, tell: Callable[[Session, int, date], Told | None]
) -> Callable[[Callable[[Session, datetime], Iterable[Owed]]], Callable[[Session, datetime], Iterable[Owed]]]:
    """Mark a generator of what is owed. It says all, each time it is asked; `reminding` sees to the rest."""

    def mark(find: Callable[[Session, datetime], Iterable[Owed]]) -> Callable[..., Iterable[Owed]]:
        debts[kind] = Debts(find, tell)
        return find

    return mark


def horizon(company: Company, now: datetime) -> date:
    """What is due later than this day is not said yet, wherever somebody lives."""
    spans = [span for text in company.reminders.before_due if (span := company.span(text))]
    ahead = max((2 * span.rough for span in spans), default=timedelta())
    return now.date() + timedelta(days=1 + 7) + ahead


def how_late(due: date, today: date) -> str:
    """`due Fri (in 2 days)`, `due today`, `9 days late`."""
    days = (due - today).days
    if days < 0:
        return f"{-days} day{'s' if days < -1 else ''} late"
    if days == 0:
        return "due today"
    return f"due {due:%a} ({'tomorrow' if days == 1 else f'in {days} days'})"
