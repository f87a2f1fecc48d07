"""Questions about factors and recurrences. What is private is named to nobody outside."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from bot.domain import incidents
from bot.domain.actions import ActionItem
from bot.domain.incidents import Affected, Incident, Status
from bot.domain.people import Person
from bot.domain.recurrences.model import Factor, Recurred, Recurrence
from bot.domain.recurrences.rules import USUAL

NOT_COUNTED = (Status.CANCELLED, Status.MERGED)


@dataclass(frozen=True)
class Earlier:
    """An earlier incident that shares service and factor."""

    incident: Incident
    service: str
    factor: str


def factors_of(session: Session, incident: Incident) -> tuple[str, ...]:
    asked = select(Factor.key).where(Factor.incident_id == incident.id).order_by(col(Factor.key))
    return tuple(session.exec(asked))


def known_factors(session: Session, *, as_: Person, limit: int = 50) -> list[str]:
    """Words that were used where the person could read them, the commonest first; then the usual ones."""
    seen = select(Incident.id).where(incidents.seen_by(as_))
    asked = select(Factor.key).where(col(Factor.incident_id).in_(seen)).group_by(col(Factor.key))
    used = list(session.exec(asked.order_by(func.count().desc(), col(Factor.key)).limit(limit)))
    return [*used, *(word for word in USUAL if word not in used)]


def earlier(session: Session, incident: Incident) -> list[Earlier]:
    """What was found for this incident, the newest first; what became private since is not named."""
    asked = select(Recurrence, Incident).join(Incident, col(Incident.id) == col(Recurrence.earlier_id))
    asked = asked.where(Recurrence.incident_id == incident.id, col(Incident.private).is_(False))
    rows = session.exec(asked.order_by(col(Incident.id).desc())).all()
    return [Earlier(found, row.service, row.factor) for row, found in rows]


def recurred(session: Session, item: ActionItem, *, as_: Person | None = None) -> list[Recurred]:
    """When it happened again while this was overdue; for a person, where they may know of it."""
    asked = select(Recurred).where(Recurred.item_id == item.id).order_by(col(Recurred.incident_id))
    if as_ is not None:
        seen = select(Incident.id).where(incidents.seen_by(as_))
        asked = asked.where(col(Recurred.incident_id).in_(seen))
    return list(session.exec(asked))


def again(session: Session, items: Iterable[ActionItem], *, as_: Person) -> dict[int, tuple[str, ...]]:
    """Item -> where it happened again while the item was late, as far as the person may know of it."""
    ids = [item.id for item in items]
    seen = select(Incident.id).where(incidents.seen_by(as_))
    asked = select(Recurred.item_id, Recurred.incident_id).where(
        col(Recurred.item_id).in_(ids), col(Recurred.incident_id).in_(seen)
    )
    found: dict[int, tuple[str, ...]] = {}
    for item_id, incident_id in session.exec(asked.order_by(col(Recurred.incident_id))):
        found[item_id] = (*found.get(item_id, ()), f"INC-{incident_id}")
    return found


def alike(session: Session, incident: Incident, limit: int) -> list[Earlier]:
    """Earlier incidents that share a service and a factor and were not told of yet, the newest first."""
    services, factors = incidents.services_of(session, incident), factors_of(session, incident)
    told = select(Recurrence.earlier_id).where(Recurrence.incident_id == incident.id)
    asked = (
        select(Incident, func.min(Affected.service), func.min(Factor.key))
        .join(Affected, col(Affected.incident_id) == col(Incident.id))
        .join(Factor, col(Factor.incident_id) == col(Incident.id))
        .where(col(Affected.service).in_(services), col(Factor.key).in_(factors))
        .where(col(Incident.id) < incident.id, col(Incident.id).not_in(told))
        .where(col(Incident.private).is_(False), col(Incident.drill).is_(False))
        .where(col(Incident.status).not_in(NOT_COUNTED))
        .group_by(col(Incident.id))
    )
    rows = session.exec(asked.order_by(col(Incident.id).desc()).limit(limit)).all()
    return [Earlier(found, service, factor) for found, service, factor in rows]
