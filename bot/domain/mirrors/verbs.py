"""Writing down what another page took, and what it did not."""

from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.mirrors.facts import Mirrored, MirrorRefused
from bot.domain.mirrors.model import Mirror
from bot.domain.mirrors.queries import at
from bot.lib.facts import record


def stands(session: Session, incident_id: int, page: str, far_id: str, url: str, *, now: datetime) -> None:
    """Said once; a repeated run changes nothing."""
    incident = incidents.get(session, incident_id)
    incidents.hold(session, incident)
    if at(session, incident.id, page) is not None:
        return
    session.add(Mirror(incident_id=incident.id, page=page, far_id=far_id, url=url, at=now))
    by = people.closeout(session).id
    record(session, Mirrored(incident_id=incident.id, by=by, page=page, url=url), at=now)


def gone(session: Session, incident_id: int, page: str) -> None:
    """Somebody deleted it there; the next update puts it there anew."""
    if (mirror := at(session, incident_id, page)) is not None:
        session.delete(mirror)
        session.flush()


def refused(
    session: Session, incident_id: int, page: str, update_id: int, reason: str, *, now: datetime
) -> None:
    """For good; the incident's channel hears it, since somebody has to tell those customers by hand."""
    by = people.closeout(session).id
    fact = MirrorRefused(incident_id=incident_id, by=by, page=page, update=update_id, reason=reason)
    record(session, fact, at=now)
