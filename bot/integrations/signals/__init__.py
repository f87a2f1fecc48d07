"""Signals that others post: how long a customer's messages wait, how many fail, how many there are."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.domain import signals
from bot.integrations.signals.door import SOURCE, door
from bot.lib.findings import PATIENCE, Finding, ok
from bot.lib.letters import Letter
from bot.lib.vendors import Deps

__all__ = ["Signals", "connect"]


class Signals:
    """The door, and what is done with what came through it."""

    name = "Signals"

    def __init__(self, token: str, secret: str, deps: Deps) -> None:
        self.clock = deps.clock
        self.door = door(token, secret, deps.inbox, deps.clock)

    @property
    def routes(self) -> list[BaseRoute]:
        return [self.door.route]

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {SOURCE: self.open_letters}

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        """Many deliveries at once; what came late is taken at the time at which it came."""
        found = [
            one
            for letter in letters
            for one in signals.samples(json.loads(letter.body), now=letter.received_at)
        ]
        signals.heard(session, found, now=self.clock())

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`."""
        return [ok(self.name, f"POST /webhooks/signals takes them, by {self.door.ways}")]


def connect(env: Mapping[str, str], deps: Any) -> Signals | None:
    """None without SIGNALS_TOKEN and SIGNALS_SECRET."""
    token, secret = env.get("SIGNALS_TOKEN", "").strip(), env.get("SIGNALS_SECRET", "").strip()
    return Signals(token, secret, deps) if token or secret else None
