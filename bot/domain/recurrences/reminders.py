"""Once a week, for a month, somebody hears of what they are asked; after that it stays in their lists."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.nudges import Nudge, reminder
from bot.domain.people import Person
from bot.domain.recurrences.effects import questions, verify_after

LOUD_FOR = timedelta(days=30)  # so that a history that was taken over does not ask everything at once


@reminder
def effect_asked(session: Session, now: datetime) -> Iterator[Nudge]:
    """To the one who answers for the incident, at work in their own zone: all of its items in one message."""
    company = company_of(session)
    since = now - verify_after(company) - LOUD_FOR
    found: dict[tuple[int, int], tuple[Person, list[ActionItem]]] = {}
    for item, incident, to in questions(session, now, begun_since=since):
        if not incident.sample and company.at_work(to.timezone, now):
            found.setdefault((incident.id, to.id), (to, []))[1].append(item)
    for (incident_id, _), (to, items) in found.items():
        week = company.day(to.timezone, now).isocalendar()
        refs = ", ".join(f"{item.ref} {item.title}" for item in items)
        yield Nudge(
            key=f"effect/{incident_id}/{to.id}/{week.year}-{week.week}",
            incident_id=incident_id,
            to=to.id,
            text=f"Did it work? {refs} (INC-{incident_id}). Say what you see: `/incident effect`",
        )
