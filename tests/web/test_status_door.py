"""The door of the status page: made once for each change, however many ask."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from bot.domain import incidents, people, updates
from bot.domain.incidents import Report
from bot.web.look import Look
from bot.web.status_page import StatusDoor, StatusSite
from tests.conftest import NOON
from tests.web.conftest import COMPANY, TEMPLATES


class Ticks:
    """Seconds, as the test says; and how often the rows were asked."""

    def __init__(self, courier):
        self.at, self.asked, self._ask = 100.0, 0, courier.ask
        courier.ask = self.ask

    def __call__(self):
        return self.at

    async def ask(self, *args, **named):
        self.asked += 1
        return await self._ask(*args, **named)


@pytest.fixture
def courier(courier):
    courier.info.update({"company": COMPANY, "templates": TEMPLATES})
    return courier


@pytest.fixture
def ticks(courier):
    return Ticks(courier)


@pytest.fixture
def site(courier, watch, ticks):
    look = Look(TEMPLATES, COMPANY, watch, "http://closeout.test")
    return StatusSite(courier, watch, look, "http://closeout.test", seconds=ticks)


@pytest.fixture
def say(courier):
    def publish(message):
        with courier.transaction() as session:
            ana = people.of_slack(session, "U0ANA", "Ana")
            incident = incidents.declare(session, Report("Checkout is down"), by=ana, now=NOON)
            updates.publish(session, incident, message, by=ana, now=NOON)

    return publish


async def text(site, path="/status"):
    return (await site.answer(path)).text.decode()


def test_a_thousand_who_ask_at_once_are_one_look_at_the_rows(site, ticks):
    async def storm():
        await asyncio.gather(*(site.answer("/status") for _ in range(1000)))

    async def twice():
        await storm()
        first, ticks.asked = ticks.asked, 0
        await storm()
        ticks.at += 0.3
        await storm()
        await asyncio.sleep(0.05)
        return first

    assert asyncio.run(twice()) == 3  # the mark, the picture, the page
    assert ticks.asked == 1


def test_what_was_published_elsewhere_is_visible_within_a_second(site, ticks, say):
    async def look():
        assert "Everything works" in await text(site)
        await asyncio.to_thread(say, "Some cannot pay.")
        assert "Everything works" in await text(site)  # a quarter of a second is not over
        ticks.at += 0.26
        await text(site)  # whoever comes now gets what is there, and sets off the look
        await site._looking
        return await text(site)

    assert "Some cannot pay." in asyncio.run(look())


def test_after_a_silence_nobody_reads_what_is_old(site, ticks, say):
    async def look():
        await text(site)
        await asyncio.to_thread(say, "Some cannot pay.")
        ticks.at += 60
        return await text(site)

    assert "Some cannot pay." in asyncio.run(look())


def test_what_this_process_wrote_is_there_for_who_asks_next(site, ticks, courier, say):
    courier.wrote.append(site.stir)

    async def look():
        await text(site)
        ticks.at += 0.1
        await asyncio.to_thread(say, "Some cannot pay.")
        return await text(site)

    assert "Some cannot pay." in asyncio.run(look())


def test_a_storm_of_writes_is_no_storm_of_looks(site, ticks, courier):
    async def look():
        await text(site)
        ticks.asked = 0
        for _ in range(50):
            site.stir()
            ticks.at += 0.001
            await text(site)

    asyncio.run(look())
    assert ticks.asked <= 2


def test_what_stays_inside_draws_nothing_anew(site, ticks, courier, say):
    def note():
        with courier.transaction() as session:
            ana = people.of_slack(session, "U0ANA", "Ana")
            for n in range(300):
                incidents.note(session, incidents.get(session, 1), f"Note {n}", by=ana, now=NOON)

    async def look():
        await asyncio.to_thread(say, "Some cannot pay.")
        await text(site)
        before = site.kept
        for _ in range(2):
            await asyncio.to_thread(note)
            ticks.at += 60
            await text(site)
        assert site.kept is before
        await asyncio.to_thread(say, "Search is slow.")
        ticks.at += 60
        return await text(site)

    assert "Search is slow." in asyncio.run(look())


@pytest.fixture
def door(site):
    async def inner(scope, receive, send):
        await PlainTextResponse(f"inside {scope['method']}")(scope, receive, send)

    return TestClient(StatusDoor(inner, site), base_url="http://closeout.test")


def test_it_is_packed_once_and_says_so(door):
    packed = door.get("/status", headers={"Accept-Encoding": "gzip"})
    plain = door.get("/status", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    assert door.get("/status", headers={"If-None-Match": packed.headers["etag"]}).status_code == 304


def test_it_sets_no_cookie_and_lets_nothing_in_from_elsewhere(door):
    for path in ("/status", "/status/history", "/status/history.atom", "/status/api/v2/summary.json"):
        answer = door.get(path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "http://" not in answer.text.replace("http://closeout.test", "").replace(
            "http://www.w3.org", ""
        )


def test_a_head_has_no_body_and_the_mark_of_the_page(door):
    page, head = door.get("/status"), door.head("/status")
    assert head.content == b""
    assert head.headers["etag"] == page.headers["etag"]
    assert f'data-mark="{head.headers["x-status-mark"]}"' in page.text


def test_everything_else_goes_on(door):
    assert door.get("/status/subscribe").text == "inside GET"
    assert door.post("/status").text == "inside POST"
    assert door.get("/incidents").text == "inside GET"


def test_months_that_nobody_had_are_not_kept(site, door):
    for month in range(1, 10):
        assert door.get(f"/status/history?month=190{month}-01").status_code == 404
    door.get("/status/history?month=2026-03&x=1")
    assert len(site.kept.bodies) == 1  # what is not understood is the month that is


def test_a_month_asked_for_where_there_are_none_makes_nothing_anew(site, door):
    """Else a stranger fills the memory with copies, of which no two have the same address."""
    for path in ("/status", "/status/feed.atom", "/status/api/v2/summary.json"):
        door.get(path)
        kept = len(site.kept.bodies)
        assert {door.get(f"{path}?month={year}-01").status_code for year in range(1000, 1020)} == {200}
        assert len(site.kept.bodies) == kept
