"""A promise to customers ran out."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Nudge, reminder
from bot.domain.updates import queries, rules
from bot.lib.words import duration

COMMS = "comms"


@reminder
def customer_update_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """Said in the channel and to whoever talks to customers, again and again while it is live.

    Afterwards once, to that person alone; whom it must not wake now, hears it in the channel.
    """
    for incident, promised in queries.late(session, now):
        yield from _nudges(session, incident, promised, now)


def _nudges(session: Session, incident: Incident, promised: datetime, now: datetime) -> Iterator[Nudge]:
    severity = company_of(session).severity_or_assumed(incident.severity)
    again = rules.nag(severity, promised, now) if incident.is_live else 0
    key = f"update-due/{incident.id}/{promised:%Y%m%dT%H%M%S}/{again}"
    text = f"{incident.ref}: {_late(promised, now)} Tell them: `/incident update`"
    seats = incidents.seats(session, incident)
    who = seats.get(COMMS) or seats.get(incidents.rules.COMMANDER)
    if incident.is_live or not who:
        yield Nudge(key=key, incident_id=incident.id, text=text)
    if who:
        yield Nudge(key=f"{key}/to", incident_id=incident.id, text=text, to=who)


def _late(promised: datetime, now: datetime) -> str:
    word = f"customers were promised a word by {promised:%H:%M} UTC"
    return f"{word}." if (now - promised).total_seconds() < 60 else f"{word}, {duration(now - promised)} ago."
