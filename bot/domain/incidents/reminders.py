"""Reminders about the incident itself."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from bot.domain.company import company_of
from bot.domain.incidents.queries import live_since
from bot.domain.incidents.rules import COMMANDER, COMMANDER_MISSED_AFTER
from bot.domain.incidents.seats import commander
from bot.domain.nudges import Nudge, reminder


@reminder
def seat_empty(session: Session, now: datetime) -> Iterator[Nudge]:
    """Nobody commands; said once, in the channel."""
    role = company_of(session).role(COMMANDER)
    for incident in live_since(session, now - COMMANDER_MISSED_AFTER):
        if commander(session, incident) is None:
            minutes = int(COMMANDER_MISSED_AFTER.total_seconds() // 60)
            yield Nudge(
                key=f"seat-empty/{incident.id}",
                incident_id=incident.id,
                text=f"Nobody is {role.name} for {minutes} minutes. {role.duty} "
                f"Take the seat: `/incident join {COMMANDER}`",
            )
