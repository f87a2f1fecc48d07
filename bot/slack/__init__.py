"""Slack: people talk to us here, and see what we know. The rows are the truth, and this is their picture."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute, Route

from bot.domain.company import Company
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import DeliveryError
from bot.lib.findings import PATIENCE, Finding
from bot.lib.inbox import Inbox
from bot.slack import checking
from bot.slack.door import Door
from bot.slack.happenings import open_letters
from bot.slack.listener import Listener
from bot.slack.projection import Projection, project
from bot.slack.replies import Replies
from bot.slack.signing_in import SigningIn
from bot.slack.socket import Socket
from bot.slack.weather import Weather

log = logging.getLogger(__name__)
Job = Callable[[datetime], Awaitable[Any]]
PATH = "/slack/events"
# A call that hangs is made again, after a look whether it was heard: an outage leaves no time for more.
TIMEOUT, AGAIN = 10, 30.0  # seconds


class Settings(Protocol):
    """What Slack needs to be told."""

    @property
    def bot_token(self) -> str: ...
    @property
    def signing_secret(self) -> str: ...
    @property
    def app_token(self) -> str: ...
    @property
    def api_url(self) -> str: ...
    @property
    def is_practice(self) -> bool: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...


class Slack:
    """One workspace: the doors by which it reaches us, and what we show there."""

    def __init__(
        self,
        client: AsyncWebClient,
        listener: Listener,
        projection: Projection,
        settings: Settings,
        company: Company,
        clock: Clock,
        public_url: str,
    ) -> None:
        self.settings, self.clock = settings, clock
        self.client, self.listener, self.projection = client, listener, projection
        self.announce_in, self.teams = company.workspace.announce_in, company.teams
        # Only a Slack of our own can be taken away for practice.
        weather = (Weather(settings.api_url),) if settings.is_practice else ()
        self.listeners = (*projection.listeners, *weather)
        self.openers = {"slack": open_letters}
        self.jobs: tuple[tuple[str, str, Job], ...] = (("slack-people", "daily 04:10", self.meet),)
        self.socket = Socket(listener.app, settings.app_token) if settings.app_token else None
        can_sign_in = settings.client_id and settings.client_secret
        self.signing_in = (
            SigningIn(projection.slack, projection.members, settings, public_url) if can_sign_in else None
        )
        secret = settings.signing_secret  # without one, nothing that comes over HTTP could be trusted
        self.door = Door(listener.app, secret, clock) if secret else None
        self.routes: list[BaseRoute] = (
            [Route(PATH, self.door.__call__, methods=["POST"])] if self.door else []
        )
        self._preparing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """One pool of connections for all calls. Whatever needs Slack to answer goes on in the background."""
        # The client's own timeout is for sessions of its own; ours would wait for five minutes.
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        self.client.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout)
        self._preparing = asyncio.create_task(self._prepare())
        if self.socket:
            await self.socket.start()

    async def _prepare(self) -> None:
        while True:
            try:
                return await self.projection.prepare()
            except DeliveryError as error:
                log.warning("Slack is not ready for us: %s", error)
                if error.permanent:
                    return None
            except Exception:  # the database may be away; until this is done nothing is announced
                log.exception("Slack could not be prepared")
            await asyncio.sleep(AGAIN)

    async def meet(self, at: datetime) -> None:
        """Take over who is in the workspace."""
        await self.projection.members.sync()

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; it needs no start, and changes nothing."""
        asked = checking.Asked(
            slack=self.projection.slack,
            announce_in=self.announce_in.lstrip("#"),
            teams=self.teams,
            settings=self.settings,
            heard=self.door.heard if self.door else None,
            signing_in=self.signing_in,
            clock=self.clock,
        )
        return await checking.check(asked, patience)

    async def stop(self) -> None:
        if self.socket:
            await self.socket.stop()
        if self._preparing:
            self._preparing.cancel()
        await self.listener.replies.close()
        if self.client.session:
            await self.client.session.close()
            self.client.session = None


def connect(
    settings: Settings, courier: Courier, inbox: Inbox, clock: Clock, company: Company, public_url: str
) -> Slack:
    """Everything about Slack, built and not yet started."""
    client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, timeout=TIMEOUT)
    projection = project(client, courier, clock, public_url)
    replies = Replies(projection.slack, courier, clock)
    listener = Listener(replies, inbox, public_url.rstrip("/"), settings.signing_secret)
    return Slack(client, listener, projection, settings, company, clock, public_url.rstrip("/"))
