"""A drill in its channel: what opens it, each thing that is played, and the short report at its end."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot.domain import drills, people
from bot.domain.drills import AwayEnded, DrillEnded, DrillStarted, Injected, Kind
from bot.lib.facts import Event, Fact
from bot.lib.words import duration, plural
from bot.slack import words
from bot.slack.blocks import Block, context, message, section, sections

Message = dict[str, Any]
HEADS = {
    Kind.ALERT: "alert",
    Kind.CUSTOMER: "customers",
    Kind.QUESTION: "asks you",
    Kind.HINT: "a hint",
    Kind.AWAY: "Slack goes away",
}
LONGEST = 2800


def of_a_drill(fact: Fact) -> bool:
    """These stand in a message of their own: somebody speaks."""
    return type(fact) in LOOKS


def look(session: Session, event: Event, public_url: str) -> Message:
    """One fact of a drill as its message."""
    return LOOKS[type(event.fact)](session, event.fact, public_url)


def _started(_session: Session, fact: DrillStarted, _url: str) -> Message:
    head = f"DRILL · *{words.title(fact.title)}*"
    pace = f" One minute on your clock is {fact.pace} minutes of the drill." if fact.pace > 1 else ""
    lines = [
        f"• Nothing of it is real. Nobody is paged, nothing is public. It takes {fact.minutes} min.{pace}",
        "• What counts stands on the timeline: roles, status, notes, updates, messages with a :pushpin:",
        "• It ends when it is resolved, when the time is up, or with `/incident drill stop`.",
    ]
    about = words.escape(fact.summary)
    return message(f"{head}: {about}", [section(f"{head}\n{about}"), context("\n".join(lines))])


def _played(session: Session, fact: Injected, url: str) -> Message:
    voice, text = words.escape(fact.voice), words.escape(fact.text)
    head = " · ".join(filter(None, ["DRILL", f"*{voice}*" if voice else "", HEADS.get(fact.kind, "")]))
    if fact.kind is Kind.AWAY:
        text = f"{text}\n{_away(session, fact, url)}"
    blocks = [context(head), section(words.shorten(text, LONGEST))]
    return message(f"{head}: {text}", blocks)


def _away(session: Session, fact: Injected, url: str) -> str:
    """The practice workspace really goes away; a real one stays, and everybody looks elsewhere."""
    page = words.link(f"{url}/incidents/INC-{fact.incident_id}", "the incident's page")
    span = plural(max(1, round(fact.minutes)), "minute")
    if session.info.get("practice"):
        return f"In a moment Slack answers nobody for {span}. Go on with {page}."
    return f"Pretend that Slack answers nobody for {span}: leave this channel, and go on with {page}."


def _back(_session: Session, _fact: AwayEnded, _url: str) -> Message:
    return message("DRILL · Slack is back.")


def _ended(session: Session, fact: DrillEnded, url: str) -> Message:
    """Short: the score, each line, and where to read on."""
    drill = drills.get(session, fact.drill)
    found = drills.report(
        session, drill, as_=people.closeout(session), now=drill.ended_at or drill.started_at
    )
    text = f"DRILL · over after {duration(found.elapsed)}: *{answer(fact)}*"
    if found.last:
        text = f"{text} The time before it was {found.last.score} %."
    lines = "\n".join(words.escape(drills.sentence(one)) for one in found.score.judged)
    link = words.link(f"{url}/drills/{drill.id}", "Read the report")
    end: list[Block] = [context(f"{link} · Write down what you learnt: `/incident action`")]
    return message(text, [section(text), *sections(lines), *end])


def answer(fact: DrillEnded) -> str:
    """The first line says it."""
    if fact.score is None:
        return "nothing could be judged yet."
    return f"{fact.met} of {plural(fact.asked, 'expectation')} met, {fact.score} %."


LOOKS: dict[type[Fact], Callable[[Session, Any, str], Message]] = {
    DrillStarted: _started,
    Injected: _played,
    AwayEnded: _back,
    DrillEnded: _ended,
}
