"""Recurrences: the same service and the same factor once more, and which promise would have prevented it."""

from bot.domain.recurrences.effects import Question, Seen, asked_of, question, questions
from bot.domain.recurrences.facts import (
    ActionRecurred,
    EarlierIncident,
    EarlierItem,
    FactorDropped,
    FactorNamed,
    RecurrenceSeen,
)
from bot.domain.recurrences.model import Factor, Recurred, Recurrence
from bot.domain.recurrences.queries import Earlier, again, earlier, factors_of, known_factors, recurred
from bot.domain.recurrences.rules import BadFactor, key, near
from bot.domain.recurrences.verbs import drop_factor, name_factor, set_factors

__all__ = [
    "ActionRecurred",
    "BadFactor",
    "Earlier",
    "EarlierIncident",
    "EarlierItem",
    "Factor",
    "FactorDropped",
    "FactorNamed",
    "Question",
    "Recurred",
    "Recurrence",
    "RecurrenceSeen",
    "Seen",
    "again",
    "asked_of",
    "drop_factor",
    "earlier",
    "factors_of",
    "key",
    "known_factors",
    "name_factor",
    "near",
    "question",
    "questions",
    "recurred",
    "set_factors",
]
