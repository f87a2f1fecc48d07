"""What pages in the browser are told: numbered events for the eyes of some, kept for those who come back."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.sandbox.answers import Json

KEPT = 4000
PING = 15.0  # seconds of silence after which a line shows that somebody is still there
RELOAD = "event: reload\ndata: {}\n"


@dataclass(frozen=True)
class Told:
    """One event; `to` holds the ids of those who may see it, None means everyone."""

    n: int
    kind: str
    data: str
    to: frozenset[str] | None

    def is_for(self, person: str) -> bool:
        return self.to is None or person in self.to


@dataclass(eq=False)
class Watch:
    """One open page, which is woken from whatever thread something happens in."""

    loop: asyncio.AbstractEventLoop
    flag: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        # A loop that was closed meanwhile has no page to wake any more.
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.flag.set)


class Stream:
    """The last events in order, and the pages that follow them; may be told from any thread."""

    def __init__(self, kept: int = KEPT, ping: float = PING) -> None:
        # Numbers begin anew with each start: an id of another run must not be taken for one of ours.
        self.run = secrets.token_hex(4)
        self.counted = 0
        self.ping = ping
        self._told: deque[Told] = deque(maxlen=kept)
        self._watching: set[Watch] = set()
        self._lock = threading.Lock()

    @property
    def last(self) -> str:
        """Returns the id after which a page that was just drawn goes on."""
        return f"{self.run}-{self.counted}"

    def tell(self, kind: str, data: Json, to: set[str] | None = None) -> None:
        text = json.dumps(data)
        with self._lock:
            self.counted += 1
            told = Told(self.counted, kind, text, frozenset(to) if to is not None else None)
            self._told.append(told)
            watching = list(self._watching)
        for watch in watching:
            watch.wake()

    def since(self, n: int) -> list[Told] | None:
        """Returns what came after the n-th, or None when some of it is forgotten."""
        with self._lock:
            first = self.counted - len(self._told)
            if n < first or n > self.counted:
                return None
            return list(itertools.islice(self._told, n - first, None))

    def place(self, id: str) -> int:
        """Returns where to go on after an id; no id means from now on, an unknown one -1."""
        run, _, n = id.partition("-")
        if not id:
            return self.counted
        return int(n) if run == self.run and n.isdecimal() and len(n) < 16 else -1

    async def follow(self, person: str, after: str = "") -> AsyncIterator[str]:
        """Yields server-sent events for one person's eyes, first those missed since the id `after`."""
        watch, at = Watch(asyncio.get_running_loop()), self.place(after)
        self._watching.add(watch)
        try:
            yield ": welcome\n\n"
            while True:
                watch.flag.clear()
                lines, at = self._lines(person, at)
                yield lines or await self._silence(watch, at)
        finally:
            self._watching.discard(watch)

    def _lines(self, person: str, at: int) -> tuple[str, int]:
        """Returns the events after `at` as text, and how far they go."""
        told = self.since(at)
        if told is None:
            return f"{RELOAD}id: {self.last}\n\n", self.counted
        lines = [
            f"event: {one.kind}\nid: {self.run}-{one.n}\ndata: {one.data}\n\n"
            for one in told
            if one.is_for(person)
        ]
        return "".join(lines), told[-1].n if told else at

    async def _silence(self, watch: Watch, at: int) -> str:
        """Waits for news; a ping carries the id on, so that what others saw does not age this page."""
        try:
            async with asyncio.timeout(self.ping):
                await watch.flag.wait()
        except TimeoutError:
            return f": ping\nid: {self.run}-{at}\n\n"
        return ""
