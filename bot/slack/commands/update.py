"""Telling customers: what it is now, and when they hear from us again."""

from sqlmodel import Session

from bot.domain import updates
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.updates import Phase
from bot.lib.spans import parse_span
from bot.slack import words
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command, unquoted
from bot.slack.forms import Choice, Filled, Form, Line, View

FORM = Form("update", "Customer update", submit="Tell customers")
CLOSED = "The form could not be opened in time. Say it once more: `/incident update`"
MESSAGE_MAX = 2500


@command("update [text]")
@button("update.open")
def update(session: Session, ask: Ask) -> Reply:
    """Tell customers, and promise the next word; a text is filled into the form."""
    incident = ask.incident(session)
    return Reply(view=form(session, incident, words.plain(session, unquoted(ask.text))), instead=CLOSED)


def form(session: Session, incident: Incident, text: str = "") -> View:
    every = company_of(session).severity_or_assumed(incident.severity).update_every or ""
    phase = incident.status if incident.status in list(Phase) else Phase.RESOLVED
    fields = (
        Choice(
            "phase",
            "Phase",
            initial=phase,
            picks=[(one, one.capitalize(), "") for one in Phase],
            required=True,
        ),
        Line(
            "message",
            "Message",
            initial=text,
            hint="What customers notice, what we do, what they can do meanwhile",
            required=True,
            most=MESSAGE_MAX,
            tall=True,
        ),
        Line(
            "next",
            "Next update in",
            initial=every,
            hint="As 20m or 2h. The promise stands on the card",
            most=20,
        ),
    )
    return FORM.view(fields, intro=_intro(session, incident), meta={"incident": incident.id})


@FORM.filled
def publish(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    phase, promised = filled.text("phase"), filled.text("next")
    with filled.beside("phase"):
        Phase.parse(phase)
    with filled.beside("next"):
        parse_span(promised or "1m")
    with filled.beside("message"):
        told = updates.publish(
            session,
            incident,
            filled.text("message"),
            by=filled.person,
            now=filled.now,
            phase=phase,
            next_in=promised or None,
        )
    until = f" Next word by {words.clock_time(told.next_update_by)}." if told.next_update_by else ""
    if not told.public:
        return Reply(f"{incident.ref}: written down, and kept inside.{until}")
    return Reply(f"{incident.ref}: customers are told.{until}")


def _intro(session: Session, incident: Incident) -> str:
    """What they know already, so that nobody has to look for it."""
    last = updates.last(session, incident)
    if incident.private or incident.drill:
        kind = "private" if incident.private else "a drill"
        return f"*{incident.ref}* is {kind}: nothing of this is published."
    if last is None:
        return f"*{incident.ref}*: customers have not been told yet."
    return f"*{incident.ref}*: last told {words.moment(last.at)} ({last.phase}): {words.escape(last.message)}"
