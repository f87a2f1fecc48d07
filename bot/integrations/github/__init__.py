"""GitHub: action items are issues of one repository, and both sides follow each other."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.routing import BaseRoute

from bot.domain import trackers
from bot.domain.trackers import FOLLOWED, Following
from bot.integrations.github import checking, reading, settings
from bot.integrations.github.issues import KEPT, Issues
from bot.integrations.github.line import Line
from bot.integrations.github.settings import Settings
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.letters import Letter
from bot.lib.signed import SignedDoor
from bot.lib.vendors import Deps

__all__ = ["GitHub", "connect"]
log = logging.getLogger(__name__)
PATH, SWEEP_MINUTES = "/webhooks/github", 5


class GitHub:
    """One repository."""

    def __init__(self, given: Settings, deps: Deps) -> None:
        self.settings, self.clock = given, deps.clock
        self.line = Line(given, deps.http, deps.clock)
        self.public_url = deps.public_url.rstrip("/")
        self.issues = Issues(self.line, deps.company, self.public_url)
        self.following = Following(self.issues, deps.courier, deps.clock)
        self.door = SignedDoor(
            source=KEPT.name,
            path=PATH,
            signature="x-hub-signature-256",
            delivery="x-github-delivery",
            secrets=given.secrets,
            inbox=deps.inbox,
            clock=deps.clock,
            is_wanted=_is_about_issues,
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return [self.door.route] if self.settings.secrets else []

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {KEPT.name: self.open_letters}

    @property
    def jobs(self) -> tuple[tuple[int, str, Any], ...]:
        return ((SWEEP_MINUTES, "github-sweep", self.sweep),)

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        """What changed there, in the order in which we were told."""
        for letter in letters:
            if seen := reading.delivery(letter.body, self.settings.repo):
                trackers.hear(session, KEPT, seen, now=self.clock())

    @on(*FOLLOWED, name="github", folds=True)
    async def follow(self, events: list[Event]) -> None:
        await self.following.follow(events)

    async def sweep(self, at: datetime) -> None:
        await self.following.sweep(at)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; nothing is written."""
        trouble = await self.following.trouble()
        return await checking.check(self.settings, self.line, self.public_url + PATH, trouble, patience)


def _is_about_issues(request: Request, _body: Any) -> bool:
    return request.headers.get("x-github-event") == "issues"


def connect(env: Mapping[str, str], deps: Any) -> GitHub | None:
    """None without GITHUB_REPO and GITHUB_TOKEN."""
    given = settings.read(env)
    return GitHub(given, deps) if given else None
