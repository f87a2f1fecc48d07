"""A desk between Closeout and one tracker: people act on both sides, and everything is heard."""

import asyncio
from datetime import date, timedelta

import httpx
from sqlmodel import select
from starlette.applications import Starlette

from bot.domain import actions, incidents, people, trackers
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.integrations import github, jira
from bot.lib.courier import Courier
from bot.lib.facts import Event, Listeners
from bot.lib.http import Http
from bot.lib.inbox import Inbox
from bot.lib.vendors import Deps
from tests.conftest import NOON, carry_all
from tests.doubles.github import GitHub
from tests.doubles.jira import Jira

VENDORS = {"github": (github, GitHub), "jira": (jira, Jira)}
DAY = date(2026, 3, 20)  # by which an item is due
ADDRESS = "https://closeout.example.com"


def opened(engine, name):
    """For a fixture: a desk with which the other side found nothing wrong."""
    desk = Desk(engine, name)
    yield desk
    desk.close()
    assert desk.double.problems == []


class Desk:
    """Time passes only when a test says so, on both sides."""

    def __init__(self, engine, name, double=None, **env):
        vendor, make = VENDORS[name]
        self.engine, self.double, self.late = engine, double or make(), timedelta()
        company = Company.model_validate({name: {"people": self.double.people}})
        self.courier = Courier(engine, Listeners(), {"company": company, "gate": people.gate})
        self.inbox = Inbox(engine)
        self.http = Http(httpx.AsyncClient(transport=self.double.transport()))
        deps = Deps(self.http, self.courier, self.inbox, self.now, company, ADDRESS, None)
        self.vendor = vendor.connect(self.double.env | env, deps)
        self.vendor.following.door.first_wait = 0
        self.app = Starlette(routes=self.vendor.routes)
        self.courier.listeners.add_all(self.vendor)
        with self.courier.transaction() as session:
            self.ada = people.of_email(session, "ada@example.com", "Ada")
            self.ben = people.of_email(session, "ben@example.com", "Ben")
            self.cy = people.of_email(session, "cy@example.com", "Cy")

    def now(self):
        return NOON + self.late

    def wait(self, **span):
        self.late += timedelta(**span)
        self.double.at = max(self.double.at, self.now())

    def close(self):
        asyncio.run(self.inbox.close())

    # ---- our side

    def declare(self, **more):
        return self.do(incidents.declare, Report("Checkout is down", **more), by=self.ada, now=self.now())

    def create(self, incident=None, title="Alert on the error rate", carry=True, **more):
        incident, by = incident or self.declare(), more.pop("by", self.ada)

        def in_it(session):
            there = incidents.get(session, incident.id)
            return actions.create(session, there, title, by=by, now=self.now(), **more)

        return self.do(in_it, carry=carry)

    def do(self, verb, *args, carry=True, **named):
        with self.courier.transaction() as session:
            answer = verb(session, *args, **named)
        if carry:
            self.carry()
        return answer

    def act(self, verb, item, *words, carry=True, by=None, **named):
        """Ada does something to the item here."""

        def on_it(session):
            return verb(
                session, actions.get(session, item.id), *words, by=by or self.ada, now=self.now(), **named
            )

        return self.do(on_it, carry=carry)

    def carry(self):
        carry_all(self.courier)

    def item(self, item):
        with self.courier.reading() as session:
            return actions.get(session, item.id)

    def link(self, item):
        with self.courier.reading() as session:
            return session.get(trackers.TrackerLink, (item.id, self.double.name))

    def told(self, kind):
        with self.courier.reading() as session:
            return [event.fact for event in session.exec(select(Event).where(Event.kind == kind))]

    # ---- theirs

    def post(self, body, headers):
        async def send():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                return await client.post(self.double.path, content=body, headers=headers)

        return asyncio.run(send())

    def deliver(self, *deliveries):
        """What they have to tell comes in, is opened, and all that follows is heard."""
        for body, headers in deliveries or self.double.deliveries():
            assert self.post(body, headers).status_code == 202
        self.open()

    def open(self):
        asyncio.run(self.inbox.drain(self.courier, self.vendor.openers, self.now))
        self.carry()

    def sweep(self):
        asyncio.run(self.vendor.sweep(self.now()))
        self.carry()
