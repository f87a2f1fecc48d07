"""A PagerDuty double, our side of it on a fresh database, and a clock that a test sets."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest
from sqlmodel import func, select
from starlette.applications import Starlette

from bot.domain.alerts import reactions
from bot.integrations import pagerduty
from bot.lib.facts import Listeners
from bot.lib.inbox import Inbox
from bot.lib.letters import Letter
from tests.alerting import COMPANY, at
from tests.conftest import carry_all
from tests.doubles.pagerduty import PagerDuty
from tests.integrations.tracking import DAY


@pytest.fixture
def double():
    with PagerDuty() as double:
        yield double
    assert double.problems == double.excused


@pytest.fixture
def desk(double, courier, engine):
    """Everything between PagerDuty's webhooks and its API."""
    courier.info["company"] = COMPANY
    desk = Desk(double, courier, Inbox(engine))
    yield desk
    asyncio.run(desk.inbox.close())


@pytest.fixture
def tracked(desk):
    """An item of Ada's, due on a day, that stands on the other side; and nothing waits to be told."""
    item = desk.create(owner=desk.ada, due=DAY)
    desk.deliver()
    desk.double.calls.clear()
    return item


class Desk:
    """Our side. Time passes only when a test says so."""

    def __init__(self, double, courier, inbox, env=None):
        self.double, self.courier, self.inbox, self.minutes = double, courier, inbox, 0
        deps = SimpleNamespace(
            inbox=inbox,
            courier=courier,
            clock=self.now,
            company=COMPANY,
            public_url="https://closeout.example",
        )
        self.vendor = pagerduty.connect(double.env if env is None else env, deps)
        for door in (self.vendor.line.rest_door, self.vendor.line.events_door):
            door.first_wait = 0
        self.app = Starlette(routes=self.vendor.routes)
        listeners: Listeners = courier.listeners
        listeners.add_all(self.vendor)
        listeners.add_all(reactions)

    def now(self):
        return at(self.minutes)

    def pass_minutes(self, count):
        self.minutes += count

    def post(self, body, headers=None, **more):
        """A delivery, over HTTP as ASGI knows it."""

        async def send():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="https://closeout.example") as client:
                return await client.post("/webhooks/pagerduty", content=body, headers=headers or {})

        return asyncio.run(send())

    def hear(self, *bodies):
        """Deliver, open the inbox, and let all listeners hear what follows."""
        for body in bodies:
            assert self.post(body, self.double.headers(body)).status_code == 202
        self.open()
        self.carry()

    def open(self):
        return asyncio.run(self.inbox.drain(self.courier, self.vendor.openers, self.now))

    def carry(self):
        carry_all(self.courier)

    def do(self, verb, *args, **named):
        """Somebody acts here; then all listeners hear of it."""
        with self.courier.transaction() as session:
            answer = verb(session, *args, **named)
        self.carry()
        return answer

    def look(self):
        return self.courier.reading()

    def letters(self):
        with self.look() as session:
            return session.exec(select(func.count()).select_from(Letter)).one()
