"""The items behind the figures: a page of them, and who moved, declined or reopened each."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.actions import (
    ActionDeclined,
    ActionFact,
    ActionItem,
    ActionMoved,
    ActionReopened,
    ItemStatus,
)
from bot.domain.audit.scope import Condition, Scope, condition, quickly
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.facts import Event

TOLD = (ActionMoved, ActionDeclined, ActionReopened)


@dataclass(frozen=True)
class Change:
    """A promise that was moved, declined or reopened: by whom, when and why."""

    at: datetime
    by: str
    kind: str  # moved, declined or reopened
    said: str


@dataclass(frozen=True)
class Listed:
    item: ActionItem
    incident: Incident
    owner: Person | None
    days_late: int  # of an open item until today, of a finished one until it was done
    changes: list[Change]  # the oldest first


def items(
    session: Session,
    scope: Scope,
    *,
    as_: Person,
    today: date,
    before: int | None = None,
    limit: int = 50,
) -> list[Listed]:
    """A page of the items in scope, those promised last first; `before` is the last id of the page before."""
    ids = _ids(session, scope, condition(session, scope, as_=as_, today=today), before, limit)
    asked = select(ActionItem, Incident).join(Incident, col(Incident.id) == col(ActionItem.incident_id))
    rows = session.exec(asked.where(col(ActionItem.id).in_(ids))).all()
    found = sorted(rows, key=lambda row: ids.index(row[0].id))
    changes = _changes(session, [item for item, _ in found])
    owners = _owners(session, [item for item, _ in found])
    return [
        Listed(item, incident, owners.get(item.owner_id), days_late(item, today), changes.get(item.id, []))
        for item, incident in found
    ]


def _ids(session: Session, scope: Scope, wanted: Condition, before: int | None, limit: int) -> list[int]:
    """Along the index first, so that the long texts of a row are read only where it is shown."""
    id, created = col(ActionItem.id), col(ActionItem.created_at)
    asked = sa.select(id).where(wanted).order_by(created.desc(), id.desc()).limit(limit)
    if before is not None and (last := session.get(ActionItem, before)) is not None:
        at = last.created_at
        asked = asked.where(sa.or_(created < at, sa.and_(created == at, id < before)), created <= at)
    return list(session.execute(quickly(asked, scope)).scalars())


def _owners(session: Session, listed: list[ActionItem]) -> dict[int | None, Person]:
    """All at once; only who was met twice is looked up again."""
    ids = {one.owner_id for one in listed if one.owner_id}
    found = session.exec(select(Person).where(col(Person.id).in_(ids))).all() if ids else []
    return {one.id: people.get(session, one.id) if one.same_as else one for one in found}


def days_late(item: ActionItem, today: date) -> int:
    """0 for one that is in time, and for one that has no day."""
    finished = item.status in (ItemStatus.DONE, ItemStatus.VERIFIED)
    until = item.done_at.date() if finished and item.done_at else today
    if item.due is None or item.status in (ItemStatus.DECLINED, ItemStatus.DUPLICATE):
        return 0
    return max(0, (until - item.due).days)


def _changes(session: Session, listed: list[ActionItem]) -> dict[int, list[Change]]:
    """Looked up for those alone of which something is to be told."""
    told = [one for one in listed if one.moved or one.reopened or one.status == ItemStatus.DECLINED]
    if not told:
        return {}
    asked = select(Event).where(
        col(Event.incident_id).in_({one.incident_id for one in told}),
        col(Event.kind).in_([fact.__name__ for fact in TOLD]),
    )
    found: dict[int, list[Change]] = {}
    for event in session.exec(asked.order_by(col(Event.id))):
        fact = event.fact
        if isinstance(fact, ActionFact):
            found.setdefault(fact.item, []).append(_change(session, event, fact))
    return found


def _change(session: Session, event: Event, fact: ActionFact) -> Change:
    kind = type(fact).__name__.removeprefix("Action").lower()
    by = people.get(session, event.by).name
    return Change(at=event.at, by=by, kind=kind, said=people.spell(session, str(fact)))
