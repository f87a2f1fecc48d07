"""DBOS as this process runs it: its settings, its launch, and its end without a trace."""

import asyncio
import logging
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from bot.lib.db import engine_of_dbos, is_postgres
from bot.lib.facts import Ear

NAME = "closeout"
VERSION = "1"  # pinned: a run that began before a deploy is finished after it
ENDED = ["SUCCESS", "ERROR", "CANCELLED"]
TIMERS = "timers"


class Carrier(Protocol):
    """The courier, as a run of DBOS knows it."""

    life: str

    async def carry(self, ear: Ear, life: str, failures: int) -> None: ...


_here: list[tuple[Carrier, DBOSConfig]] = []  # at most one
_running: set[asyncio.Task[Any]] = set()


async def launch(engine: sa.Engine, courier: Carrier) -> str:
    """Start DBOS on the running loop, on the database of our rows; answer the name of this replica."""
    if _here:
        raise RuntimeError("A process has one courier, and one is open already.")
    me = replica_name(engine)
    quieten()
    config = settings(engine, me)
    DBOS(config=config)
    _here.append((courier, config))
    DBOS.launch()
    await DBOS.register_queue_async(TIMERS, polling_interval_sec=0.25)
    return me


async def end(courier: Carrier) -> None:
    """Stop what runs here, without a mark in its history, and forget DBOS."""
    if not _here or _here[0][0] is not courier:
        return
    _, config = _here.pop()  # first: a run that begins from now on is left to the next start
    logging.getLogger("dbos").setLevel(logging.CRITICAL)  # it would warn of each run that is cut short
    for task in _running:
        task.cancel()
    await asyncio.gather(*_running, return_exceptions=True)
    DBOS.destroy()
    if engine := config.get("system_database_engine"):
        engine.dispose()


def replica_name(engine: sa.Engine) -> str:
    """A fixed one on SQLite, so that a restart finds its own runs; one of its own for each on PostgreSQL."""
    return f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}" if is_postgres(engine) else "local"


def settings(engine: sa.Engine, me: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": NAME,
        "executor_id": me,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),  # the default is pickle
        "system_database_url": engine.url.render_as_string(hide_password=False),
        "log_level": "WARNING",
    }
    if is_postgres(engine):
        config["sys_db_pool_size"] = 10
    else:
        config["system_database_engine"] = engine_of_dbos(engine)  # WAL and FULL, which its own has not
    return config


def quieten() -> None:
    """No handler of its own: what DBOS logs goes where all else goes."""
    log = logging.getLogger("dbos")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    log.setLevel(logging.WARNING)


def forget(before: datetime, stuck: set[str]) -> int:
    """Delete the history of runs that ended before that, a few at a time: others write meanwhile.

    The run of a stuck ear is kept: without its id the sweep would run that position a second time.
    """
    deleted = kept = 0
    while ended := _ended(before, kept):
        old = [id for id in ended if id not in stuck]
        DBOS.delete_workflows(old)
        deleted += len(old)
        kept += len(ended) - len(old)
    return deleted


def _ended(before: datetime, skipped: int) -> list[str]:
    found = DBOS.list_workflows(
        status=ENDED,
        completed_before=before.isoformat(),
        limit=200,
        offset=skipped,
        load_input=False,
        load_output=False,
    )
    return [run.workflow_id for run in found]


def courier() -> Carrier:
    """Who carries here. Once it has closed, a run that was just starting stays pending: it must not fail."""
    if not _here:
        raise asyncio.CancelledError
    return _here[0][0]


@contextmanager
def at_work() -> Iterator[None]:
    """Around a run, so that the end can cut it short."""
    task = asyncio.current_task()
    assert task
    _running.add(task)
    try:
        yield
    finally:
        _running.discard(task)
