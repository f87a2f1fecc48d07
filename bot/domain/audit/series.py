"""How it went over time: what was done week by week, and what was promised and done until then."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.actions import ActionItem
from bot.domain.audit.dates import Dates, first_of, monday, month_of, week_of
from bot.domain.audit.figures import FINISHED, GIVEN_UP
from bot.domain.audit.scope import Scope, condition, quickly, states
from bot.domain.people import Person

WEEKS = 190  # days up to which a week is a good step; beyond, a month is
MOST = 60  # steps, so that a chart of ten years can still be read


@dataclass(frozen=True)
class Step:
    """One week or month. `promised` and `done` count all up to its end."""

    begins: date
    on_time: int
    other: int  # done late, or without a promised day
    promised: int
    done: int


@dataclass(frozen=True)
class Series:
    unit: str  # week or month
    steps: list[Step]


def series(session: Session, scope: Scope, *, as_: Person, today: date) -> Series:
    """Of the items in scope: when they were promised, and when they were done."""
    first = scope.since or _first(session, scope, as_, today)
    last = min(scope.until or today, today)
    if first is None or first > last:
        return Series("week", [])
    is_weekly = (last - first).days <= WEEKS
    promised, kept, other = _counted(session, scope, as_, today, is_weekly)
    place, begin = (week_of, monday) if is_weekly else (month_of, first_of)
    start = max(place(first), place(last) - MOST + 1)
    return Series(
        "week" if is_weekly else "month", _steps(range(start, place(last) + 1), begin, promised, kept, other)
    )


def _first(session: Session, scope: Scope, as_: Person, today: date) -> date | None:
    oldest = sa.select(col(ActionItem.created_at)).where(condition(session, scope, as_=as_, today=today))
    oldest = quickly(oldest.order_by(col(ActionItem.created_at)).limit(1), scope)
    found = session.execute(oldest).scalar()
    return found.date() if found else None


Counted = Counter[int]


def _counted(
    session: Session, scope: Scope, as_: Person, today: date, is_weekly: bool
) -> tuple[Counted, Counted, Counted]:
    """Place -> how many were promised, done on time, done otherwise."""
    dates = Dates(session)
    step = dates.week if is_weekly else dates.month
    created = step(dates.of(ActionItem.created_at))
    finished = col(ActionItem.status).in_(FINISHED)
    done = sa.case((finished, step(dates.of(ActionItem.done_at))))
    on_time = sa.case((states(dates, today)["on_time"], 1), else_=0)
    asked = sa.select(created, done, on_time, sa.func.count()).where(
        condition(session, scope, as_=as_, today=today), col(ActionItem.status).not_in(GIVEN_UP)
    )
    promised, kept, other = Counter[int](), Counter[int](), Counter[int]()
    for began, ended, is_kept, count in session.execute(
        quickly(asked.group_by(created, done, on_time), scope)
    ):
        promised[began] += count
        if ended is not None:
            (kept if is_kept else other)[ended] += count
    return promised, kept, other


def _steps(
    places: range, begin: Callable[[int], date], promised: Counted, kept: Counted, other: Counted
) -> list[Step]:
    """What came before the first step is in its sums."""
    found = []
    so_far = sum(n for at, n in promised.items() if at < places.start)
    done = sum(n for at, n in (kept + other).items() if at < places.start)
    for place in places:
        so_far += promised[place]
        done += kept[place] + other[place]
        found.append(Step(begin(place), kept[place], other[place], so_far, done))
    return found
