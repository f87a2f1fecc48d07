"""To which incident an alert belongs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from bot.domain.alerts.drafts import Draft
from bot.domain.alerts.model import Alert, AlertCause
from bot.domain.alerts.rules import in_window
from bot.domain.company import Company
from bot.domain.incidents import LIVE, Affected, Incident, Status
from bot.lib.facts import Event

FLAPS_WITHIN = timedelta(minutes=30)  # resolved by its alerts, and one fires again: it was not over


@dataclass
class Home:
    """An incident that alerts may join, and what they would have in common with it."""

    incident: Incident
    last_at: datetime
    services: set[str] = field(default_factory=set)
    source_services: set[str] = field(default_factory=set)
    incident_keys: set[str] = field(default_factory=set)

    def shares_key(self, alert: Draft) -> bool:
        return bool(alert.incident_key) and alert.incident_key in self.incident_keys

    def shares_service(self, alert: Draft) -> bool:
        return alert.service in self.services or (
            bool(alert.source_service) and alert.source_service in self.source_services
        )

    def welcome(self, alert: Draft) -> None:
        """The window rolls: whoever joins moves it."""
        self.last_at = max(self.last_at, alert.last_at)
        self.source_services.add(alert.source_service)
        self.incident_keys.add(alert.incident_key)


def best(homes: Iterable[Home], alert: Draft, company: Company) -> Home | None:
    """Where the alert belongs: the same key first, then the same service, then what moved last."""
    fit = [
        home
        for home in homes
        if (home.shares_key(alert) or home.shares_service(alert))
        and in_window(company, home.last_at, alert.last_at)
    ]
    return max(
        fit, key=lambda home: (home.shares_key(alert), home.incident.is_live, home.last_at), default=None
    )


def homes_for(session: Session, source: str, incident_keys: set[str], now: datetime) -> list[Home]:
    """All incidents that alerts may join now; a drill or a private incident swallows no real outage."""
    flapping = (col(Incident.status) == Status.RESOLVED) & (col(Incident.resolved_at) >= now - FLAPS_WITHIN)
    asked = select(Incident).where(or_(col(Incident.status).in_(LIVE), flapping))
    asked = asked.where(col(Incident.private).is_(False), col(Incident.drill).is_(False))
    found = [each for each in session.exec(asked) if each.is_live or _resolved_by(session, each, source)]
    homes = {incident.id: Home(incident, incident.declared_at) for incident in found}
    if homes:
        _furnish(session, source, homes, incident_keys)
    return list(homes.values())


def _furnish(session: Session, source: str, homes: dict[int, Home], incident_keys: set[str]) -> None:
    theirs = col(Alert.incident_id).in_(homes)
    lasts = select(Alert.incident_id, func.max(Alert.last_at)).where(theirs).group_by(col(Alert.incident_id))
    for id, last_at in session.exec(lasts):
        homes[id or 0].last_at = max(homes[id or 0].last_at, last_at)
    for affected in session.exec(select(Affected).where(col(Affected.incident_id).in_(homes))):
        homes[affected.incident_id].services.add(affected.service)
    mine = theirs, Alert.source == source, col(Alert.is_page).is_(False)
    for id, service in session.exec(select(Alert.incident_id, Alert.source_service).where(*mine).distinct()):
        homes[id or 0].source_services.add(service)
    keyed = select(Alert.incident_id, Alert.incident_key).where(
        *mine, col(Alert.incident_key).in_(incident_keys)
    )
    for id, key in session.exec(keyed):
        homes[id or 0].incident_keys.add(key)


def _resolved_by(session: Session, incident: Incident, source: str) -> bool:
    """Was it the source that resolved it, and not a person here?"""
    asked = select(Event.id).where(Event.incident_id == incident.id, Event.kind == "StatusChanged")
    last = session.exec(asked.order_by(col(Event.id).desc()).limit(1)).first()
    cause = session.get(AlertCause, last) if last else None
    return cause is not None and cause.source == source
