"""The weather in the sandbox: latency, faults, outages and disturbed deliveries."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.answers import Json, NotPossible

# timeout and cut_before strike before anything is done; hang_after, cut_after and lost_answer after it.
KINDS = ("429", "500", "timeout", "hang_after", "cut_before", "cut_after", "lost_answer", "error")


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of a method; None means until it is taken away."""

    method: str
    kind: str
    times: int | None = 1
    error: str = "internal_error"
    retry_after: int = 1
    match: Json = field(default_factory=dict)

    def fits(self, method: str, args: Json) -> bool:
        if self.times == 0 or self.method not in ("*", method):
            return False
        return all(str(args.get(name)) == str(wanted) for name, wanted in self.match.items())


@dataclass
class Timing:
    """Slack's own waits in seconds; tests make them short."""

    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 1800.0
    retries: list[float] = field(default_factory=lambda: [0.0, 60.0, 300.0])


@dataclass
class Conditions:
    latency_ms: float = 0
    down: bool = False
    rates: bool = False
    strict: bool = True
    mute_events: bool = False
    duplicate_events: int = 0
    reorder_events: bool = False
    faults: list[Fault] = field(default_factory=list)
    timing: Timing = field(default_factory=Timing)

    def next_fault(self, method: str, args: Json) -> Fault | None:
        """Takes one use of the first fault that fits this call."""
        for fault in self.faults:
            if fault.fits(method, args):
                if fault.times is not None:
                    fault.times -= 1
                self.faults = [left for left in self.faults if left.times != 0]
                return fault
        return None

    def change(self, wanted: Json) -> None:
        """Sets the named conditions and leaves the others."""
        for name, value in wanted.items():
            if name == "faults":
                self.faults = [_fault(one) for one in value]
            elif name == "timing":
                self.timing = dataclasses.replace(self.timing, **_known(Timing, value))
            else:
                setattr(self, *next(iter(_known(Conditions, {name: value}).items())))

    def shown(self) -> Json:
        return dataclasses.asdict(self)


def _fault(wanted: Json) -> Fault:
    if str(wanted.get("kind")) not in KINDS:
        raise NotPossible(f"{wanted.get('kind')!r} is no fault. Choose one of: {', '.join(KINDS)}.")
    known = _known(Fault, {"method": "*"} | wanted)
    return Fault(**(known | {"kind": str(wanted["kind"])}))


def _known(shape: Any, wanted: Json) -> Json:
    names = {one.name for one in dataclasses.fields(shape)}
    if unknown := set(wanted) - names:
        unknown_ones = ", ".join(sorted(unknown))
        raise NotPossible(f"Unknown condition: {unknown_ones}. Known are: {', '.join(sorted(names))}.")
    return wanted
