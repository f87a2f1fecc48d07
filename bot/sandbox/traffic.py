"""Every call between the bot and the sandbox, either way, in the order in which it began."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.answers import Json

KEPT = 20_000


@dataclass
class Call:
    """`direction` is "from_bot" (Web API, response_urls) or "to_bot" (commands, clicks, events)."""

    n: int
    direction: str
    method: str
    args: Json
    started: float
    began: float
    status: int | None = None
    answer: Any = None
    ms: float | None = None

    def end(self, status: int | None, answer: Any) -> None:
        self.status = status
        self.answer = answer
        self.ms = round((time.perf_counter() - self.began) * 1000, 2)

    def shown(self) -> Json:
        shown = dict(self.__dict__)
        del shown["began"]
        return shown


@dataclass
class Traffic:
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    counted: int = 0

    def begin(self, direction: str, method: str, args: Json, now: float) -> Call:
        self.counted += 1
        call = Call(self.counted, direction, method, args, now, time.perf_counter())
        self.calls.append(call)
        return call

    def since(self, n: int) -> list[Call]:
        return [call for call in self.calls if call.n > n]
