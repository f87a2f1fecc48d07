"""Action items: promised, done, and verified by someone else."""

from bot.domain.actions.facts import (
    ActionAssigned,
    ActionCreated,
    ActionDeclined,
    ActionDone,
    ActionFact,
    ActionMoved,
    ActionReopened,
    ActionStarted,
    ActionVerified,
)
from bot.domain.actions.model import SETTLED, STILL_DUE, ActionItem, ItemStatus, Kind, Priority
from bot.domain.actions.queries import all, find, get, mine, of, to_verify
from bot.domain.actions.rules import BadAction, NotYours, parse_due
from bot.domain.actions.verbs import assign, create, decline, done, move, reopen, start, verify

__all__ = [
    "SETTLED",
    "STILL_DUE",
    "ActionAssigned",
    "ActionCreated",
    "ActionDeclined",
    "ActionDone",
    "ActionFact",
    "ActionItem",
    "ActionMoved",
    "ActionReopened",
    "ActionStarted",
    "ActionVerified",
    "BadAction",
    "ItemStatus",
    "Kind",
    "NotYours",
    "Priority",
    "all",
    "assign",
    "create",
    "decline",
    "done",
    "find",
    "get",
    "mine",
    "move",
    "of",
    "parse_due",
    "reopen",
    "start",
    "to_verify",
    "verify",
]
