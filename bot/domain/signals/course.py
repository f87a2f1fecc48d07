"""How a series runs: samples in, and out comes that something unusual began, or is over. Pure.

The hour at hand is a tally of at most 64 values; each hour that is over becomes one bucket.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.domain.signals import rules
from bot.domain.signals.rules import Bucket, Kind, Normal, Side, Worse, hour_of, quantile

MOST_VALUES = 64  # of one hour; beyond them every second is dropped
MOST_RECENT = 60  # samples that a chart shows
IN_A_ROW = 2  # samples that are far out: a spike
HOURS_IN_A_ROW = 3  # a drift
CALM_SAMPLES, CALM_FOR = 3, timedelta(minutes=10)  # after these it is over
History = Callable[[list[int]], Mapping[int, Bucket]]  # hours -> what is kept of them


@dataclass
class Tally:
    """The hour at hand."""

    hour: int
    values: list[float] = field(default_factory=list)
    stride: int = 1
    count: int = 0
    gap: float = 0.0
    bottom: float = 0.0
    top: float = 0.0

    def add(self, value: float, gap: float) -> None:
        self.bottom = min(self.bottom, value) if self.count else value
        self.top = max(self.top, value) if self.count else value
        if self.count % self.stride == 0:
            self.values.append(value)
        if len(self.values) > MOST_VALUES:
            self.values, self.stride = self.values[::2], self.stride * 2
        self.count, self.gap = self.count + 1, max(self.gap, gap)

    def bucket(self, odd: bool) -> Bucket:
        low, high = quantile(self.values, 0.1), quantile(self.values, 0.9)
        middle = median(self.values)
        return Bucket(self.hour, self.count, low, middle, high, self.bottom, self.top, self.gap, odd)


@dataclass(frozen=True)
class Turn:
    """Something unusual began (with what was usual then), or it is over."""

    kind: Kind
    at: datetime
    value: float = 0.0
    normal: Normal | None = None
    is_over: bool = False


@dataclass
class Course:
    """One series. `open` is the kind of case that it is in, if any."""

    since: int  # the hour from which on it teaches
    worse: str = Worse.UP
    last_at: datetime | None = None
    tally: Tally | None = None
    normal: Normal | None = None
    normal_of: int = -1  # the hour for which it was worked out
    streak: int = 0  # samples in a row that are far out, counted up or down
    far_since: datetime | None = None
    hours: int = 0  # hours in a row that lie off
    calm: int = 0
    calm_since: datetime | None = None
    open: str = ""
    recent: list[tuple[float, float]] = field(default_factory=list)  # seconds since 1970, value
    closed: list[Bucket] = field(default_factory=list)  # hours that are over, for whoever keeps them

    def take(self, at: datetime, value: float, history: History, *, judged: bool = True) -> list[Turn]:
        """One sample, not older than the last. What is only there to teach is not judged."""
        gap = (at - self.last_at).total_seconds() if self.last_at else 0.0
        turns = self._turn_hour(hour_of(at), history if judged else None)
        if judged:
            self.learn(hour_of(at), history)
        assert self.tally is not None
        self.tally.add(value, gap)
        self.last_at = at
        self.recent = [*self.recent[1 - MOST_RECENT :], (at.timestamp(), value)]
        return [*turns, *(self._judge(at, value) if judged else [])]

    def _turn_hour(self, hour: int, history: History | None) -> list[Turn]:
        if self.tally is not None and self.tally.hour == hour:
            return []
        turns = self._end_hour(history) if self.tally is not None else []
        self.tally = Tally(hour)
        return turns

    def learn(self, hour: int, history: History) -> None:
        """Work out what is usual at this hour; once for each."""
        if self.normal_of != hour:
            self.normal, self.normal_of = self._usual(hour, history), hour

    def _usual(self, hour: int, history: History) -> Normal | None:
        known = {**history(rules.like(hour, self.since)), **{one.hour: one for one in self.closed}}
        return rules.normal(known, hour, self.since)

    def _end_hour(self, history: History | None) -> list[Turn]:
        """The hour becomes a bucket. What was usual in it is asked anew: a look may have learnt the next."""
        assert self.tally is not None
        bucket = self.tally.bucket(odd=bool(self.open and self.open != Kind.MISSING) or self.streak != 0)
        usual = self._usual(bucket.hour, history) if history else None
        self.closed.append(bucket)
        way = rules.drifts(usual, bucket.middle, self.worse) if usual else 0
        self.hours = self.hours + way if way and self.hours * way >= 0 else way
        if abs(self.hours) < HOURS_IN_A_ROW or self.open:
            return []
        began = rules.start_of(bucket.hour - HOURS_IN_A_ROW + 1)
        return [self._begin(Turn(Kind.DRIFT, began, bucket.middle, usual))]

    def _judge(self, at: datetime, value: float) -> list[Turn]:
        if self.open == Kind.MISSING:
            self.open = ""
            return [Turn(Kind.MISSING, at, value, self.normal, is_over=True)]
        if self.normal is None:
            return []
        if self.open:
            return self._is_over(at, value)
        far = [way for way in self.normal.sides(self.worse) if rules.is_far(self.normal, value, way)]
        if not far:
            self.streak = 0
            return []
        if self.streak * far[0] <= 0:
            self.streak, self.far_since = 0, at
        self.streak += far[0]
        if abs(self.streak) < IN_A_ROW:
            return []
        return [self._begin(Turn(Kind.SPIKE, self.far_since or at, value, self.normal))]

    def _is_over(self, at: datetime, value: float) -> list[Turn]:
        assert self.normal is not None
        if not rules.is_calm(self.normal, value, self.worse):
            self.calm = 0
            return []
        self.calm_since = at if not self.calm else self.calm_since
        self.calm += 1
        if self.calm < CALM_SAMPLES or at - (self.calm_since or at) < CALM_FOR:
            return []
        over = Turn(Kind(self.open), self.calm_since or at, value, self.normal, is_over=True)
        self.open, self.hours = "", 0
        return [over]

    def _begin(self, turn: Turn) -> Turn:
        self.open, self.streak, self.calm = turn.kind, 0, 0
        return turn

    def look(self, now: datetime, awake_since: datetime, history: History) -> list[Turn]:
        """Is it silent when it never is? While nobody listened, nothing could be heard."""
        if self.last_at is None or self.open:
            return []
        self.learn(hour_of(now), history)
        if not rules.is_missed(self.normal, now - max(self.last_at, awake_since)):
            return []
        return [self._begin(Turn(Kind.MISSING, self.last_at, self.recent[-1][1], self.normal))]

    def accept(self, hour: int) -> None:
        """This is how it is from now on: learn anew."""
        self.since, self.normal, self.normal_of, self.open = hour, None, -1, ""
        self.streak = self.hours = self.calm = 0


def kept(course: Course) -> dict[str, Any]:
    """What of a course is no column of its own, as JSON."""
    tally = course.tally
    return {
        "tally": vars(tally) | {"values": list(tally.values)} if tally else None,
        "streak": course.streak,
        "far_since": course.far_since.isoformat() if course.far_since else None,
        "hours": course.hours,
        "calm": course.calm,
        "calm_since": course.calm_since.isoformat() if course.calm_since else None,
        "recent": [list(point) for point in course.recent],
        "normal": asdict(course.normal) if course.normal else None,
        "normal_of": course.normal_of,
    }


def restored(data: Mapping[str, Any], **columns: Any) -> Course:
    """The same course again."""
    tally = data.get("tally")
    return Course(
        tally=Tally(**tally) if tally else None,
        streak=data.get("streak", 0),
        far_since=_moment(data.get("far_since")),
        hours=data.get("hours", 0),
        calm=data.get("calm", 0),
        calm_since=_moment(data.get("calm_since")),
        recent=[(at, value) for at, value in data.get("recent", [])],
        normal=_normal(data.get("normal")),
        normal_of=data.get("normal_of", -1),
        **columns,
    )


def _normal(data: Mapping[str, Any] | None) -> Normal | None:
    """Kept for its hour, so that a sample asks for nothing."""
    return Normal(**{**data, "up": Side(**data["up"]), "down": Side(**data["down"])}) if data else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
