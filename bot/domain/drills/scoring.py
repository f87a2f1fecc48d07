"""The score of a drill: each expectation with what became of it. Pure: no session, no clock, no I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.drills import rules
from bot.domain.drills.course import Course
from bot.domain.drills.model import Expect
from bot.domain.drills.rules import State


@dataclass(frozen=True)
class Judged:
    """One line of the report. `at` is drill time; `note` says what happened where it was not met."""

    key: str
    what: str
    points: int
    state: State
    at: timedelta | None = None
    note: str = ""
    why: str = ""

    def kept(self) -> dict[str, Any]:
        """As the drill's row keeps it."""
        seconds = None if self.at is None else self.at.total_seconds()
        return {**vars(self), "state": self.state.value, "at": seconds}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Judged":
        at = None if kept["at"] is None else timedelta(seconds=kept["at"])
        return cls(**{**kept, "state": State(kept["state"]), "at": at})


@dataclass(frozen=True)
class Score:
    """All expectations, in the order of the script."""

    judged: tuple[Judged, ...]

    @property
    def met(self) -> int:
        return sum(one.state is State.MET for one in self.judged)

    @property
    def asked(self) -> int:
        """How many could be seen at all: what the drill did not reach counts neither way."""
        return sum(one.state is not State.OPEN for one in self.judged)

    @property
    def percent(self) -> int | None:
        """Of the points that could be won; None where none could."""
        could = sum(one.points for one in self.judged if one.state is not State.OPEN)
        won = sum(one.points for one in self.judged if one.state is State.MET)
        return round(100 * won / could) if could else None


def score(expects: Iterable[Expect], course: Course) -> Score:
    """Judge each expectation against what happened."""
    return Score(tuple(_judged(expect, course) for expect in expects))


def _judged(expect: Expect, course: Course) -> Judged:
    found = rules.judge(expect, course)
    return Judged(expect.key, expect.what, expect.points, found.state, found.at, found.note, why=expect.why)


def read(verdicts: Sequence[dict[str, Any]]) -> Score:
    """The score that a drill's row keeps."""
    return Score(tuple(Judged.read(one) for one in verdicts))
