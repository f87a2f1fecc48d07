"""Reading the trail: who changed what and when, in words, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.trail.model import Seal
from bot.lib.facts import Event


@dataclass(frozen=True)
class Entry:
    """One change as a person reads it."""

    event_id: int
    at: datetime
    by: str
    ref: str  # of the incident; empty for what concerns the whole company
    kind: str
    said: str
    seal: int | None
    hash: str


def entries(
    session: Session,
    *,
    as_: Person,
    before: int | None = None,
    ref: Incident | None = None,
    by: Person | None = None,
    kind: str | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Changes that the person may see, newest first; `before` is an event's number, for paging."""
    seen = select(Incident.id).where(incidents.seen_by(as_))
    asked = select(Event, Seal).outerjoin(Seal, col(Seal.event_id) == col(Event.id))
    asked = asked.where((col(Event.incident_id) == 0) | col(Event.incident_id).in_(seen))
    if before is not None:
        asked = asked.where(col(Event.id) < before)
    if ref is not None:
        asked = asked.where(Event.incident_id == ref.id)
    if by is not None:
        asked = asked.where(col(Event.by).in_(people.rows_of(by)))
    if kind is not None:
        asked = asked.where(Event.kind == kind)
    rows = session.exec(asked.order_by(col(Event.id).desc()).limit(limit)).all()
    return [_entry(session, event, one) for event, one in rows]


def _entry(session: Session, event: Event, one: Seal | None) -> Entry:
    return Entry(
        event_id=event.id,
        at=event.at,
        by=people.get(session, event.by).name,
        ref=f"INC-{event.incident_id}" if event.incident_id else "",
        kind=event.kind,
        said=people.spell(session, str(event.fact)),
        seal=one.number if one else None,
        hash=one.hash if one else "",
    )
