"""The only door to the outside: each effect is one step, tried until it is done or refused for good."""

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from dbos import DBOS

from bot.lib.errors import DeliveryError

log = logging.getLogger(__name__)
Call = Callable[[], Awaitable[Any]]

# Whether the run at hand may have acted before: it is a replay in another life, or a second try after a bug.
repeated: ContextVar[bool] = ContextVar("repeated", default=False)


class Door:
    """A far end that may be away or ask for quiet; all who call it share what one of them has learnt."""

    def __init__(self, name: str, first_wait: float = 1.0, longest_wait: float = 60.0) -> None:
        self.name = name
        self.first_wait = first_wait  # seconds; 0 in tests
        self.longest_wait = longest_wait
        self.quiet: dict[str, float] = {}  # method -> the monotonic second until which nobody knocks
        self._back: asyncio.Event | None = None  # set when a caller gets through; None while it is here
        self._left = 0.0  # the monotonic second in which it was first found away

    @property
    def is_away(self) -> bool:
        return self._back is not None

    @property
    def away_for(self) -> timedelta | None:
        """Since when nobody gets through, as a span; None while it answers."""
        return timedelta(seconds=time.monotonic() - self._left) if self._back is not None else None

    async def rest(self, attempt: int, why: Exception) -> None:
        """Wait until somebody gets through, and no longer than the attempt's share."""
        if self._back is None:
            log.warning("%s is away: %s. What is meant for it waits.", self.name, why)
            self._back, self._left = asyncio.Event(), time.monotonic()
        wait = min(self.first_wait * 2 ** min(attempt, 30), self.longest_wait) * random.uniform(0.5, 1)
        await _at_most(wait, self._back)

    def wake(self) -> None:
        """It answered: whoever rests here may knock again."""
        if self._back is not None:
            log.warning("%s is back. It was away for %.0f seconds.", self.name, time.monotonic() - self._left)
            self._back.set()
            self._back = None

    def hush(self, method: str, seconds: float) -> None:
        """Nobody calls this method for so long. The longest request for quiet wins."""
        self.quiet[method] = max(self.quiet.get(method, 0), time.monotonic() + seconds)

    def wants_quiet(self, method: str = "") -> bool:
        return self.quiet.get(method, 0) > time.monotonic()

    async def hold(self, method: str) -> None:
        """Wait while the far end wants quiet."""
        while (left := self.quiet.get(method, 0) - time.monotonic()) > 0:
            # Not everybody at the same instant when the quiet is over.
            await asyncio.sleep(left + random.uniform(0, min(left / 10, 1)))


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    if seconds <= 0:
        return await asyncio.sleep(0)
    with suppress(TimeoutError):  # then it is our turn to knock
        await asyncio.wait_for(event.wait(), seconds)
    return None


async def effect(door: Door, key: str, act: Call, seek: Call | None = None, *, method: str = "") -> Any:
    """Act at the far end once, and answer what it said. Raises DeliveryError when it is refused for good.

    `seek` finds by the key what an earlier try, whose answer was missed, left there, or answers None.
    Both answers must be JSON. `method` is what the far end counts when it limits calls.
    """
    if DBOS.workflow_id is None:
        outcome = await _knock(door, act, seek, method)
    else:
        # Named after the key: a replay that comes to another effect stops, it gets no wrong answer.
        outcome = await DBOS.run_step_async({"name": key}, _knock, door, act, seek, method)
    if "refused" in outcome:
        raise DeliveryError(outcome["refused"], permanent=True)
    return outcome["answer"]


async def _knock(door: Door, act: Call, seek: Call | None, method: str) -> dict[str, Any]:
    # A refusal is an answer here, not an error: the portable serializer would lose its type on a replay.
    unsure = repeated.get()
    for attempt in itertools.count():
        await door.hold(method)
        try:
            answer = (await seek() if unsure and seek else None) or await act()
        except DeliveryError as error:
            if error.permanent:
                door.wake()
                return {"refused": str(error)}
            # Who asks for quiet has not acted; of anyone else we cannot know.
            unsure = unsure or error.retry_after is None
            await _wait(door, method, attempt, error)
        else:
            if answer != {}:  # that stands for nothing to do: nobody was asked
                door.wake()
            return {"answer": answer}
    raise AssertionError("unreachable")


async def _wait(door: Door, method: str, attempt: int, error: DeliveryError) -> None:
    if error.retry_after is None:
        await door.rest(attempt, error)
    else:
        door.wake()
        door.hush(method, error.retry_after)
