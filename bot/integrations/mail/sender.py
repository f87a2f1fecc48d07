"""Sends the mails that wait, at the configured rate, over a few lines; one replica at a time."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.errors import HeaderParseError
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain import mailings, subscribers
from bot.domain.mailings import MAIL, Parcel
from bot.integrations.mail.dots import Busy, Dots
from bot.integrations.mail.ledger import Ledger
from bot.integrations.mail.line import Away, Line, Never, NotNow, Unanswered
from bot.integrations.mail.post import Post
from bot.integrations.mail.writing import written
from bot.lib.alone import alone
from bot.lib.courier import Courier

log = logging.getLogger(__name__)
SENDING = 0x5E2D  # the advisory lock of who sends
FIRST_REST, LONGEST_REST = 1.0, 60.0  # seconds, while the server is away
PATIENCE = 5.0  # seconds for mails under way when we stop
LEAST = 8  # deliveries that are read at once
FEW, MORE, MANY_A_SECOND = 4, 8, 50
# What the standard library raises for words that no header can hold.
NOT_A_MAIL = (ValueError, TypeError, AttributeError, IndexError, HeaderParseError)


class Pace:
    """So many a second, and not more of them at once."""

    def __init__(self, rate: float) -> None:
        self.rate, self._next, self._lock = rate, 0.0, threading.Lock()

    def wait(self, stop: threading.Event) -> None:
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + 1 / self.rate
        stop.wait(max(0.0, turn - time.monotonic()))


def lines_for(rate: float) -> int:
    """A mail takes some round trips and two commits."""
    return FEW if rate <= MANY_A_SECOND else MORE


class Sender:
    """`tick` it each second: while something waits, a thread for each line sends."""

    def __init__(
        self,
        post: Post,
        courier: Courier,
        clock: Callable[[], datetime],
        here: str,
        *,
        folder: Path | None = None,
        lines: int = 0,
    ) -> None:
        self.post, self.courier, self.clock, self.here = post, courier, clock, here
        self.host = urlsplit(here).hostname or "localhost"
        self.pace, self.lines, self.ledger = Pace(post.rate), lines or lines_for(post.rate), Ledger(courier)
        self.most = max(LEAST, int(post.rate))
        self._folder = folder
        self._dots: Dots | None = None
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._next: deque[Parcel] = deque()
        self._out: set[int] = set()  # in the hands of a line
        self._open: set[Line] = set()
        self._rest, self._rest_until, self._away = FIRST_REST, 0.0, ""
        self._working: asyncio.Task[None] | None = None

    # ---- on the loop

    async def tick(self) -> None:
        """Begin to send where something waits and nobody sends."""
        if self._working and not self._working.done():
            return
        if self._working and (error := self._working.exception()):
            log.error("The mails that wait could not be sent; we try again", exc_info=error)
        self._working = None
        if time.monotonic() >= self._rest_until and await self.courier.ask(
            mailings.is_due, MAIL, self.clock()
        ):
            self._working = asyncio.create_task(asyncio.to_thread(self.work))

    async def close(self) -> None:
        """Let what is under way end; then cut the lines."""
        self._stop.set()
        if self._working:
            done, _ = await asyncio.wait([self._working], timeout=PATIENCE)
            if not done:
                for line in list(self._open):
                    line.cut()
            await asyncio.gather(self._working, return_exceptions=True)
            self._working = None
        if self._dots:
            self._dots.close()
            self._dots = None

    # ---- in threads

    def work(self) -> None:
        """Send all that waits; return when nothing does, when the server is away, or when we stop."""
        self._next.clear()
        self._away = ""
        with alone(self.courier.engine, SENDING) as is_mine:  # two would be twice as fast as they may
            if not (is_mine and self._has_dots()):
                return
            self._take_up()
            with ThreadPoolExecutor(self.lines, "mails") as threads:
                done = [threads.submit(self._work, number) for number in range(self.lines)]
            for each in done:
                each.result()

    def _has_dots(self) -> bool:
        try:
            if self._folder and not self._dots:
                self._dots = Dots(self._folder, self.courier.life, self.lines)
        except Busy:
            return False
        return True

    def _take_up(self) -> None:
        is_unsent = self._dots.had_none if self._dots else None
        with self.courier.transaction() as session:
            again, unknown = mailings.take_up(session, MAIL, now=self.clock(), is_unsent=is_unsent)
        if again or unknown:
            said = "Of the mails under way when we stopped, %s go now; whether %s others went is not known"
            log.warning(said, again, unknown)

    def _work(self, number: int) -> None:
        line = Line(self.post, self._marker(number))
        self._open.add(line)
        try:
            while not self._stop.is_set() and not self._away and (parcel := self._take()):
                try:
                    self._send(line, parcel)
                finally:
                    self._out.discard(parcel.id)
            line.close()
        except Away as error:
            self._let_rest(str(error))
        finally:
            line.cut()
            self._open.discard(line)

    def _marker(self, number: int) -> Callable[[int], None]:
        return partial(self._dots.mark, number) if self._dots else lambda _: None

    def _take(self) -> Parcel | None:
        with self._lock:
            if not self._next:
                with self.courier.transaction() as session:
                    found = mailings.batch(session, MAIL, self.clock(), self.most + len(self._out))
                self._next.extend(each for each in found if each.id not in self._out)
            if not self._next:
                return None
            parcel = self._next.popleft()
            self._out.add(parcel.id)
            return parcel

    def _send(self, line: Line, parcel: Parcel) -> None:
        self.pace.wait(self._stop)
        if self._stop.is_set():
            return
        try:
            mail = written(parcel, self.post.sender, self.here, self.host)
        except NOT_A_MAIL as error:  # it shall not hold up all that waits behind it
            self._note(mailings.fail, parcel.id, f"it cannot be written: {type(error).__name__}")
            return
        try:
            if line.send(parcel.id, parcel.delivery.address, mail, self._begin):
                self._note(mailings.sent, parcel.id, by=self.courier.life)
        except NotNow as error:
            self._note(mailings.put_off, parcel.id, str(error))
        except Never as error:
            self._refused(parcel, error)
        except Unanswered:
            self._note(mailings.doubt, [parcel.id])
        self._rest = FIRST_REST

    def _begin(self, id: int) -> bool:
        """Committed when it returns: the next thing that happens is the dot."""
        return bool(self.ledger.write(partial(mailings.begin, id=id, by=self.courier.life)))

    def _note(self, verb: Callable[..., object], *what: object, **more: object) -> None:
        now = self.clock()
        self.ledger.write(lambda session: verb(session, *what, now=now, **more))

    def _refused(self, parcel: Parcel, error: Never) -> None:
        self._note(mailings.fail, parcel.id, str(error))
        if error.is_address:
            self._note(subscribers.bounced, parcel.delivery.recipient, str(error))

    def _let_rest(self, why: str) -> None:
        with self._lock:
            if not self._away:
                log.warning("The mail server is away: %s. Mails wait.", why)
            self._away = why
            self._next.clear()
            self._rest_until = time.monotonic() + self._rest
            self._rest = min(self._rest * 2, LONGEST_REST)
