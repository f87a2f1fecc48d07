"""What is going on."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.lib.words import duration, plural
from bot.slack import words
from bot.slack.blocks import section
from bot.slack.commands import Ask, Reply, command
from bot.slack.model import room_of

SHOWN = 40


@command("list")
def list_(session: Session, ask: Ask) -> Reply:
    """Show the live incidents."""
    live = incidents.live(session, as_=ask.person)
    if not live:
        return Reply("No incident is live. Declare one: `/incident new sev2 What is wrong`")
    head = plural(len(live), "live incident")
    lines = [line(session, incident, ask) for incident in live[:SHOWN]]
    rest = len(live) - SHOWN
    more = [section(words.link(ask.url("incidents"), f"And {rest} more"))] if rest > 0 else []
    return Reply(head, [section(f"*{head}*"), *(section(one) for one in lines), *more])


def line(session: Session, incident: Incident, ask: Ask) -> str:
    """Reference, severity, status, title, commander, channel, age."""
    room = room_of(session, incident.id)
    parts = [
        words.headline(company_of(session), incident),
        str(incident.status),
        f"commander {words.name(session, incidents.commander(session, incident))}",
        words.channel(room.channel_id) if room and room.channel_id else "no channel yet",
        duration(ask.now - incident.declared_at),
    ]
    return " · ".join(parts)
