"""Slack as the rows see it: the sandbox over HTTP, the listeners of bot.slack, and nobody else."""

import asyncio
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

import bot.domain
from bot.domain import incidents, people
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.lib import facts
from bot.lib.courier import Courier
from bot.lib.effects import Door, repeated
from bot.lib.facts import Listeners
from bot.lib.plugins import modules_in
from bot.sandbox.channels import Channel
from bot.sandbox.people import BOT_USER
from bot.slack import model
from bot.slack.projection import project
from bot.slack.redraw import Pace
from tests.conftest import NOON

for feature in modules_in(bot.domain):
    if find_spec(f"{feature.__name__}.guards" if hasattr(feature, "__path__") else "nowhere_at_all"):
        import_module(f"{feature.__name__}.guards")


TEMPLATES = Path(__file__).parent.parent.parent / "templates"


class Crash(BaseException):
    """The process is gone; no `except Exception` holds it up."""


class StillPace(Pace):
    """Never waits, and remembers how often it would have had to."""

    def __init__(self):
        self.waits = []
        super().__init__(sleep=self.remember)

    async def remember(self, seconds):
        self.waits.append(seconds)


class Hall:
    ear = facts.Ear

    def __init__(self, engine, sandbox, company=None, runbooks=(), **info):
        self.runbooks, self.info = list(runbooks), info
        self.engine, self.sandbox, self.company = engine, sandbox, company or Company()
        self.guest, self.now, self.pace = sandbox.guest, NOON, StillPace()
        self.restart()

    def restart(self):
        """A process that knows nothing but the rows."""
        listeners = Listeners()
        info = {"company": self.company, "runbooks": self.runbooks, "templates": TEMPLATES, **self.info}
        self.courier = Courier(self.engine, listeners, info)
        client = AsyncWebClient(token="xoxb-sandbox", base_url=self.sandbox.api_url, timeout=2)
        door = Door("Slack", first_wait=0, longest_wait=0)
        self.slack = project(
            client, self.courier, lambda: self.now, "http://closeout.test", door, pace=self.pace
        )
        for one in self.slack.listeners:
            listeners.add_all(one)
        self.listeners = listeners

    def meet_everybody(self):
        async def meet():
            async with self.line():
                await self.slack.prepare()

        asyncio.run(meet())
        self.guest.forget_traffic()

    @contextmanager
    def as_(self, name):
        with self.courier.transaction() as session:
            yield session, people.of_slack(session, f"U0{name.upper()}")

    def declare(self, title="Checkout is down", *, by="ada", **report):
        with self.as_(by) as (session, person):
            if commander := report.pop("commander", None):
                report["commander"] = people.of_slack(session, f"U0{commander.upper()}")
            return incidents.declare(session, Report(title=title, **report), by=person, now=self.now).id

    def wait(self, id, *, by="ada", **where):
        with self.as_(by) as (session, person):
            model.wait(session, id, person.id, now=self.now, **where)

    def does(self, verb, id, *args, by="ada", **how):
        """One verb on an incident; a person among the arguments is named by `@ada`."""
        with self.as_(by) as (session, person):
            given = [self._meant(session, one) for one in args]
            return verb(session, incidents.get(session, id), *given, by=person, now=self.now, **how)

    def _meant(self, session, one):
        is_person = isinstance(one, str) and one.startswith("@")
        return people.of_slack(session, f"U0{one[1:].upper()}") if is_person else one

    def carry(self, *, again=False):
        """Let every listener hear what it is owed; `again`: in another life of the process."""

        async def hear_all():
            repeated.set(again)
            async with self.line():
                while ears := await self.courier.ask(facts.behind):
                    for ear in ears:
                        await self.courier.hear(ear)

        asyncio.run(hear_all())

    @asynccontextmanager
    async def line(self):
        """One line for many calls, as in a running Closeout."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            self.slack.slack.client.session = session
            yield
        self.slack.slack.client.session = None

    def crash_after(self, calls, *names):
        """Let the named ears hear until so many calls have been answered, then die."""
        left = iter(range(calls))
        answered = self.slack.slack.client.api_call

        async def counted(method, **how):
            answer = await answered(method, **how)
            if next(left, None) is None:
                raise Crash
            return answer

        self.slack.slack.client.api_call = counted
        try:
            self.carry()
        except Crash:
            return True
        return False

    def room(self, id):
        with self.courier.reading() as session:
            return model.room_of(session, id)

    def channel(self, id):
        return self.guest.channel(self.room(id).channel_name)

    def said(self, id):
        """What we wrote into the channel, without the card."""
        card = self.room(id).card_ts
        return [one["text"] for one in self.messages(id) if one["ts"] != card]

    def messages(self, id):
        shown = self.guest.messages(self.room(id).channel_name)
        return [one for one in shown if one.get("bot_id") and not one.get("subtype")]

    def calls(self):
        """The methods that were called, in order."""
        return [one["method"] for one in self.guest.traffic() if one["direction"] == "from_bot"]

    # ---- what people do in Slack, behind our back

    def sandbox_channel(self, name, *, by):
        workspace = self.sandbox.workspace
        id = workspace.next_id("C")
        workspace.channels[id] = Channel(id, name, by, int(workspace.now()), members=[by])

    def lose(self, id, how):
        channel = self.sandbox.workspace.channels[self.room(id).channel_id]
        if how == "archived":
            channel.is_archived = True
        else:
            channel.members.remove(BOT_USER)

    def find_again(self, id):
        self.sandbox.workspace.channels[self.room(id).channel_id].is_archived = False

    def delete(self, id, ts):
        channel = self.sandbox.workspace.channels[self.room(id).channel_id]
        channel.drop(channel.by_ts[ts])
        channel.pins.clear()

    def forget_people(self):
        with self.courier.transaction() as session:
            for person in session.exec(select(people.Person).where(people.Person.slack_id == "U0DANA")):
                session.delete(person)

    def person_id(self, name):
        with self.courier.reading() as session:
            slack_id = f"U0{name.upper()}"
            return session.exec(select(people.Person.id).where(people.Person.slack_id == slack_id)).one()

    def opens_view(self, name, view):
        trigger = self.sandbox.workspace.triggers.make(f"U0{name.upper()}")
        call = self.slack.slack.call("views.open", trigger_id=trigger.id, view=view)
        asyncio.run(call)
