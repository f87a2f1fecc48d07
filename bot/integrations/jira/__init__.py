"""Jira Cloud: action items are issues of one project, and both sides follow each other."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.domain import trackers
from bot.domain.trackers import FOLLOWED, Following
from bot.integrations.jira import checking, reading, settings
from bot.integrations.jira.issues import KEPT, Issues
from bot.integrations.jira.line import Line
from bot.integrations.jira.settings import Settings
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.letters import Letter
from bot.lib.signed import SignedDoor
from bot.lib.vendors import Deps

__all__ = ["Jira", "connect"]
PATH, SWEEP_MINUTES = "/webhooks/jira", 5


class Jira:
    """One project of one site."""

    def __init__(self, given: Settings, deps: Deps) -> None:
        self.settings, self.clock, self.company = given, deps.clock, deps.company
        self.line = Line(given, deps.http)
        self.public_url = deps.public_url.rstrip("/")
        self.issues = Issues(self.line, deps.company, self.public_url)
        self.following = Following(self.issues, deps.courier, deps.clock)
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
        return [self.door.route] if self.settings.secrets else []

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {KEPT.name: self.open_letters}

    @property
    def jobs(self) -> tuple[tuple[int, str, Any], ...]:
        return ((SWEEP_MINUTES, "jira-sweep", self.sweep),)

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        """What changed there, in the order in which we were told."""
        for letter in letters:
            if seen := reading.delivery(letter.body, self.settings.url):
                trackers.hear(session, KEPT, seen, now=self.clock())

    @on(*FOLLOWED, name="jira", folds=True)
    async def follow(self, events: list[Event]) -> None:
        await self.following.follow(events)

    async def sweep(self, at: datetime) -> None:
        await self.following.sweep(at)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; nothing is written."""
        trouble = await self.following.trouble()
        look = checking.Look(self.settings, self.line, self.company.jira.issue_type, self.public_url + PATH)
        return await checking.check(look, trouble, patience)


def connect(env: Mapping[str, str], deps: Any) -> Jira | None:
    """None without the JIRA settings."""
    given = settings.read(env)
    return Jira(given, deps) if given else None
