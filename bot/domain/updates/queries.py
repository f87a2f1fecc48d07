"""Questions about what customers were told, and what they were promised."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.incidents.facts import Reopened, SeverityChanged
from bot.domain.incidents.model import WORKING
from bot.domain.updates import rules
from bot.domain.updates.model import Phase, Update
from bot.lib.facts import Event


def of(session: Session, incident: Incident) -> list[Update]:
    """All that was told, the oldest first."""
    asked = select(Update).where(Update.incident_id == incident.id).order_by(col(Update.at), col(Update.id))
    return list(session.exec(asked))


def last(session: Session, incident: Incident) -> Update | None:
    newest = select(Update).where(Update.incident_id == incident.id)
    return session.exec(newest.order_by(col(Update.at).desc(), col(Update.id).desc()).limit(1)).first()


def told_resolved(session: Session, incident: Incident) -> bool:
    """Do customers know that it is over? What they heard before it was reopened does not count."""
    newest = last(session, incident)
    return (
        newest is not None and newest.phase == Phase.RESOLVED and newest.at >= _reopened_at(session, incident)
    )


def promised_by(session: Session, incident: Incident) -> datetime | None:
    """Until when customers must hear again; None where nothing is promised, or nothing any more."""
    if incident.is_over or told_resolved(session, incident):
        return None
    newest = last(session, incident)
    if newest is not None and newest.next_update_by and newest.at >= _reopened_at(session, incident):
        return newest.next_update_by
    if incident.private:
        return None  # nobody outside waits, unless somebody said so
    if newest is not None and newest.at >= _reopened_at(session, incident):
        return None  # it was told, and the policy promises no more
    severity = company_of(session).severity_or_assumed(incident.severity)
    return rules.first_due(severity, _started(session, incident))


def late(session: Session, now: datetime) -> list[tuple[Incident, datetime]]:
    """Incidents whose customers wait for a word, and until when it was promised."""
    working = session.exec(select(Incident).where(col(Incident.status).in_(WORKING))).all()
    promises = [(incident, promised_by(session, incident)) for incident in working]
    return [(incident, by) for incident, by in promises if by is not None and now >= by]


def published(session: Session, limit: int = 20) -> list[tuple[Incident, list[Update]]]:
    """What the public may read: incidents with the newest word first, and of each the newest update first.

    Sample incidents never happened: only the practice workspace, which has no public, shows them.
    """
    newest = func.max(Update.at).label("newest")
    asked = (
        select(Update.incident_id, newest)
        .join(Incident, col(Incident.id) == col(Update.incident_id))
        .where(col(Update.public), col(Incident.private).is_(False), col(Incident.drill).is_(False))
        .group_by(col(Update.incident_id))
        .order_by(newest.desc())
        .limit(limit)
    )
    if not session.info.get("practice"):
        asked = asked.where(col(Incident.sample).is_(False))
    ids = [id for id, _ in session.exec(asked)]
    told = {id: _public_of(session, id) for id in ids}
    return [(incident, told[id]) for id in ids if (incident := session.get(Incident, id))]


def _public_of(session: Session, incident_id: int) -> list[Update]:
    asked = select(Update).where(Update.incident_id == incident_id, col(Update.public))
    return list(session.exec(asked.order_by(col(Update.at).desc(), col(Update.id).desc())))


def _reopened_at(session: Session, incident: Incident) -> datetime:
    """The start of the present stretch of work."""
    again = [event.at for event in _events(session, incident, Reopened.__name__)]
    return max([incident.declared_at, *again])


def _started(session: Session, incident: Incident) -> datetime:
    """From when customers wait: not before the severity was one that promises them a word."""
    company, moments = company_of(session), [_reopened_at(session, incident)]
    for event in _events(session, incident, SeverityChanged.__name__):
        fact = event.fact
        assert isinstance(fact, SeverityChanged)
        if company.severity_or_assumed(fact.old).first_update is None:
            moments.append(event.at)
    return max(moments)


def _events(session: Session, incident: Incident, kind: str) -> list[Event]:
    return list(session.exec(select(Event).where(Event.incident_id == incident.id, Event.kind == kind)))
