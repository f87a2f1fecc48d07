"""Live pages: who is told, who is not, how many may watch, and how it ends."""

import asyncio

import pytest

from bot.domain import incidents, people
from bot.domain.incidents import Report
from bot.web import live
from bot.web.live import ALL, Live, Watcher
from tests.web.conftest import NOON

SOON = 5  # seconds; only a test that fails waits for so long


@pytest.fixture
def hub(floor, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.01)
    return Live(floor.courier)


@pytest.fixture
def down(floor, ana):
    return declared(floor, ana, "Checkout is down")


@pytest.fixture
def secret(floor, ana):
    return declared(floor, ana, "Leaked key", private=True)


def declared(floor, by, title, **more):
    with floor.courier.transaction() as session:
        return incidents.declare(session, Report(title=title, **more), by=by, now=NOON)


def noted(floor, incident, by):
    with floor.courier.transaction() as session:
        incidents.note(session, incidents.get(session, incident.id), "Seen it", by=by, now=NOON)


async def watching(hub, person, ref):
    """A stream that has begun, and what its page knows."""
    known = await hub.courier.ask(live.mark, person.id, ref)
    stream = hub.events(Watcher(person.id, ref, known))
    assert (await anext(stream)).startswith("retry:")
    return stream


async def next_of(stream):
    return await asyncio.wait_for(anext(stream), SOON)


async def is_quiet(hub, stream):
    """Nothing comes, though the rows were looked at."""
    asked = asyncio.ensure_future(anext(stream))
    for _ in range(3):
        await hub.look()
    await asyncio.sleep(0)
    quiet = not asked.done()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    return quiet


async def test_a_fact_is_told_to_who_looks_at_the_incident(hub, floor, ana, down):
    stream = await watching(hub, ana, "INC-1")
    noted(floor, down, ana)
    assert "event: changed" in await next_of(stream)
    await stream.aclose()


async def test_nothing_of_an_incident_is_on_the_wire(hub, floor, ana, down):
    stream = await watching(hub, ana, "INC-1")
    noted(floor, down, ana)
    assert (await next_of(stream)).endswith("data: {}\n\n")
    await stream.aclose()


async def test_the_list_is_told_of_any_of_them(hub, floor, ana, cy, down):
    stream = await watching(hub, cy, ALL)
    noted(floor, down, ana)
    assert "event: changed" in await next_of(stream)
    await stream.aclose()


async def test_the_list_of_others_is_not_told_of_what_is_private(hub, floor, ana, cy, secret):
    stream = await watching(hub, cy, ALL)
    noted(floor, secret, ana)
    assert await is_quiet(hub, stream)


async def test_a_guest_is_told_of_nothing_but_their_own(hub, floor, ana, down):
    guest = floor.person("Gus", is_guest=True)
    stream = await watching(hub, guest, ALL)
    noted(floor, down, ana)
    assert await is_quiet(hub, stream)
    assert await hub.courier.ask(live.mark, guest.id, "INC-1") is None


async def test_the_stream_of_another_incident_stays_quiet(hub, floor, ana, down):
    other = declared(floor, ana, "Another")
    stream = await watching(hub, ana, "INC-1")
    noted(floor, other, ana)
    assert await is_quiet(hub, stream)


async def test_who_is_taken_out_is_let_go(hub, floor, ana, cy, secret):
    with floor.courier.transaction() as session:
        incidents.enter(session, secret, cy, by=ana, now=NOON)
    stream = await watching(hub, cy, "INC-1")
    with floor.courier.transaction() as session:
        incidents.leave(session, secret, cy, by=ana, now=NOON)
    assert "event: gone" in await next_of(stream)
    with pytest.raises(StopAsyncIteration):
        await next_of(stream)
    assert not hub.watchers


async def test_who_has_left_the_workspace_is_let_go(hub, floor, ana, cy, down):
    stream = await watching(hub, cy, "INC-1")
    with floor.courier.transaction() as session:
        people.get(session, cy.id).is_active = False
    noted(floor, down, ana)
    assert "event: gone" in await next_of(stream)


async def test_it_looks_only_while_somebody_watches(hub, ana, down):
    stream = await watching(hub, ana, "INC-1")
    looking = hub._looking
    await stream.aclose()
    await asyncio.gather(looking, return_exceptions=True)
    assert looking.cancelled()
    assert not hub.watchers


async def test_all_are_let_go_when_the_house_closes(hub, ana, down):
    streams = [await watching(hub, ana, ref) for ref in ("INC-1", ALL)]
    hub.close()
    for stream in streams:
        assert "event: gone" not in "".join([line async for line in stream])
    assert not hub.watchers
    assert not hub.has_room(ana.id)


async def test_the_number_of_watchers_is_bounded(hub, monkeypatch, ana, cy, down):
    monkeypatch.setattr(live, "MOST_EACH", 2)
    monkeypatch.setattr(live, "MOST", 3)
    streams = [await watching(hub, ana, "INC-1") for _ in range(2)]
    assert not hub.has_room(ana.id)
    assert [line async for line in hub.events(Watcher(ana.id, "INC-1"))] == []
    streams.append(await watching(hub, cy, "INC-1"))
    assert not hub.has_room(cy.id)
    await streams[0].aclose()
    assert hub.has_room(cy.id)
    for stream in streams:
        await stream.aclose()


def test_who_may_not_see_it_gets_no_stream(floor, ana, cy, secret):
    answer = floor.signed_in(cy).get("/incidents/INC-1/live")
    missing = floor.signed_in(cy).get("/incidents/INC-9/live")
    assert answer.status_code == missing.status_code == 404
    assert answer.text == missing.text.replace("INC-9", "INC-1")
    assert floor.browser().get("/incidents/INC-1/live").status_code == 401
    assert floor.browser().get("/incidents/live").status_code == 401


def test_a_full_house_says_so(floor, monkeypatch, ana, down):
    monkeypatch.setattr(live, "MOST", 0)
    answer = floor.signed_in(ana).get("/incidents/INC-1/live")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"


def test_a_page_says_from_where_on_it_listens(floor, ana, down):
    page = floor.signed_in(ana).get("/incidents/INC-1").text
    assert 'data-live-from="/incidents/INC-1/live?since=1"' in page
    assert 'data-live-from="/incidents/live?since=' in floor.signed_in(ana).get("/").text


def test_what_happened_between_page_and_stream_is_told_at_once(floor, ana, down):
    hub = Live(floor.courier)
    app = floor.app_with(hub)
    noted(floor, down, ana)
    hub.events = told_at_once
    with floor.signed_in(ana, app=app).stream("GET", "/incidents/INC-1/live?since=1") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert "".join(answer.iter_text()) == "2"


async def told_at_once(watcher):
    yield watcher.told.get_nowait()
