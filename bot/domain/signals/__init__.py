"""Signals: what shows that a customer is hurt before they say so, and the quiet cases that follow from it."""

from bot.domain.signals.cases import CaseOver, accept, declare, dismiss
from bot.domain.signals.drawing import said, short, spark
from bot.domain.signals.facts import CaseDismissed, CaseEnded, CaseOpened, SenderSilent
from bot.domain.signals.model import Case, Series
from bot.domain.signals.parsing import BadSignal, Sample, samples
from bot.domain.signals.queries import (
    NoSuchCase,
    case,
    incident_of,
    is_named,
    named,
    open_cases,
    recent_cases,
    series_of,
    strangers,
)
from bot.domain.signals.rules import Kind, Worse
from bot.domain.signals.verbs import heard, is_watched, look, note_report, open_for
from bot.domain.signals.wording import sentence, what

__all__ = [
    "BadSignal",
    "Case",
    "CaseDismissed",
    "CaseEnded",
    "CaseOpened",
    "CaseOver",
    "Kind",
    "NoSuchCase",
    "Sample",
    "SenderSilent",
    "Series",
    "Worse",
    "accept",
    "case",
    "declare",
    "dismiss",
    "heard",
    "incident_of",
    "is_named",
    "is_watched",
    "look",
    "named",
    "note_report",
    "open_cases",
    "open_for",
    "recent_cases",
    "said",
    "samples",
    "sentence",
    "series_of",
    "short",
    "spark",
    "strangers",
    "what",
]
