"""Nudges: reminders that go out once. A rule yields them; a key that was sent is never sent again."""

from bot.domain.nudges.model import Nudge, Nudged, NudgeRow
from bot.domain.nudges.owing import ONCE, WIDENING, Owed, Told, debts, horizon, how_late, owed
from bot.domain.nudges.rules import Rule, reminder, reminders_in
from bot.domain.nudges.verbs import claim, run, unclaim

__all__ = [
    "ONCE",
    "WIDENING",
    "Nudge",
    "NudgeRow",
    "Nudged",
    "Owed",
    "Rule",
    "Told",
    "claim",
    "debts",
    "horizon",
    "how_late",
    "owed",
    "reminder",
    "reminders_in",
    "run",
    "unclaim",
]
