"""Questions about alerts."""

from sqlmodel import Session, col, func, select

from bot.domain.alerts.model import PAGERDUTY, Alert, AlertStatus, Contact
from bot.domain.incidents import Incident
from bot.domain.people import Person, get


def of(session: Session, incident: Incident, limit: int | None = None) -> list[Alert]:
    """All alerts of an incident, or the first of them, the oldest first."""
    asked = select(Alert).where(Alert.incident_id == incident.id)
    return list(session.exec(asked.order_by(col(Alert.began_at), col(Alert.key)).limit(limit)))


def count(session: Session, incident: Incident, *, only_open: bool = False) -> int:
    """How many alerts the incident has; pages of our own do not count."""
    asked = select(func.count()).where(Alert.incident_id == incident.id, col(Alert.is_page).is_(False))
    if only_open:
        asked = asked.where(Alert.status != AlertStatus.RESOLVED)
    return session.exec(asked).one()


def lead(session: Session, incident: Incident, source: str = PAGERDUTY) -> Alert | None:
    """The alert that speaks for the incident at its source: the first that is still open, else the first."""
    asked = select(Alert).where(Alert.incident_id == incident.id, Alert.source == source)
    asked = asked.where(col(Alert.is_page).is_(False)).order_by(col(Alert.began_at), col(Alert.key)).limit(1)
    still_open = session.exec(asked.where(Alert.status != AlertStatus.RESOLVED)).first()
    return still_open or session.exec(asked).first()


def keys_in(
    session: Session, incident: Incident, statuses: tuple[str, ...], source: str = PAGERDUTY
) -> list[str]:
    """The keys of the incident's alerts that stand in one of these statuses, pages included."""
    asked = select(Alert.key).where(Alert.incident_id == incident.id, Alert.source == source)
    asked = asked.where(col(Alert.status).in_(statuses))
    return list(session.exec(asked.order_by(col(Alert.began_at), col(Alert.key))))


def open_priorities(session: Session, incident: Incident) -> list[str]:
    asked = select(Alert.priority).where(
        Alert.incident_id == incident.id, Alert.status != AlertStatus.RESOLVED
    )
    return list(session.exec(asked.distinct()))


def person_of(session: Session, source: str, key: str) -> Person | None:
    """The person whom the source knows by this key, where we have met them."""
    contact = session.get(Contact, (source, key))
    return get(session, contact.person_id) if contact else None
