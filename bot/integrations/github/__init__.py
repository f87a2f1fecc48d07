"""GitHub: action items are issues of one repository, and both sides follow each other."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from bot.domain.trackers import FOLLOWED, Seen, Vendor
from bot.integrations.github import checking, reading, settings
from bot.integrations.github.issues import KEPT, Issues
from bot.integrations.github.line import Line
from bot.integrations.github.settings import Settings
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.signed import SignedDoor
from bot.lib.vendors import Deps

__all__ = ["GitHub", "connect"]
PATH = "/webhooks/github"


class GitHub(Vendor):
    """One repository."""

    def __init__(self, given: Settings, deps: Deps) -> None:
        self.settings = given
        self.line = Line(given, deps.http, deps.clock)
        self.public_url = deps.public_url.rstrip("/")
        super().__init__(Issues(self.line, deps.company, self.public_url), deps.courier, deps.clock)
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
        return self.door.routes

    def read(self, body: str) -> Seen | None:
        return reading.delivery(body, self.settings.repo)

    @on(*FOLLOWED, name="github", folds=True)
    async def follow(self, events: list[Event]) -> None:
        await self.following.follow(events)

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
