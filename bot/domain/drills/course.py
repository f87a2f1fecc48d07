"""What happened in a drill, told in drill time, as rules look at it. Pure: no session, no clock, no I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

ZERO = timedelta()


class Deed(StrEnum):
    """What a person can have done."""

    ACKNOWLEDGED = "acknowledged"
    SEATED = "seated"
    HANDED_OFF = "handed off"
    SEVERITY = "changed the severity"
    STATUS = "moved the status"
    NOTED = "noted"
    TOLD = "told customers"
    PAGED = "paged"
    RUNBOOK = "opened a runbook"
    ACTION = "added an action item"


SAID = (Deed.NOTED, Deed.TOLD, Deed.STATUS, Deed.SEVERITY)


@dataclass(frozen=True)
class Act:
    """Something that a person did. `what` is the role, severity, status, runbook or target."""

    at: timedelta
    deed: Deed
    what: str = ""
    text: str = ""
    promise: timedelta | None = None  # told customers: in which time they hear again


@dataclass(frozen=True)
class Level:
    """A severity, as rules need it: its rank (0 is the worst) and how soon customers hear first."""

    rank: int
    first_update: timedelta | None = None


@dataclass(frozen=True)
class Course:
    """One drill from its start, at zero, to its end."""

    acts: tuple[Act, ...] = ()
    injected: Mapping[str, timedelta] = field(default_factory=dict)
    ended: timedelta = ZERO
    severity: str = ""  # at the start
    levels: Mapping[str, Level] = field(default_factory=dict)

    def of(self, *deeds: Deed, since: timedelta = ZERO) -> Iterable[Act]:
        return (act for act in self.acts if act.deed in deeds and act.at >= since)

    @property
    def severities(self) -> list[tuple[timedelta, str]]:
        """Which severity held from when on."""
        return [(ZERO, self.severity), *((act.at, act.what) for act in self.of(Deed.SEVERITY))]

    def rank(self, severity: str) -> int:
        """One that the company does not have counts as the worst: it is what a scenario asks for."""
        level = self.levels.get(severity)
        return level.rank if level else 0
