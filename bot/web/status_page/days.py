"""Ninety days of a component: each day's worst state, and how long it was in trouble. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.domain.components import WORST_LAST
from bot.lib.words import duration

DAYS = 90
OPERATIONAL, MAINTENANCE = "operational", "under_maintenance"
STATES = tuple(str(state) for state in WORST_LAST)  # a day has the colour of the worst that it saw
OUTAGES = STATES[3:]
WORDS = {
    OPERATIONAL: "works",
    MAINTENANCE: "under maintenance",
    "degraded_performance": "slow or hindered",
    "partial_outage": "partly down",
    "major_outage": "down",
}
MARKS = {
    OPERATIONAL: "✓",
    MAINTENANCE: "◇",
    "degraded_performance": "■",
    "partial_outage": "▲",
    "major_outage": "●",
}

Span = tuple[datetime, datetime, str]


@dataclass(frozen=True)
class Day:
    """A day in UTC. `took` is how long each state lasted that is not operational."""

    day: date
    took: tuple[tuple[str, timedelta], ...] = ()
    is_known: bool = True  # False: before anything was recorded

    @property
    def state(self) -> str:
        return max((state for state, _ in self.took), key=STATES.index, default=OPERATIONAL)

    @property
    def words(self) -> str:
        """`partly down for 43 min, slow or hindered for 1 h`"""
        worst_first = sorted(self.took, key=lambda each: -STATES.index(each[0]))
        return ", ".join(f"{WORDS[state]} for {duration(took)}" for state, took in worst_first)


def worst(states: Iterable[str]) -> str:
    return max(states, key=STATES.index, default=OPERATIONAL)


def days_of(spans: Iterable[Span], since: datetime, now: datetime) -> tuple[Day, ...]:
    """The last ninety days, the oldest first. Before `since` nothing was recorded."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=DAYS - 1)
    took: dict[date, list[Span]] = {}
    for start, end, state in spans:
        if state != OPERATIONAL:
            for piece in _by_day(max(start, _midnight(first)), min(end, now), state):
                took.setdefault(piece[0].date(), []).append(piece)
    known = since.astimezone(UTC).date()
    every = (first + timedelta(days=n) for n in range(DAYS))
    return tuple(Day(day, _sums(took.get(day, ())), day >= known or day in took) for day in every)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _by_day(start: datetime, end: datetime, state: str) -> Iterable[Span]:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    while start < end:
        until = min(end, _midnight(start.date() + timedelta(days=1)))
        yield start, until, state
        start = until


def _sums(pieces: Sequence[Span]) -> tuple[tuple[str, timedelta], ...]:
    """Of what overlaps, each moment counts once, for the worst that was."""
    edges = sorted({edge for start, end, _ in pieces for edge in (start, end)})
    sums: dict[str, timedelta] = {}
    for start, end in pairwise(edges):
        states = [state for begun, ended, state in pieces if begun <= start and ended >= end]
        if states:
            sums[worst(states)] = sums.get(worst(states), timedelta()) + (end - start)
    return tuple(sorted(sums.items()))


def uptime(days: Sequence[Day], since: datetime, now: datetime) -> float | None:
    """The percentage of the recorded time without an outage, partial ones included; None without a record."""
    recorded = now - max(since, _midnight(days[0].day))
    if recorded < timedelta(days=1):
        return None
    down = sum((took for day in days for state, took in day.took if state in OUTAGES), timedelta())
    return max(0.0, 100 * (1 - down / recorded))
