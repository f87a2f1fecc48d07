"""Rate limits: a bucket for each method by its tier, and one message a second for each channel."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.contract.methods import METHODS

# Calls a minute. Slack promises at least these; the special tiers are "several hundred".
PER_MINUTE: Final = {"1": 1.0, "2": 20.0, "3": 50.0, "4": 100.0, "special": 300.0}
MESSAGES_A_SECOND: Final = 1.0
BURST_IN_A_CHANNEL: Final = 10.0
POSTS: Final = frozenset({"chat.postMessage"})


@dataclass
class Bucket:
    """Tokens that come back with time, up to what the bucket holds."""

    holds: float
    a_second: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 when there is one."""
        self.tokens = min(self.holds, self.tokens + max(0.0, now - self.at) * self.a_second)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.a_second


class Rates:
    """Says how long a caller is to wait; the clock gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, on: bool = True) -> None:
        self.clock = clock
        self.on = on
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def knock(self, method: str, channel: str | None = None) -> int | None:
        """Retry-After in whole seconds, or None when the call may pass and is counted."""
        if not self.on or method not in METHODS:
            return None
        now = self.clock()
        buckets = [self._method(method, now)]
        if channel and method in POSTS:
            buckets.append(self._channel(channel, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.tokens -= 1
        return None

    def forget(self) -> None:
        self._buckets.clear()

    def _method(self, method: str, now: float) -> Bucket:
        holds = PER_MINUTE[METHODS[method].tier]
        return self._buckets.setdefault(("method", method), Bucket(holds, holds / 60, holds, now))

    def _channel(self, channel: str, now: float) -> Bucket:
        full = Bucket(BURST_IN_A_CHANNEL, MESSAGES_A_SECOND, BURST_IN_A_CHANNEL, now)
        return self._buckets.setdefault(("channel", channel), full)
