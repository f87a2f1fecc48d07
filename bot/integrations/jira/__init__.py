"""Jira Cloud: action items are issues of one project, and both sides follow each other."""

from collections.abc import Mapping
from typing import Any

from starlette.routing import BaseRoute

from bot.domain.trackers import FOLLOWED, Seen, Vendor
from bot.integrations.jira import checking, reading, settings
from bot.integrations.jira.issues import KEPT, Issues
from bot.integrations.jira.line import Line
from bot.integrations.jira.settings import Settings
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.signed import SignedDoor
from bot.lib.vendors import Deps

__all__ = ["Jira", "connect"]
PATH = "/webhooks/jira"


class Jira(Vendor):
    """One project of one site."""

    def __init__(self, given: Settings, deps: Deps) -> None:
        self.settings, self.company = given, deps.company
        self.line = Line(given, deps.http)
        self.public_url = deps.public_url.rstrip("/")
        super().__init__(Issues(self.line, deps.company, self.public_url), deps.courier, deps.clock)
        self.door = SignedDoor(
            source=KEPT.name,
            path=PATH,
            signature="x-hub-signature",
            delivery="x-atlassian-webhook-identifier",
            secrets=given.secrets,
            inbox=deps.inbox,
            clock=deps.clock,
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return self.door.routes

    def read(self, body: str) -> Seen | None:
        return reading.delivery(body, self.settings.url)

    @on(*FOLLOWED, name="jira", folds=True)
    async def follow(self, events: list[Event]) -> None:
        await self.following.follow(events)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; nothing is written."""
        trouble = await self.following.trouble()
        look = checking.Look(self.settings, self.line, self.company.jira.issue_type, self.public_url + PATH)
        return await checking.check(look, trouble, patience)


def connect(env: Mapping[str, str], deps: Any) -> Jira | None:
    """None without the JIRA settings."""
    given = settings.read(env)
    return Jira(given, deps) if given else None
