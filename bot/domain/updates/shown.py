"""What the public may read of incidents: the updates that left the house, and nothing else of them.

Sample incidents never happened: only the practice workspace, which has no public, shows them.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.domain.incidents import LIVE, Incident
from bot.domain.updates.model import Update

Shown = list[tuple[Incident, list[Update]]]
NEWEST, FIRST = func.max(Update.at), func.min(Update.at)


def recent(session: Session, since: datetime) -> Shown:
    """Incidents of which something was said since then, and all that are live; the newest word first."""
    live = func.max(sa.case((col(Incident.status).in_(LIVE), 1), else_=0)) == 1
    return _shown(session, (since <= NEWEST) | live, NEWEST)


def begun_between(session: Session, since: datetime, until: datetime) -> Shown:
    """Incidents of which customers heard first in that time; the newest beginning first."""
    return _shown(session, (since <= FIRST) & (until > FIRST), FIRST)


def months(session: Session) -> datetime | None:
    """When customers were told of anything for the first time."""
    asked = select(func.min(Update.at)).join(Incident, col(Incident.id) == col(Update.incident_id))
    return session.exec(asked.where(*_public(session))).one()


def _public(session: Session) -> list[Any]:
    kept = [col(Update.public), col(Incident.private).is_(False), col(Incident.drill).is_(False)]
    return kept if session.info.get("practice") else [*kept, col(Incident.sample).is_(False)]


def _shown(session: Session, which: Any, order: Any) -> Shown:
    asked = (
        select(Update.incident_id)
        .join(Incident, col(Incident.id) == col(Update.incident_id))
        .where(*_public(session))
        .group_by(col(Update.incident_id))
        .having(which)
        .order_by(order.desc(), col(Update.incident_id).desc())
    )
    ids = list(session.exec(asked))
    told: dict[int, list[Update]] = {id: [] for id in ids}
    newest_first = col(Update.at).desc(), col(Update.id).desc()
    said = select(Update).where(col(Update.incident_id).in_(ids), col(Update.public))
    for update in session.exec(said.order_by(*newest_first)):
        told[update.incident_id].append(update)
    found = session.exec(select(Incident).where(col(Incident.id).in_(ids)))
    by_id = {incident.id: incident for incident in found}
    return [(by_id[id], told[id]) for id in ids]
