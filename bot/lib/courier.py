"""A fact reaches each listener once, in order, at once: DBOS carries what a transaction owes.

Each line answers a crash: read docs/decisions before you change one.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import Context
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from sqlmodel import Session

from bot.lib import facts, letters, runtime
from bot.lib.db import READING, is_postgres
from bot.lib.effects import repeated
from bot.lib.errors import DeliveryError, Refused
from bot.lib.facts import Ear, Event, Listener, Listeners
from bot.lib.replicas import Replicas

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
GaveUp = Callable[[Session, Ear, Exception], None]

STARTS = 8  # at once: hundreds would stall the loop


def log_it(_session: Session, ear: Ear, error: Exception) -> None:
    """What is done about a refusal for good, unless the house says otherwise."""
    log.warning("%s was refused for good: %s", ear.run, error)


class Courier:
    """One for each process. It hands over after each commit; what a crash left, the sweep hands over."""

    first_wait = 1.0  # seconds, when the database is away while a run is put off

    def __init__(
        self,
        engine: sa.Engine,
        listeners: Listeners,
        info: dict[str, Any] | None = None,
        *,
        gave_up: GaveUp = log_it,
        threads: int = 4,
        sweep_every: float = 2.0,
        strikes: int = 3,
    ) -> None:
        self.engine = engine
        self.listeners = listeners
        self.info = {**(info or {}), "listeners": listeners}
        self.gave_up = gave_up
        self.sweep_every = sweep_every
        self.strikes = strikes
        self.life = uuid.uuid4().hex  # a run that began in another life may have acted before it died
        self.loop: asyncio.AbstractEventLoop | None = None  # until it is open
        self.given: set[str] = set()  # runs that DBOS has from us
        self.wrote: list[Callable[[], None]] = []  # called after each transaction of this process
        self._starts = asyncio.Semaphore(STARTS)
        self._verbs = ThreadPoolExecutor(threads, "verbs")
        self._queries = ThreadPoolExecutor(threads, "queries")
        self._sweeping: asyncio.Task[None] | None = None
        self._replicas: Replicas | None = None

    # ---- sessions

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Around one verb, in a thread. Its facts are on their way when it ends."""
        with facts.Writing(self.engine, expire_on_commit=False) as session:
            session.info.update(self.info)
            with session.begin():
                yield session
                debts = facts.debts(session)
        for tell in self.wrote:
            tell()
        if debts and self.loop:  # without a loop, as on the command line, the server's sweep does it
            self.loop.call_soon_threadsafe(apart, self._hand_over(debts))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Around queries: it takes no lock, and nothing that is changed in it is kept."""
        with Session(self.engine.execution_options(**READING), expire_on_commit=False) as session:
            session.info.update(self.info)
            yield session

    async def run(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in a thread, in a transaction of its own."""

        def work() -> T:
            with self.transaction() as session:
                return verb(session, *args, **kwargs)

        return await self.aside(work)

    async def ask(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query in a thread, in a read-only session."""

        def work() -> T:
            with self.reading() as session:
                return query(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._queries, work)

    async def aside(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run anything sync in the verbs' threads, which are few: a database serves few writers best."""
        work = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._verbs, work)

    # ---- life

    async def open(self) -> None:
        """Launch DBOS on this loop, take up what a crash left, and start to carry."""
        self.loop = asyncio.get_running_loop()
        me = await runtime.launch(self.engine, self)
        if is_postgres(self.engine):
            self._replicas = Replicas(self.engine, me, strikes=self.strikes)
            self._replicas.start()
        self._sweeping = asyncio.create_task(self._keep_sweeping())

    async def close(self) -> None:
        """Leave what is under way to the next start or to another replica."""
        self.loop = None
        if self._sweeping:
            self._sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeping
        if self._replicas:
            await asyncio.to_thread(self._replicas.stop)
        await runtime.end(self)
        self._verbs.shutdown()
        self._queries.shutdown()

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:  # the database is away: the ears wait in it
                log.exception("The sweep failed.")
            await asyncio.sleep(self.sweep_every)

    async def tidy(self, before: datetime) -> int:
        """Forget runs and letters that were done before that; answer how many runs. Once a night is enough.

        Keep them for longer than a sender repeats a delivery (PagerDuty: 48 h); 30 days is the house's rule.
        """
        await self.run(letters.forget, before)
        stuck = {ear.run for ear in await self.ask(facts.behind)}
        return await asyncio.to_thread(runtime.forget, before, stuck)

    # ---- handing over

    async def give(self, *ears: Ear) -> None:
        """Start their runs. An id runs once, whoever gives it and however often. The first starts soonest."""
        for ear in ears:
            if ear.run not in self.given:
                self.given.add(ear.run)
                try:
                    await self._start(ear)
                except BaseException:
                    self.given.discard(ear.run)
                    raise

    async def _start(self, ear: Ear) -> None:
        async with self._starts:
            with SetWorkflowID(ear.run):
                await DBOS.start_workflow_async(carry, *ear.span, self.life)

    async def sweep(self) -> None:
        """The same without the hurry: give every ear that is behind."""
        ears = await self.ask(facts.behind)
        self.given &= {ear.run for ear in ears}
        await self.give(*ears)

    async def _hand_over(self, ears: list[Ear]) -> None:
        try:
            await self.give(*ears)
        except Exception:
            log.warning("%s runs are left to the sweep.", len(ears), exc_info=True)

    # ---- hearing

    async def hear(self, ear: Ear) -> Ear | None:
        """Let a listener hear its span; answer what it is owed next. Tests call this without DBOS."""
        listener = self.listeners[ear.listener]
        if listener.is_reaction:
            return await self.run(_react, ear, listener, self.gave_up)
        refusals = await _tell(listener, await self.ask(facts.owed, ear))
        return await self.run(_note, ear, refusals, self.gave_up)

    async def carry(self, ear: Ear, life: str, failures: int) -> None:
        """One run: hear, then see to the next. It never fails, for a failed run spends its id for ever."""
        repeated.set(life != self.life or failures > 0)
        try:
            following = await self.hear(ear)
        except Exception:  # a bug: this ear alone waits, and is tried again until someone has mended it
            log.exception("%s stumbled over facts %s to %s", ear.run, ear.heard, ear.told)
            await self._insist(ear, failures + 1)
        else:
            if following and following.heard < following.told:
                await apart(self._hand_over([following]))

    async def _insist(self, ear: Ear, failures: int) -> None:
        wait = self.first_wait
        while True:
            try:
                return await apart(self._carry_later(ear, failures))
            except Exception:  # the database is away too
                log.exception("%s could not be put off.", ear.run)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60)

    async def _carry_later(self, ear: Ear, failures: int) -> None:
        delay = min(2 ** min(failures, 9), 300)
        with SetWorkflowID(f"{ear.run}/{failures}"), SetEnqueueOptions(delay_seconds=delay):
            await DBOS.enqueue_workflow_async(runtime.TIMERS, carry, *ear.span, self.life, failures)


@DBOS.workflow(name="carry", max_recovery_attempts=None)
async def carry(listener: str, incident_id: int, heard: int, told: int, life: str, failures: int = 0) -> None:
    """The run of an ear's position. Its name and its arguments are kept for ever: old runs come back."""
    ear = Ear(listener=listener, incident_id=incident_id, heard=heard, told=told)
    courier = runtime.courier()
    with runtime.at_work():
        await courier.carry(ear, life, failures)


apart_now: set[asyncio.Task[None]] = set()  # the loop itself does not hold on to them


def apart(start: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Not a step of the run at hand: the id is enough, and a replay after a deploy need not match."""
    task = asyncio.create_task(start, context=Context())
    apart_now.add(task)
    task.add_done_callback(apart_now.discard)
    return task


async def _tell(listener: Listener, events: list[Event]) -> list[Exception]:
    refusals: list[Exception] = []
    parts: list[Any] = [events] if listener.folds and events else list(events)
    for part in parts:
        try:
            await listener.call(part)
        except Refused as error:
            refusals.append(error)
        except DeliveryError as error:
            if not error.permanent:
                raise
            refusals.append(error)  # the next fact may fare better
    return refusals


def _note(session: Session, ear: Ear, refusals: list[Exception], gave_up: GaveUp) -> Ear | None:
    if following := facts.heard(session, ear):
        for error in refusals:
            gave_up(session, ear, error)
    return following


def _react(session: Session, ear: Ear, listener: Listener, gave_up: GaveUp) -> Ear | None:
    """What it changes and the note that it has heard are one transaction: exactly once."""
    if following := facts.heard(session, ear):
        for event in facts.owed(session, ear):
            session.info["moment"] = event.at
            try:
                with session.begin_nested():
                    listener.call(session, event.fact)
            except Refused as error:
                gave_up(session, ear, error)
    return following
