"""Nudges: reminders that go out once. A rule yields them; a key that was sent is never sent again."""

from bot.domain.nudges.model import Nudge, Nudged, NudgeRow
from bot.domain.nudges.rules import Rule, reminder, reminders_in
from bot.domain.nudges.verbs import run

__all__ = ["Nudge", "NudgeRow", "Nudged", "Rule", "reminder", "reminders_in", "run"]
