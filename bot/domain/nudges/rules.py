"""How a reminder rule is marked and found."""

from collections.abc import Callable, Iterable
from datetime import datetime
from inspect import isfunction
from types import ModuleType

from sqlmodel import Session

from bot.domain.nudges.model import Nudge

Rule = Callable[[Session, datetime], Iterable[Nudge]]


def reminder(rule: Rule) -> Rule:
    """Mark a generator of nudges. It says all that is due, each time it is asked; keys see to the rest."""
    rule.is_reminder = True  # type: ignore[attr-defined]
    return rule


def reminders_in(module: ModuleType) -> list[Rule]:
    return [each for each in vars(module).values() if isfunction(each) and hasattr(each, "is_reminder")]
