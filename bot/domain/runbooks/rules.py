"""Which runbooks fit an incident. Pure: no session, no clock, no I/O."""

import re
from collections.abc import Iterable

from bot.domain.runbooks.model import Runbook

MOST = 3
WORD = re.compile(r"\w+")
STEM = 4  # letters from which "certificate" is found in "certificates"


def fitting(runbooks: Iterable[Runbook], services: Iterable[str], text: str) -> list[Runbook]:
    """The best first, at most three; none rather than one that has nothing to do with it."""
    words = WORD.findall(text.lower())
    ranked = [(score(runbook, set(services), words), runbook) for runbook in runbooks]
    fit = sorted((pair for pair in ranked if pair[0]), key=lambda pair: (-pair[0], pair[1].name))
    return [runbook for _, runbook in fit[:MOST]]


def score(runbook: Runbook, services: set[str], words: list[str]) -> int:
    """A symptom that was named weighs more than the service; its longer wording more than a shorter."""
    symptoms = [WORD.findall(symptom.lower()) for symptom in runbook.symptoms]
    best = max((len(symptom) for symptom in symptoms if _all_said(symptom, words)), default=0)
    return 3 * best + (2 if services & set(runbook.services) else 0)


def _all_said(symptom: list[str], words: list[str]) -> bool:
    return bool(symptom) and all(any(_alike(part, word) for word in words) for part in symptom)


def _alike(part: str, word: str) -> bool:
    if part == word:
        return True
    short, long = sorted((part, word), key=len)
    return len(short) >= STEM and long.startswith(short)
