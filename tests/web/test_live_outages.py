"""Live pages while the database stumbles: whoever watches hears of it a moment later, and not never."""

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.web import live
from bot.web.live import Live
from tests.web.test_live import declared, next_of, noted, watching


class Stumbling:
    """A courier whose next answer to one question is a failure."""

    def __init__(self, courier):
        self.courier, self.failing, self.error = courier, None, None

    def fail(self, query, error):
        self.failing, self.error = query, error

    async def ask(self, query, *args):
        if self.failing is query:
            self.failing = None
            raise self.error
        return await self.courier.ask(query, *args)


@pytest.fixture
def courier(floor):
    return Stumbling(floor.courier)


@pytest.fixture
def hub(courier, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.01)
    return Live(courier)


async def test_what_was_seen_and_could_not_be_told_is_told_at_the_next_look(hub, courier, floor, ana):
    down = declared(floor, ana, "Checkout is down")
    stream = await watching(hub, ana, "INC-1")
    await hub.look()
    courier.fail(live._marks, OperationalError("select", {}, Exception("gone")))
    noted(floor, down, ana)
    assert "event: changed" in await next_of(stream)
    await stream.aclose()


@pytest.mark.parametrize("error", [NoConnection("the pool is empty"), KeyError("a bug")])
async def test_one_failure_of_any_kind_does_not_end_the_looking(hub, courier, floor, ana, error):
    down = declared(floor, ana, "Checkout is down")
    stream = await watching(hub, ana, "INC-1")
    await hub.look()
    courier.fail(live.newest, error)
    while courier.failing:
        await live.asyncio.sleep(0.01)
    noted(floor, down, ana)
    assert "event: changed" in await next_of(stream)
    await stream.aclose()


async def test_what_happened_while_a_page_came_in_is_told(hub, floor, ana):
    """Between its mark and its place among the watchers, somebody else's look saw the change."""
    down = declared(floor, ana, "Checkout is down")
    other = await watching(hub, ana, "INC-1")
    await hub.look()
    known = await hub.courier.ask(live.mark, ana.id, "INC-1")
    noted(floor, down, ana)
    await next_of(other)
    late = hub.events(live.Watcher(ana.id, "INC-1", known))
    await anext(late)
    assert "event: changed" in await next_of(late)
    for stream in (other, late):
        await stream.aclose()
