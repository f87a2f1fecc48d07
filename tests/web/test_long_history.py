"""Years of customers being told pass through in order.

`pytest --whole-history` plays all 819 incidents with their 4,570 updates; the suite plays every fifth. The
numbers, and that half of the updates follow within 14 minutes, are those of a provider's public record; the
words are made up by a seeded generator.
"""

import asyncio
import random
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import httpx
import pytest
from sqlmodel import col, select

from bot.domain import incidents, people, subscribers, updates
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery, Mailing
from bot.domain.subscribers import Subscriber, reactions
from bot.integrations import statuspage
from bot.integrations.statuspage.line import Pace
from bot.lib import facts
from bot.lib.http import Http
from tests.doubles.statuspage import Statuspage
from tests.web.conftest import COMPANY

WHOLE, FIFTH = (819, 4570), (164, 914)  # incidents, and updates
BEGIN, END = datetime(2022, 1, 3, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC)
PHASES = ("investigating", "identified", "monitoring")
TOGETHER = 40  # verbs in one transaction, and then everybody hears of them


def made(incidents, updates, seed=819):
    """(moment, incident's number, phase, message), in the order in which they were said."""
    dice = random.Random(seed)
    counts = [2] * incidents
    for _ in range(updates - sum(counts)):
        counts[dice.randrange(incidents)] += 1
    return sorted(one for number, count in enumerate(counts) for one in told_of(dice, number, count))


def told_of(dice, number, count):
    at = BEGIN + (END - BEGIN) * dice.random()
    steps = sorted(dice.choices(PHASES, k=count - 1), key=PHASES.index)
    for place, phase in enumerate([*steps, "resolved"]):
        yield at, number, phase, f"Number {number}, update {place}."
        at += timedelta(minutes=1) + timedelta(minutes=13) * dice.lognormvariate(0, 1)


class Passage:
    """Everybody who hears of updates: the page's rows, a subscriber's mailbox, Statuspage."""

    def __init__(self, floor):
        self.floor, self.courier, self.ids = floor, floor.courier, {}
        self.far = Statuspage("Checkout", "Search")
        deps = SimpleNamespace(courier=floor.courier, clock=floor.watch, company=COMPANY, http=None)
        settings = {"STATUSPAGE_API_TOKEN": "page-token", "STATUSPAGE_PAGE_ID": "kctbh9vrtdwd"}
        self.vendor = statuspage.connect({**settings, "STATUSPAGE_API_URL": "http://far/v1"}, deps)
        self.vendor.line.pace = Pace(clock=lambda: 0.0, sleep=at_once)
        floor.courier.listeners.add_all(self.vendor)
        floor.courier.listeners.add_all(reactions)
        self.subscribe()

    def subscribe(self):
        with self.courier.transaction() as session:
            subscribers.ask(session, "kim@shop.example", now=BEGIN)
            kim = session.exec(select(Subscriber)).one()
            kim.standing, kim.confirmed_at, kim.since = "active", BEGIN, BEGIN

    def say_all(self, said):
        for start in range(0, len(said), TOGETHER):
            with self.courier.transaction() as session:
                ana = people.of_slack(session, "U0ANA", "Ana")
                for one in said[start : start + TOGETHER]:
                    self.say(session, ana, *one)
            self.floor.watch.now = said[min(start + TOGETHER, len(said)) - 1][0]
            asyncio.run(self.hear())

    def say(self, session, ana, at, number, phase, message):
        if number not in self.ids:
            services = (("checkout", "search")[number % 2],)
            report = Report("Trouble inside", "sev3", services=services)
            self.ids[number] = incidents.declare(session, report, by=ana, now=at).id
        incident = incidents.get(session, self.ids[number])
        if phase == "resolved":
            incidents.resolve(session, incident, by=ana, now=at)
        updates.publish(session, incident, message, by=ana, now=at, phase=phase)

    async def hear(self):
        transport = httpx.ASGITransport(self.far.app)
        async with httpx.AsyncClient(transport=transport) as client:
            self.vendor.line.http = Http(client)
            while ears := await self.courier.ask(facts.behind):
                for ear in ears:
                    await self.courier.hear(ear)


async def at_once(_seconds):
    """No waiting."""


@pytest.fixture
def passage(floor):
    return Passage(floor)


def test_four_years_of_updates_pass_through_in_order(passage, floor, request):
    size = WHOLE if request.config.getoption("--whole-history") else FIFTH
    said = made(*size)
    assert (len({one[1] for one in said}), len(said)) == size
    passage.say_all(said)
    statuspage_has_all_in_order(passage, said)
    the_mailbox_has_each_once_in_order(passage, len(said))
    the_months_have_all(floor, said)
    the_newest_stand_first(floor, said)


def statuspage_has_all_in_order(passage, said):
    wanted = {}
    for _, number, phase, message in said:
        wanted.setdefault(passage.ids[number], []).append((phase, message))
    there = {
        incident["metadata"]["closeout"]["incident"]: [
            (phase, body.split("\n")[0]) for phase, body in passage.far.told(id)
        ]
        for id, incident in passage.far.incidents.items()
    }
    assert there == wanted
    assert set(passage.far.states.values()) == {"operational"}


def the_mailbox_has_each_once_in_order(passage, count):
    with passage.courier.reading() as session:
        asked = select(Mailing.incident_id, Mailing.plain).join(Delivery).where(Mailing.kind == "update")
        rows = list(session.exec(asked.order_by(col(Delivery.id))))
    found = [tuple(map(int, re.search(r"Number (\d+), update (\d+)\.", plain).groups())) for _, plain in rows]
    assert len(found) == len(set(found)) == count
    latest = {}
    for number, place in found:
        assert place == latest.get(number, -1) + 1
        latest[number] = place


def the_months_have_all(floor, said):
    first = {}
    for at, number, _, _ in said:
        first.setdefault(number, f"{at:%Y-%m}")
    browser, seen = floor.browser(), []
    for month in sorted(set(first.values())):
        page = browser.get(f"/status/history?month={month}").text
        seen += re.findall(r"Number \d+, update \d+\.", page)
        assert page.count("<article") == sum(one == month for one in first.values()), month
    assert len(seen) == len(set(seen)) == len(said)


def the_newest_stand_first(floor, said):
    feed = floor.browser().get("/status/feed.atom").text
    shown = re.findall(r"Number \d+, update \d+\.", feed)
    newest = [message for _, _, _, message in reversed(said)][: len(shown)]
    assert len(shown) >= 50
    assert shown == newest
    times = re.findall(r"<updated>([^<]+)</updated>", feed)[1:]
    assert all(later >= earlier for later, earlier in pairwise(times))
