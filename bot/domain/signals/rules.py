"""What is normal for a series at this hour, and what is not. Pure: no session, no clock, no I/O.

A series is compared with itself: the same hour, an hour before and after, on the days that are like this one.
Medians and median deviations, so that a bad day of the past hides nothing; floors, so that a very still
series does not cry wolf over a breath.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import median

HOUR = 3600  # seconds
DAY, WEEK = 24, 7 * 24  # hours
KEPT_DAYS = 36  # of buckets: five weeks and the hours around them
LEARNING = 8 * DAY  # hours: every weekday was seen once
LIKE_DAYS, WEEKS = 14, 5
FEWEST_BUCKETS, FEWEST_DAYS, FEWEST_EXACT = 6, 3, 5
SIGMA = 1.4826  # of a normal distribution, for one median deviation
P90 = 1.2816  # its ninth decile, in sigmas
OF_A_MEDIAN = 1.2533  # the spread of a median of n, in sigmas by the root of n
FLOOR = 0.05  # of the usual value: less is no spread
SPIKE, DRIFT = 6.0, 5.0  # sigmas
SPIKE_MORE, DRIFT_MORE = 0.5, 0.25  # of the usual value: what is statistically odd and small interests nobody
CALM = 3.0  # sigmas: within these it is over
LONGER, SHORTEST_GAP = 3.0, timedelta(minutes=15)
USUALLY_THERE = 0.7  # of the hours like this one had data
EARLY = 3.0  # times as far as later, while we still learn


class Kind(StrEnum):
    """What is unusual about a series."""

    SPIKE = "spike"
    DRIFT = "drift"
    MISSING = "missing"


class Worse(StrEnum):
    """Which way is bad: a lag that grows, a throughput that falls."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


@dataclass(frozen=True)
class Bucket:
    """What is kept of one hour. `gap` is the longest silence that ended in it, in seconds."""

    hour: int  # since 1970
    count: int
    low: float  # the first decile
    middle: float
    high: float  # the ninth decile
    bottom: float
    top: float
    gap: float
    odd: bool = False  # it belongs to a case, and teaches nothing


@dataclass(frozen=True)
class Side:
    """One way off the usual: how wide a sample spreads there, and from where on it is far out."""

    spread: float
    limit: float


@dataclass(frozen=True)
class Normal:
    """What is usual at one hour. `steady` is the spread of whole hours: less than that of samples."""

    hour: int
    usual: float
    up: Side
    down: Side
    steady: float
    gap: float  # seconds of silence that are usual; 0 where silence itself is
    learning: bool = False

    def sides(self, worse: str) -> tuple[int, ...]:
        return {Worse.UP: (1,), Worse.DOWN: (-1,), Worse.BOTH: (1, -1)}[Worse(worse)]

    def side(self, way: int) -> Side:
        return self.up if way > 0 else self.down


def hour_of(at: datetime) -> int:
    return int(at.timestamp()) // HOUR


def start_of(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)


def like(hour: int, since: int) -> list[int]:
    """The hours to compare with: of days of the same kind, and of the same weekday for longer."""
    most = LIKE_DAYS // 2 if hour - since < LEARNING else LIKE_DAYS
    same = {day for day in range(1, most + 1) if _is_weekend(hour - day * DAY) == _is_weekend(hour)}
    weeks = {week * 7 for week in range(1, WEEKS + 1)} if hour - since >= LEARNING else set()
    return [hour - day * DAY + shift for day in sorted(same | weeks) for shift in (-1, 0, 1)]


def _is_weekend(hour: int) -> bool:
    """1 January 1970 was a Thursday."""
    return (hour // DAY + 3) % 7 >= 5


def normal(buckets: Mapping[int, Bucket], hour: int, since: int) -> Normal | None:
    """What is usual at this hour for a series that is known since an hour; None while too little is known."""
    wanted = [one for one in like(hour, since) if since <= one < hour]
    found = [bucket for one in wanted if (bucket := buckets.get(one)) and not bucket.odd]
    if len(found) < FEWEST_BUCKETS or len({bucket.hour // DAY for bucket in found}) < FEWEST_DAYS:
        return None
    exact = [bucket for bucket in found if (hour - bucket.hour) % DAY == 0]
    exact = exact if len(exact) >= FEWEST_EXACT else found
    usual, learning = median(bucket.middle for bucket in exact), hour - since < LEARNING
    between = _scatter(found, usual)
    within = median(max(bucket.high - bucket.middle, bucket.middle - bucket.low) for bucket in found) / P90
    blur = OF_A_MEDIAN * within / math.sqrt(max(median(bucket.count for bucket in found), 1))
    return Normal(
        hour=hour,
        usual=usual,
        up=_side(1, usual, between, [(b.high - b.middle, b.top - b.middle) for b in found], learning),
        down=_side(-1, usual, between, [(b.middle - b.low, b.middle - b.bottom) for b in found], learning),
        steady=max(_scatter(exact, usual), blur, FLOOR * abs(usual)),
        gap=_gap(buckets, wanted, found),
        learning=learning,
    )


def _scatter(buckets: list[Bucket], usual: float) -> float:
    """How far whole hours lie apart, in sigmas."""
    return SIGMA * median(abs(bucket.middle - usual) for bucket in buckets)


def _side(way: int, usual: float, between: float, reach: list[tuple[float, float]], learning: bool) -> Side:
    """Far out is beyond six sigmas, beyond what those hours reached, and a good deal more than usual."""
    spread = max(math.hypot(between, median(high for high, _ in reach) / P90), FLOOR * abs(usual), 1e-9)
    furthest = between + quantile([top for _, top in reach], 0.9)
    far = max(SPIKE * spread, furthest * 1.25, SPIKE_MORE * abs(usual)) * (EARLY if learning else 1)
    if way > 0:
        return Side(spread, usual + far)
    return Side(spread, usual - far if learning else _below(usual, far))


def _below(usual: float, far: float) -> float:
    """What never falls below nothing falls by shares: a twentieth is as odd as twenty times as much."""
    return usual - far if usual <= 0 else max(usual - far, usual / (1 + 2 * far / usual))


def _gap(buckets: Mapping[int, Bucket], wanted: list[int], found: list[Bucket]) -> float:
    """The silence that is usual; an hour that is often silent has none that would be missed."""
    asked = [one for one in wanted if not ((bucket := buckets.get(one)) and bucket.odd)]
    if not asked or len(found) < USUALLY_THERE * len(asked):
        return 0.0
    return quantile([bucket.gap for bucket in found], 0.9)


def is_far(normal: Normal, value: float, way: int) -> bool:
    """Is a sample far out, this way?"""
    limit = normal.side(way).limit
    return value > limit if way > 0 else value < limit


def is_calm(normal: Normal, value: float, worse: str) -> bool:
    """Is a sample like usual again, and not half way out?"""
    return all(_is_near(normal, value, way) for way in normal.sides(worse))


def _is_near(normal: Normal, value: float, way: int) -> bool:
    off, side = way * (value - normal.usual), normal.side(way)
    return off < min(CALM * side.spread, way * (side.limit - normal.usual) / 2)


def drifts(normal: Normal, middle: float, worse: str) -> int:
    """Which way a whole hour lies off; 0 where it does not, or as long as we learn."""
    for way in normal.sides(worse) if not normal.learning else ():
        off = way * (middle - normal.usual)
        if off > DRIFT * normal.steady and off > DRIFT_MORE * abs(normal.usual):
            return way
    return 0


def is_missed(normal: Normal | None, silent: timedelta) -> bool:
    """Has it been silent for longer than it ever is at this hour?"""
    if normal is None or normal.learning or not normal.gap:
        return False
    return silent > max(SHORTEST_GAP, LONGER * timedelta(seconds=normal.gap))


def quantile(values: Iterable[float], share: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
