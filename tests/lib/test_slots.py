"""Two clocks, one run for each slot, on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
from dbos import DBOS

from bot.lib import slots
from bot.lib.courier import Courier

SLOT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def said():
    said = []

    async def job(at):
        said.append(at)

    slots.jobs["test-job"] = job
    yield said
    del slots.jobs["test-job"]


async def strike_with_two_clocks(engine, listeners):
    courier = Courier(engine, listeners)
    await courier.open()
    try:
        await asyncio.gather(*(slots.strike("test-job", SLOT) for _ in range(5)))
        await slots.strike("test-job", SLOT.replace(day=9))
        async with asyncio.timeout(10):
            while await courier.aside(slots_left):
                await asyncio.sleep(0.01)
    finally:
        await courier.close()


def slots_left():

    return len(DBOS.list_workflows(status="PENDING"))


def test_a_slot_runs_once_however_many_clocks_strike(either_engine, listeners, said):
    asyncio.run(strike_with_two_clocks(either_engine, listeners))
    assert sorted(said) == [SLOT, SLOT.replace(day=9)]


def test_a_slot_that_ran_before_a_restart_does_not_run_again(either_engine, listeners, said):
    asyncio.run(strike_with_two_clocks(either_engine, listeners))
    asyncio.run(strike_with_two_clocks(either_engine, listeners))
    assert sorted(said) == [SLOT, SLOT.replace(day=9)]
