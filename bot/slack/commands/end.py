"""How an incident ends: closed, cancelled, or merged into another."""

from sqlmodel import Session

from bot.domain import incidents
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.words import title


@command("close")
@button("incident.close")
def close(session: Session, ask: Ask) -> Reply:
    """Close it when every loop is closed; else say which are open."""
    incident = ask.incident(session)
    if incidents.close(session, incident, by=ask.person, now=ask.now):
        return Reply(f"{incident.ref} is closed. Every loop is closed.")
    return Reply(f"{incident.ref} is closed already. Nothing was changed.")


@command("cancel <reason>")
def cancel(session: Session, ask: Ask) -> Reply:
    """It was none: a false alarm."""
    incident = ask.incident(session)
    incidents.cancel(session, incident, ask.text, by=ask.person, now=ask.now)
    return Reply(f"{incident.ref} is cancelled. Nothing more is owed.")


@command("merge <INC-n>")
def merge(session: Session, ask: Ask) -> Reply:
    """This incident is the same as that one; work goes on there."""
    incident = ask.incident(session)
    if not ask.text.strip():
        raise Unclear("Into which one? Say /incident merge INC-7")
    into = incidents.find(session, ask.text, as_=ask.person)
    incidents.merge(session, incident, into, by=ask.person, now=ask.now)
    return Reply(
        f"{incident.ref} is merged into {into.ref} {title(into.title)}. Both references keep working."
    )
