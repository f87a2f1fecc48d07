"""PagerDuty: its webhooks become alerts, what people do here goes back, and it rings whoever is paged."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.domain import alerts, people
from bot.domain.alerts import PAGERDUTY, AlertsAcknowledged, Paged
from bot.domain.company import Company
from bot.domain.incidents.facts import (
    Acknowledged,
    Cancelled,
    Declared,
    NoteAdded,
    Reopened,
    SeverityChanged,
    StatusChanged,
)
from bot.integrations.pagerduty import checking, parse, settings
from bot.integrations.pagerduty.door import webhook_door
from bot.integrations.pagerduty.line import Line
from bot.integrations.pagerduty.oncall import OnCall
from bot.integrations.pagerduty.outbound import Outbound
from bot.integrations.pagerduty.ringing import Ringing
from bot.integrations.pagerduty.settings import Settings
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.letters import Letter
from bot.lib.vendors import Deps

__all__ = ["PagerDuty", "connect"]


class PagerDuty:
    """One account of PagerDuty, as far as its settings go."""

    name = "PagerDuty"

    def __init__(self, given: Settings, deps: Deps) -> None:
        self.company: Company = deps.company
        self.settings, self.clock = given, deps.clock
        self.line, self.public_url = Line(given), deps.public_url.rstrip("/")
        self.door = webhook_door(given.secrets, deps.inbox, deps.clock)
        self.outbound = Outbound(self.line, deps.courier, deps.clock)
        self.on_call = OnCall(self.line, deps.courier, deps.clock)
        self.ringing = Ringing(self.line, deps.courier, deps.clock, deps.public_url)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; a line of its own, so that nothing waits longer than that."""
        line = Line(self.settings, patience)
        try:
            return await checking.check(self.settings, line, self.company, self.public_url, patience)
        finally:
            line.close()

    @property
    def routes(self) -> list[BaseRoute]:
        return self.door.routes

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {PAGERDUTY: self.open_letters}

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        """What PagerDuty told us, many deliveries at once. What we do not understand is left alone."""
        found = [parse.message(letter.body) for letter in letters]
        messages = [message for message in found if message]
        alerts.opened(session, PAGERDUTY, messages, by=people.pagerduty(session), now=self.clock())

    @on(Paged, name="pagerduty_page")
    async def page(self, event: Event) -> None:
        await self.ringing.ring(event)

    @on(Declared, name="pagerduty_oncall")
    async def seat(self, event: Event) -> None:
        if self.settings.token:
            await self.on_call.seat(event)

    @on(Acknowledged, StatusChanged, SeverityChanged, NoteAdded, Reopened, Cancelled, name="pagerduty")
    async def tell(self, event: Event) -> None:
        if self.settings.token:
            await self.outbound.tell(event)

    @on(AlertsAcknowledged, name="pagerduty_people")
    async def introduce(self, event: Event) -> None:
        if self.settings.token:
            await self.on_call.introduce(event)


def connect(env: Mapping[str, str], deps: Any) -> PagerDuty | None:
    """None where no PagerDuty setting is given; else what the given ones allow."""
    given = settings.read(env)
    return PagerDuty(given, deps) if given.is_on else None
