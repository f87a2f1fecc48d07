"""Runbooks: what to do, step by step; found by service and symptom, posted as a checklist."""

from bot.domain.runbooks.facts import RunbookPosted, StepTicked
from bot.domain.runbooks.model import Runbook, RunbookRun, Step
from bot.domain.runbooks.queries import Run, RunStep, known, named, runs, suggest
from bot.domain.runbooks.reading import BrokenRunbook, load, read
from bot.domain.runbooks.verbs import post, tick

__all__ = [
    "BrokenRunbook",
    "Run",
    "RunStep",
    "Runbook",
    "RunbookPosted",
    "RunbookRun",
    "Step",
    "StepTicked",
    "known",
    "load",
    "named",
    "post",
    "read",
    "runs",
    "suggest",
    "tick",
]
