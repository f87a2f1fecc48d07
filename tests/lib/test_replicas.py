"""Who is alive and who is not, on PostgreSQL."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import on, record
from bot.lib.replicas import Replicas
from tests.lib.saying import NOON, Said, listening

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(postgres_url):
    engine = db.open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
async def hanging(engine):
    """A courier with a run that does not end."""
    begun = asyncio.Event()

    @on(Said, name="room")
    async def room(event):
        begun.set()
        await asyncio.Event().wait()

    courier = Courier(engine, listening(room))
    await courier.open()
    await courier.run(record, Said(incident_id=1, by=1, text="x"), at=NOON)
    await asyncio.wait_for(begun.wait(), 10)
    yield courier
    await courier.close()


async def look(replicas: Replicas) -> int:
    return await asyncio.to_thread(replicas.reap)


async def test_a_live_replica_keeps_its_work_however_long_it_takes(engine, hanging):
    other = Replicas(engine, "other", strikes=2)
    assert [await look(other) for _ in range(5)] == [0] * 5


async def test_a_replica_that_is_gone_loses_its_runs_after_so_many_strikes(engine, hanging):
    await asyncio.to_thread(hanging._replicas.stop)
    other = Replicas(engine, "other", strikes=3)
    assert [await look(other) for _ in range(3)] == [0, 0, 1]


async def test_a_replica_takes_its_lock_again_after_its_session_was_ended(engine):
    replicas = Replicas(engine, "me")
    replicas.start()
    held = "select pid from pg_locks where locktype = 'advisory'"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        async def holder():
            async with asyncio.timeout(10):
                while not (pid := connection.execute(sa.text(held)).scalar()):
                    await asyncio.sleep(0.02)
            return pid

        first = await holder()
        connection.execute(sa.select(sa.func.pg_terminate_backend(first, 5000)))
        assert await holder() != first
    await asyncio.to_thread(replicas.stop)
    with engine.connect() as connection:
        assert connection.execute(sa.text(held)).scalar() is None


async def test_nobody_looks_for_replicas_on_sqlite(sqlite_url):
    engine = db.open_engine(sqlite_url)
    courier = Courier(engine, listening())
    await courier.open()
    assert courier._replicas is None
    await courier.close()
    engine.dispose()
