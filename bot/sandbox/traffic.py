"""Every call between the bot and the sandbox, either way, in the order in which it began."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.answers import Json

KEPT = 20_000
ABOUT = ("channel", "channel_id", "user", "users", "name")


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
    on_end: Callable[[Call], None] | None = None

    def end(self, status: int | None, answer: Any) -> None:
        self.status = status
        self.answer = answer
        self.ms = round((time.perf_counter() - self.began) * 1000, 2)
        if self.on_end:
            self.on_end(self)

    def shown(self) -> Json:
        shown = dict(self.__dict__)
        del shown["began"], shown["on_end"]
        return shown

    def brief(self) -> Json:
        """Returns one line of a list: no arguments and no answer, but what went wrong."""
        return {
            "n": self.n,
            "direction": self.direction,
            "method": self.method,
            "about": self._about(),
            "started": self.started,
            "ms": self.ms,
            "status": self.status,
            "error": self.error,
        }

    @property
    def error(self) -> str:
        """Returns what went wrong, in a word or two, or nothing."""
        if isinstance(self.answer, dict) and self.answer.get("ok") is False:
            return str(self.answer.get("error", "not ok"))
        is_good = self.status is not None and 200 <= self.status < 300
        return "" if is_good else str(self.answer)[:80]

    def _about(self) -> str:
        """Returns what tells this call from its neighbours: a channel, a command's words, an event's kind."""
        event = self.args.get("event")
        if isinstance(event, dict):
            kind = str(event.get("subtype") or event.get("type") or event.get("event_type") or "")
            return "" if self.method.endswith(kind) else kind[:80]
        if "command" in self.args:
            return f"{self.args['command']} {self.args.get('text', '')}"[:80]
        found = next((self.args[name] for name in ABOUT if isinstance(self.args.get(name), str)), "")
        return str(found)[:80]


@dataclass
class Traffic:
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    counted: int = 0
    on_end: Callable[[Call], None] | None = None

    def begin(self, direction: str, method: str, args: Json, now: float) -> Call:
        self.counted += 1
        call = Call(self.counted, direction, method, args, now, time.perf_counter(), on_end=self.on_end)
        self.calls.append(call)
        return call

    def since(self, n: int) -> list[Call]:
        return [call for call in self.calls if call.n > n]
