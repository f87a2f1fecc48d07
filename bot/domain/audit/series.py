"""How it went over time: what was done week by week, and what was promised and done until then."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.domain.audit.dates import day_of, first_of, monday, month_of, week_of
from bot.domain.audit.figures import numbers
from bot.domain.audit.gathering import Gathered
from bot.domain.audit.scope import Scope

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


Counted = Counter[int]


def series(found: Gathered, scope: Scope, today: date) -> Series:
    """Of the items in scope: when they were promised, and when they were done."""
    days = {name: numbers(found.parts[name]) for name in ("made", "dropped", "kept", "other")}
    first = scope.since or (day_of(min(days["made"])) if days["made"] else None)
    last = min(scope.until or today, today)
    if first is None or first > last:
        return Series("week", [])
    is_weekly = (last - first).days <= WEEKS
    place, begin = (week_of, monday) if is_weekly else (month_of, first_of)
    made, dropped, *done = (_placed(each, place) for each in days.values())
    places = range(max(place(first), place(last) - MOST + 1), place(last) + 1)
    return Series("week" if is_weekly else "month", _steps(places, begin, made - dropped, *done))


def _placed(days: dict[int, int], place: Callable[[date], int]) -> Counted:
    """The week or month -> how many."""
    found = Counted()
    for number, many in days.items():
        found[place(day_of(number))] += many
    return found


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
