"""The one room that knows everyone: settings in, a bot out. Importing starts nothing."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
from starlette.applications import Starlette

import bot.domain
from bot import checks, integrations, slack, web
from bot.clock import Clock
from bot.domain import company as companies
from bot.domain import (
    drills,
    feedback,
    incidents,
    mailings,
    maintenance,
    nudges,
    people,
    reminding,
    runbooks,
    signals,
    subscribers,
    trail,
)
from bot.lib import clock as clocks
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.http import Http
from bot.lib.inbox import Inbox
from bot.lib.plugins import modules_in
from bot.lib.vendors import Deps
from bot.settings import Settings

log = logging.getLogger(__name__)
DRAIN_SECONDS, NUDGE_SECONDS, DRILL_SECONDS, SEAL_SECONDS = 2.0, 20.0, 2.0, 10.0
REMIND_SECONDS, MAINTAIN_SECONDS = 5.0, 2.0
LOOK_AGAIN = timedelta(minutes=30)  # for reminders, while the same people are at work
AGEING_MINUTES = 3  # how old a late promise on a card may look younger than it is
TIMEOUT = 20.0  # seconds, for a far end to answer


def data_folder(name: str) -> Path:
    """`templates` and `runbooks` stand at the top of a checkout, and inside an installed package."""
    top = Path(__file__).parent.parent / name
    return top if top.is_dir() else Path(__file__).parent / "_data" / name


def domain_modules() -> list[ModuleType]:
    """Every room of the domain. A feature is found by its folder and by what is marked in it."""
    features = modules_in(bot.domain)
    return [
        *features,
        *(inner for feature in features if hasattr(feature, "__path__") for inner in modules_in(feature)),
    ]


class House:
    """Everything that one process runs."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = clocks.now) -> None:
        self.settings, self.now = settings, clock
        self.company = companies.load(settings.config)
        self.engine = db.open_engine(settings.database_url)
        self.listeners = Listeners()
        self.courier = Courier(self.engine, self.listeners, self._info())
        self.inbox = Inbox(self.engine)
        self.http = Http(httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False))
        self.clock = Clock(clock)
        modules = domain_modules()
        self.rules = [rule for module in modules for rule in nudges.reminders_in(module)]
        self.web = web.WebSettings(
            public_url=settings.public_url, secret_key=settings.secret_key, api_token=settings.api_token
        )
        self.site = web.status_site(self.courier, clock, self.company, self.web, data_folder("templates"))
        self.courier.wrote.append(self.site.stir)
        self.slack = self._connect_slack()
        self.vendors = integrations.connect_all(settings.env, self._deps())
        self.courier.info["ways"] = self._ways()
        for place in [*(self.slack.listeners if self.slack else []), *modules, *self.vendors.values()]:
            self.listeners.add_all(place)
        self._looked: dict[str, tuple[object, datetime]] = {}
        self.live = web.Live(self.courier)

    def _info(self) -> dict[str, Any]:
        return {
            "company": self.company,
            "gate": incidents.gate,
            "templates": data_folder("templates"),
            "runbooks": runbooks.load(data_folder("runbooks")),
            "drills": drills.load(data_folder("runbooks") / "drills", self.settings.data_dir / "drills"),
            "practice": self.settings.slack.is_practice,
            "public_url": self.settings.public_url,
        }

    def _connect_slack(self) -> slack.Slack | None:
        if not self.settings.slack.is_on:
            return None
        return slack.connect(
            self.settings.slack, self.courier, self.inbox, self.now, self.company, self.settings.public_url
        )

    def _ways(self) -> frozenset[str]:
        """By what people can be written to."""
        return frozenset({*(("slack",) if self.slack else ()), *({"mail"} & self.vendors.keys())})

    def _deps(self) -> Deps:
        return Deps(
            http=self.http,
            courier=self.courier,
            inbox=self.inbox,
            clock=self.now,
            company=self.company,
            public_url=self.settings.public_url,
            data_dir=self.settings.data_dir,
            extra={"site": self.site.files},
        )

    @property
    def openers(self) -> dict[str, Any]:
        """Who reads which letters of the inbox."""
        found = [self.slack, *self.vendors.values()]
        return {source: opener for each in found for source, opener in getattr(each, "openers", {}).items()}

    async def check(self) -> list[checks.Finding]:
        """What is on, what is off, and what is wrong, looked at now."""
        return await checks.check_all(self)

    def asgi(self) -> Starlette:
        """All doors that listen to HTTP."""
        routes = [
            route for each in [self.slack, *self.vendors.values()] for route in getattr(each, "routes", [])
        ]
        pages = web.routes(
            self.courier,
            self.inbox,
            self.now,
            self.company,
            self.web,
            slack=self.slack.signing_in if self.slack else None,
            check=self.check,
            live=self.live,
            site=self.site,
        )
        return Starlette(
            routes=[*routes, *pages],
            lifespan=self._lifespan,
            middleware=[web.status_door(self.site), *web.middleware(self.web)],
            exception_handlers={404: web.missing(self.courier, self.now, self.company, self.web)},
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Migrate, take up what an earlier life left, and begin to listen."""
        await asyncio.to_thread(db.upgrade, self.engine)
        await self.courier.open()
        await self.courier.run(people.appoint, now=self.now())
        self._wind_up()
        await self.clock.start()
        if self.slack:
            await self.slack.start()

    def _wind_up(self) -> None:
        self.clock.every(DRAIN_SECONDS, self.drain)
        self.clock.every(NUDGE_SECONDS, self.nudge)
        self.clock.every(REMIND_SECONDS, self.remind)
        self.clock.every(DRILL_SECONDS, self.drill)
        self.clock.every(MAINTAIN_SECONDS, self.maintain)
        self.clock.every(SEAL_SECONDS, self.seal)
        for seconds, tick in (each for one in self.vendors.values() for each in getattr(one, "ticks", ())):
            self.clock.every(seconds, tick)
        self.inbox.on_put(self.drain)
        self.clock.at("daily 03:15", "UTC", "tidy", self.tidy)
        monthly, zone = self.company.digest.monthly, self.company.workspace.timezone
        self.clock.at(monthly, zone, "feedback-pack", self.send_pack)
        if self.slack:
            cards = self.slack.projection.cards
            self.clock.each(AGEING_MINUTES, "slack-ageing", cards.age, cards.are_late)
        self.clock.each(1, "signals", self.look_at_signals, self.watches_signals)
        for minutes, name, job in (
            each for one in self.vendors.values() for each in getattr(one, "jobs", ())
        ):
            self.clock.each(minutes, name, job, at_start=True)
        for name, when, job in self.slack.jobs if self.slack else ():
            self.clock.at(when, self.company.workspace.timezone, name, job)

    async def stop(self) -> None:
        self.clock.stop()
        self.live.close()
        if self.slack:
            await self.slack.stop()
        for vendor in self.vendors.values():
            if hasattr(vendor, "close"):
                await vendor.close()
        await self.inbox.close()
        await self.courier.close()
        await self.http.close()
        self.engine.dispose()

    async def drain(self) -> None:
        """Open the letters that the doors have put into the inbox."""
        await self.inbox.drain(self.courier, self.openers, self.now)

    async def nudge(self) -> None:
        """Ask each reminder rule what is due; one that fails does not stop the others."""
        for rule in self.rules:
            try:
                await self.courier.run(nudges.run, rule, self.now())
            except Exception:  # a bug in one shall not silence all that come after it
                log.exception("The reminder rule %s failed", rule)

    async def remind(self) -> None:
        """Tell those who begin to work what they owe, and send the digests whose hour has come."""
        now = self.now()
        awake = await self.courier.ask(reminding.awake, now)
        if self._is_worth_a_look("reminders", awake, now):
            for batch in await self.courier.ask(reminding.waiting, now):
                await self.courier.run(reminding.remind, batch, now)
            self._looked["reminders"] = awake, now
        hours = await self.courier.ask(reminding.hours, now)
        if self._is_worth_a_look("digests", hours, now):
            for slots in await self.courier.ask(reminding.due, now):
                await self.courier.run(reminding.send, slots, now)
            self._looked["digests"] = hours, now

    def _is_worth_a_look(self, what: str, seen: object, now: datetime) -> bool:
        """Something changed, or the last look is long ago."""
        before, at = self._looked.get(what, (None, now))
        return seen != before or now - at >= LOOK_AGAIN

    async def drill(self) -> None:
        """Play what is due in the drills that run; it is looked up first, for mostly none runs."""
        for id in await self.courier.ask(drills.waiting, self.now()):
            try:
                await self.courier.run(drills.advance, id, now=self.now())
            except Exception:  # one that cannot go on shall not hold up the others
                log.exception("Drill %s cannot go on", id)

    async def maintain(self) -> None:
        """Begin and end the maintenance whose time has come; looked up first, for mostly none is due."""
        for id in await self.courier.ask(maintenance.waiting, self.now()):
            await self.courier.run(maintenance.advance, id, now=self.now())

    async def watches_signals(self) -> bool:
        """Mostly there are none to look at."""
        return await self.courier.ask(signals.is_watched)

    async def look_at_signals(self, _: datetime) -> None:
        """Notice which customers' signals have stopped."""
        await self.courier.run(signals.look, now=self.now())

    async def send_pack(self, at: datetime) -> None:
        """What customers said last month, to whom the company names."""
        await self.courier.run(feedback.monthly.send, at, now=self.now())

    async def seal(self) -> None:
        """Bind what has happened since into the trail."""
        await self.courier.run(trail.seal, self.now())

    async def tidy(self, at: datetime) -> None:
        """Forget finished runs; their ids are kept longer than any platform repeats a delivery."""
        await self.courier.tidy(at - timedelta(days=30))
        await self.courier.run(reminding.forget, at - timedelta(days=60))
        await self.courier.run(feedback.forget_clients, at - timedelta(days=1))
        await self.courier.run(mailings.forget, at - timedelta(days=30))
        await self.courier.run(subscribers.forget, at - timedelta(days=7))


def build(settings: Settings, clock: Callable[[], datetime] = clocks.now) -> House:
    return House(settings, clock)
