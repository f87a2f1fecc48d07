"""Short-lived permissions that Slack hands to an app: trigger ids and response_urls."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.answers import ApiError
from bot.sandbox.conditions import Conditions

USES = 5  # of one response_url: docs.slack.dev/interactivity/handling-user-interaction


class Place(Protocol):
    """What a permission depends on: the workspace's clock, its conditions and its address."""

    base_url: str
    conditions: Conditions

    def now(self) -> float: ...


@dataclass
class Trigger:
    id: str
    user: str
    made_at: float
    is_used: bool = False


class Triggers:
    """Permissions to open one modal, good for three seconds and one use."""

    def __init__(self, workspace: Place) -> None:
        self.workspace = workspace
        self.made: dict[str, Trigger] = {}

    def make(self, user: str) -> Trigger:
        number = secrets.randbelow(10**9)
        trigger = Trigger(f"{number}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}", user, self._now())
        self.made[trigger.id] = trigger
        return trigger

    def use(self, id: str) -> Trigger:
        trigger = self.made.get(id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if self._now() - trigger.made_at > self.workspace.conditions.timing.trigger:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def _now(self) -> float:
        return self.workspace.now()


@dataclass
class Hook:
    """One response_url: where its posts land, and how often it was used."""

    token: str
    user: str
    channel: str
    made_at: float
    ts: str | None = None
    uses: int = 0


class Hooks:
    """The response_urls that were handed out, five uses and thirty minutes each."""

    def __init__(self, workspace: Place) -> None:
        self.workspace = workspace
        self.made: dict[str, Hook] = {}

    def make(self, user: str, channel: str, ts: str | None = None) -> str:
        """Returns the address of a new response_url."""
        hook = Hook(secrets.token_urlsafe(12), user, channel, self.workspace.now(), ts)
        self.made[hook.token] = hook
        return f"{self.workspace.base_url}/response/{hook.token}"

    def use(self, token: str) -> Hook | str:
        """Returns the hook, or the word with which Slack refuses it."""
        hook = self.made.get(token)
        if hook is None:
            return "no_such_url"
        if self.workspace.now() - hook.made_at > self.workspace.conditions.timing.response_url:
            return "expired_url"
        if hook.uses >= USES:
            return "used_url"
        hook.uses += 1
        return hook
