"""Where signals are posted: checked, read, written down, answered. They are judged when they are opened."""

from datetime import datetime
from typing import Any

from bot.domain import signals
from bot.lib.clock import Clock
from bot.lib.inbox import Inbox
from bot.lib.posted import PostedDoor, is_signed, secrets_of

__all__ = ["BODY_MAX", "SOURCE", "door", "is_signed", "secrets_of"]
SOURCE = "signals"
BODY_MAX = 512 * 1024  # bytes: a thousand signals with long names


def door(token: str, secret: str, inbox: Inbox, clock: Clock) -> PostedDoor:
    """`POST /webhooks/signals`."""
    return PostedDoor(SOURCE, "/webhooks/signals", BODY_MAX, token, secrets_of(secret), inbox, clock, _check)


def _check(told: Any, now: datetime) -> None:
    """Raises BadSignal. A repetition is known by the headers alone."""
    signals.samples(told, now=now)
