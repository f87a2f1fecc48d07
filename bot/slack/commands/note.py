"""Writing the timeline: notes, corrections of entries and of milestones."""

import re
from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents import Milestone
from bot.domain.incidents.moments import parse_moment
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.words import moment

AT = re.compile(r"^(?:--|\u2014|\u2013)at[ =](\S+)\s*")


@command("note [--at time] <text>")
def note(session: Session, ask: Ask) -> Reply:
    """Put a sentence on the timeline, now or at the time it is about."""
    incident = ask.incident(session)
    at, text = _at(ask, ask.text)
    entry = incidents.note(session, incident, text, by=ask.person, now=ask.now, at=at)
    return Reply(f"Noted in {incident.ref}, as entry {entry.id}.")


@command("correct <entry> [--at time] <text>")
def correct(session: Session, ask: Ask) -> Reply:
    """Say what an entry of the timeline should have said, or when it was."""
    incident = ask.incident(session)
    number, rest = ask.first_and_rest()
    if not number.lstrip("#").isdecimal():
        raise Unclear(
            "Which entry? Its number stands in /incident timeline: /incident correct 12 What it should say"
        )
    at, text = _at(ask, rest)
    entry = int(number.lstrip("#"))
    incidents.correct(session, incident, entry, by=ask.person, now=ask.now, text=text or None, at=at)
    return Reply(f"Entry {entry} of {incident.ref} is corrected; what it said before stays in its trace.")


@command("milestone <name> <time> [why]")
def milestone(session: Session, ask: Ask) -> Reply:
    """Correct when it started, was detected, mitigated and so on."""
    incident = ask.incident(session)
    meant, rest = _milestone(ask.text)
    when, _, why = rest.partition(" ")
    if not when:
        raise Unclear(f"When? Say /incident milestone {meant.value} 10:05, or 2026-03-02T10:05.")
    at = parse_moment(when, now=ask.now, zone=ask.person.timezone)
    if incidents.set_milestone(session, incident, meant, at, by=ask.person, now=ask.now, why=why.strip()):
        return Reply(f"{incident.ref}: {meant.words} is now {moment(at)}.")
    return Reply(f"{incident.ref}: {meant.words} is {moment(at)} already. Nothing was changed.")


def _milestone(text: str) -> tuple[Milestone, str]:
    """The name may be one word or two: impact_started, impact started."""
    parts = text.split(None, 2)
    if len(parts) > 1 and "_".join(parts[:2]).lower() in list(Milestone):
        return Milestone.parse("_".join(parts[:2])), "".join(parts[2:])
    first, _, rest = text.strip().partition(" ")
    return Milestone.parse(first), rest.strip()


def _at(ask: Ask, text: str) -> tuple[datetime | None, str]:
    """`--at 09:58` may stand first; keyboards turn its two hyphens into a dash."""
    if not (found := AT.match(text.strip())):
        return None, text.strip()
    at = parse_moment(found[1], now=ask.now, zone=ask.person.timezone)
    return at, text.strip()[found.end() :]
