"""What was done, read off the timeline and said in words of our own: no name and no host leaves."""

import re

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents import Incident

# Only what is said to have happened counts; what each says outside gives nothing away.
DEEDS = tuple(
    (re.compile(rf"\b(?:{done})\b", re.IGNORECASE), said)
    for done, said in (
        (r"rolled (?:it |them )?back|reverted", "We have undone a recent change."),
        (
            r"failed over|switched (?:over )?to (?:the )?(?:standby|replica|backup)",
            "We have switched to a standby.",
        ),
        (r"restarted|rebooted", "We have restarted what was affected."),
        (r"scaled (?:it )?(?:up|out)|added (?:more )?capacity", "We have added capacity."),
        (r"(?:turned|switched) off|disabled|feature flag is off", "We have turned off what made it worse."),
        (r"blocked|rate[- ]limited", "We have stopped traffic that made it worse."),
        (
            r"(?:hot)?fix (?:is |was )?(?:deployed|live|out|rolled out)|deployed (?:a|the) (?:hot)?fix",
            "We have put a fix in place.",
        ),
        (r"restored (?:it )?from (?:a |the )?backup", "We have restored from a backup."),
        (r"workaround is in place|put (?:a|the) workaround in place", "A workaround is in place."),
    )
)
DOUBT = re.compile(
    r"\?|\b(?:not|never|no|nobody|isn't|didn't|don't|won't|hasn't|haven't|wasn't|cannot|can't|should|could|would"
    r"|shall|might|may|if|unless|will|before|until|plan|try|trying|tried|failed to|want|ask|asked)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
SOURCES = ("NoteAdded", "MessageAdded", "StatusChanged", "StepTicked")
MOST = 2


def done(session: Session, incident: Incident, told_so_far: str = "") -> str:
    """The newest two that are certain, in order; what customers were told already is left out."""
    entries = [
        one for one in incidents.timeline(session, incident) if one.kind in SOURCES and not one.deleted
    ]
    found: list[str] = []
    for entry in entries:
        for said in in_words(entry.text):
            found = [*(one for one in found if one != said), said]
    return " ".join([said for said in found if said not in told_so_far][-MOST:])


def in_words(text: str) -> list[str]:
    """What customers may hear of these words. What is doubted, denied, asked or planned says nothing."""
    certain = [part for part in SENTENCE.split(text) if not DOUBT.search(part)]
    return [said for pattern, said in DEEDS if any(pattern.search(part) for part in certain)]
