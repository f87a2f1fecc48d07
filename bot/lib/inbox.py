"""What others post is written down before it is answered, many letters in a commit, and opened later."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.db import URGENT, is_postgres
from bot.lib.letters import BATCH, TRIES, Letter, Opener, open_batch
from bot.lib.tide import FEW, PAUSE, Tide

__all__ = ["TRIES", "Inbox", "Letter", "Opener"]
log = logging.getLogger(__name__)
DEADLOCK = "40P01"
SOME, BREATH = 8, 0.01  # after a commit of so many letters the next waits so many seconds, and takes more


class _Waiting(NamedTuple):
    row: dict[str, object]
    written: asyncio.Future[bool]


class Inbox:
    """Letters of many requests share one commit, made by one thread. One event loop uses it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine.execution_options(**URGENT)
        self.tide = Tide()
        self._drains = asyncio.Lock()
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._told: Callable[[], Awaitable[object]] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._news = False

    async def put(self, source: str, delivery: str, body: str, now: datetime) -> bool:
        """Return when it is committed: False if it was known already. Raises when the database is away."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="inbox", daemon=True)
            self._thread.start()
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        row = {"source": source, "delivery": delivery, "received_at": now, "body": body, "attempts": 0}
        self._waiting.put(_Waiting(row, written))
        return await written

    def on_put(self, drain: Callable[[], Awaitable[object]]) -> None:
        """What to call when letters have arrived: never twice at a time, and once more if it missed some."""
        self._told = drain

    async def drain(self, courier: Courier, openers: Mapping[str, Opener], clock: Clock) -> int:
        """Open all that is due, batch by batch; answer how many letters were dealt with."""
        total = 0
        async with self._drains:
            while count := await courier.run(open_batch, openers, now=clock(), most=self._most()):
                total += count
                await asyncio.sleep(PAUSE if self.tide.is_high else 0)
        return total

    def _most(self) -> int:
        return FEW if self.tide.is_high else BATCH

    async def close(self) -> None:
        """Write what waits, then end the thread. What is not yet open is opened after the next start."""
        if self._telling:
            self._telling.cancel()
            await asyncio.wait([self._telling])
        if self._thread is not None:
            self._waiting.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            answers: list[bool] | Exception
            try:
                answers = self._commit(batch)
            except Exception as error:  # whoever waits is told, and answers that we broke
                answers = error
            first.written.get_loop().call_soon_threadsafe(self._answer, batch, answers)
            if len(batch) >= SOME:
                time.sleep(BREATH)

    def _gather(self, batch: list[_Waiting]) -> None:
        while len(batch) < BATCH:
            try:
                letter = self._waiting.get_nowait()
            except queue.Empty:
                break
            if letter is None:
                self._waiting.put(None)  # the end comes after what is written now
                break
            batch.append(letter)

    def _commit(self, batch: list[_Waiting]) -> list[bool]:
        try:
            new = self._insert(batch)
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
            new = self._insert(batch)  # another replica wrote the same deliveries in another order
        answers = []
        for letter in batch:
            key = (letter.row["source"], letter.row["delivery"])
            answers.append(key in new)
            new.discard(key)
        return answers

    def _insert(self, batch: list[_Waiting]) -> set[tuple[object, object]]:
        into = postgresql.insert if is_postgres(self.engine) else sqlite.insert
        insert = into(Letter).on_conflict_do_nothing(index_elements=["source", "delivery"])
        fresh = insert.returning(col(Letter.source), col(Letter.delivery))
        with self.engine.begin() as connection:
            self._gather(batch)  # also those who came while it was not our turn
            rows = connection.execute(fresh, [letter.row for letter in batch])
            return {(source, delivery) for source, delivery in rows}

    def _answer(self, batch: list[_Waiting], answers: list[bool] | Exception) -> None:
        self.tide.came(len(batch))
        for place, letter in enumerate(batch):
            if letter.written.done():
                continue  # who asked has gone
            if isinstance(answers, Exception):
                letter.written.set_exception(answers)
            else:
                letter.written.set_result(answers[place])
        self._tell()

    def _tell(self) -> None:
        self._news = True
        if self._told and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._keep_telling(self._told))

    async def _keep_telling(self, drain: Callable[[], Awaitable[object]]) -> None:
        while self._news:
            self._news = False
            try:
                await drain()
            except Exception:  # the database is away: the letters wait in it
                log.exception("The inbox could not be drained.")
