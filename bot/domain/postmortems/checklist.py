"""What a reviewer would ask, computed: each finding with its place and what to do. It never forbids."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from bot.domain import actions, incidents
from bot.domain.actions import ActionItem
from bot.domain.incidents import Entry, Incident, Milestone
from bot.domain.postmortems import wording
from bot.domain.postmortems.rendering import Question, questions
from bot.lib.words import cut, duration

SILENCE = timedelta(minutes=30)
CLOCK_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
NUMBER = re.compile(r"\d")
IMPACT = "impact"
SPOKEN_OF = {  # words that speak of a milestone, near a time of day
    Milestone.DETECTED: ("detected", "noticed", "alert fired", "paged"),
    Milestone.ACKNOWLEDGED: ("acknowledged",),
    Milestone.MITIGATED: ("mitigated", "rolled back", "stopped the bleeding"),
    Milestone.RESOLVED: ("resolved", "over at", "recovered"),
    Milestone.IMPACT_STARTED: ("began", "started failing", "first failed"),
}
NEAR = 60  # characters between the word and the time
APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `place` is a section, an entry of the timeline (e17) or an item (A-3)."""

    kind: str  # unanswered | owner | due | blame | silence | order | impact | time
    place: str
    said: str
    remedy: str


def findings(session: Session, incident: Incident) -> list[Finding]:
    """Everything there is to look at before others read it, the gravest kinds first."""
    asked, entries = questions(session, incident), incidents.timeline(session, incident)
    return [
        *unanswered(asked),
        *missing_impact(asked),
        *loose_items(actions.of(session, incident)),
        *out_of_order(incident),
        *other_times(incident, asked),
        *blame(asked),
        *silences(incident, entries),
    ]


def unanswered(asked: Sequence[Question]) -> Iterator[Finding]:
    for one in asked:
        if not one.answer:
            yield Finding(
                "unanswered", one.key, f"Not answered: {cut(one.question, 80)}", "Answer it, or say why not."
            )


def missing_impact(asked: Sequence[Question]) -> Iterator[Finding]:
    """How bad it was, in numbers: customers, orders, minutes, money."""
    for one in asked:
        if one.key == IMPACT and one.answer and not NUMBER.search(one.answer):
            yield Finding(
                "impact",
                one.key,
                "The impact has no number.",
                "How many customers, for how long, what share?",
            )


def loose_items(items: Sequence[ActionItem]) -> Iterator[Finding]:
    for item in items:
        if item.is_settled:
            continue
        if item.owner_id is None:
            yield Finding("owner", item.ref, f"{item.ref} has no owner.", "Give it to a person.")
        if item.due is None:
            yield Finding("due", item.ref, f"{item.ref} has no date.", "Say by when it is done.")


def out_of_order(incident: Incident) -> Iterator[Finding]:
    """Milestones have one order; each is compared with the last one that is known."""
    last: tuple[Milestone, datetime] | None = None
    for milestone in Milestone:
        at: datetime | None = getattr(incident, milestone.column)
        if at is None:
            continue
        if last and at < last[1]:
            early = f"{_at(milestone, at)}, before {last[0].words} at {last[1]:%H:%M} UTC."
            yield Finding("order", milestone.value, early, "Correct one of the two: /incident milestone")
        last = milestone, at


def _at(milestone: Milestone, at: datetime) -> str:
    return f"{milestone.words.capitalize()} at {at:%H:%M}"


def other_times(incident: Incident, asked: Sequence[Question]) -> Iterator[Finding]:
    """A time of day in the prose beside the word for a milestone that says another time."""
    for one in asked:
        for found in CLOCK_TIME.finditer(one.answer):
            around = one.answer[max(0, found.start() - NEAR) : found.end()].lower()
            for milestone, words in SPOKEN_OF.items():
                at: datetime | None = getattr(incident, milestone.column)
                if at and any(word in around for word in words) and _differs(found, at):
                    said = f"{_at(milestone, at)} UTC by the clock, and at {found[0]} in the text."
                    yield Finding("time", one.key, said, "Correct the text or the milestone.")
                    break


def _differs(found: re.Match[str], at: datetime) -> bool:
    told = at.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return APART < abs(told - at) < timedelta(hours=24) - APART


def blame(asked: Sequence[Question]) -> Iterator[Finding]:
    for one in asked:
        for found in wording.blaming(one.answer):
            yield Finding(
                "blame", one.key, f"{found.words!r} looks for somebody, not for something.", found.kinder
            )


def silences(incident: Incident, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Stretches of the live incident in which nobody wrote anything down."""
    end = incident.resolved_at
    live = [entry for entry in entries if end is None or entry.at <= end]
    for before, after in pairwise(live):
        if (gap := after.at - before.at) >= SILENCE:
            said = f"{duration(gap)} without a word, from {before.at:%H:%M} UTC."
            yield Finding("silence", f"e{after.id}", said, "What happened meanwhile? Add a note at its time.")
