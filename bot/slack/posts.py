"""What the channel is told: one line for one fact, one message for an hour of them."""

from typing import Any

from sqlmodel import Session

from bot.domain.incidents.facts import HandedOff, RoleTaken
from bot.domain.people import CLOSEOUT
from bot.domain.postmortems import (
    PostmortemApproved,
    PostmortemOpened,
    PostmortemPublished,
    PostmortemSentBack,
    PostmortemSubmitted,
)
from bot.lib.facts import Event, Fact
from bot.slack import words
from bot.slack.blocks import said, sections
from bot.slack.drills import of_a_drill

MOST_LINES, LONGEST_LINE, LONGEST = 40, 1500, 8000
ACTS_NEXT = (
    RoleTaken,
    HandedOff,
    PostmortemOpened,
    PostmortemSubmitted,
)  # whoever is named in these must hear of it
WRITTEN: dict[type[Fact], str] = {
    PostmortemOpened: "Open it",
    PostmortemSubmitted: "Review it",
    PostmortemSentBack: "Open it",
    PostmortemApproved: "Read it",
    PostmortemPublished: "Read it",
}


def parts(events: list[Event]) -> list[list[Event]]:
    """What becomes one message each: all together, but whoever speaks in a drill speaks alone."""
    found: list[list[Event]] = []
    for event in events:
        alone = of_a_drill(event.fact)
        if alone or not found or of_a_drill(found[-1][0].fact):
            found.append([event])
        else:
            found[-1].append(event)
    return found


def message(session: Session, events: list[Event], url: str) -> dict[str, Any]:
    """All that happened, in order; beyond a page, with a link to the whole."""
    if len(events) == 1:
        return said(line(session, events[0], url))
    lines: list[str] = []
    for event in events[:MOST_LINES]:
        told = words.shorten(line(session, event, url), LONGEST_LINE)
        lines.append(f"{words.clock_time(event.when)}  {told}")
        if sum(map(len, lines)) > LONGEST:
            break
    if left := len(events) - len(lines):
        lines.append(f"\u2026and {left} more, on the {words.link(url, 'timeline')}.")
    whole = "\n".join(lines)
    return {"text": words.shorten(whole, 3000), "blocks": sections(whole)}


def line(session: Session, event: Event, url: str) -> str:
    """Who did what. Closeout itself is not named."""
    fact = event.fact
    sentence = words.named(session, str(fact), ping=isinstance(fact, ACTS_NEXT))
    if label := WRITTEN.get(type(fact)):
        sentence = f"{sentence}. {words.link(f'{url}/postmortem', label)}"
    if event.by == CLOSEOUT:
        return sentence[:1].upper() + sentence[1:]
    return f"*{words.name(session, event.by)}* {sentence}"
