"""Questions about action items. Those of private incidents are seen by their members alone."""

import re
from datetime import date

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import incidents, people
from bot.domain.actions.facts import ActionFact
from bot.domain.actions.model import STILL_DUE, ActionItem, ItemStatus
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person, rows_of
from bot.lib.errors import Refused
from bot.lib.facts import Event, Fact

REFERENCE = re.compile(r"^\s*a?-?(\d{1,9})\s*$", re.IGNORECASE)


class NoSuchAction(Refused):
    """There is no such action item."""


def get(session: Session, id: int) -> ActionItem:
    """For our own use, without asking who may see it."""
    if item := session.get(ActionItem, id):
        return item
    raise NoSuchAction(f"There is no action item A-{id}.")


def find(session: Session, ref: str, *, as_: Person) -> ActionItem:
    """The item of a reference like A-31. One of an incident that the person may not see is not there."""
    if not (found := REFERENCE.match(ref)):
        raise NoSuchAction(f"{ref.strip()!r} is no reference. Write one like A-31. Nothing was changed.")
    item = session.get(ActionItem, int(found[1]))
    if item is None or not incidents.visible(session, incidents.get(session, item.incident_id), as_):
        raise NoSuchAction(f"There is no action item A-{int(found[1])}. See yours: /incident actions")
    return item


def responsible(session: Session, item: ActionItem) -> Person | None:
    """Who answers for it: its owner; where nobody owns it, or the owner has left, the team's manager."""
    owner = people.get(session, item.owner_id) if item.owner_id else None
    if owner is not None and owner.is_active:
        return owner
    team = company_of(session).team(item.team)
    manager = people.find(session, team.manager) if team and team.manager else None
    return manager if manager is not None and manager.is_active else None


def history(session: Session, item: ActionItem) -> list[Event]:
    """Every change with who, when, before and after, the oldest first."""
    kinds = [kind for kind, fact in Fact.kinds.items() if issubclass(fact, ActionFact)]
    asked = select(Event).where(Event.incident_id == item.incident_id, col(Event.kind).in_(kinds))
    return [one for one in session.exec(asked.order_by(col(Event.id))) if one.data.get("item") == item.id]


def of(session: Session, incident: Incident) -> list[ActionItem]:
    """The items of an incident, and of those merged into it, in the order in which they were made."""
    family = [one.id for one in (incident, *incidents.merged_into(session, incident))]
    asked = select(ActionItem).where(col(ActionItem.incident_id).in_(family)).order_by(col(ActionItem.id))
    return list(session.exec(asked))


def mine(session: Session, person: Person, limit: int = 50) -> list[ActionItem]:
    """What the person still owes, the most urgent first."""
    own = col(ActionItem.owner_id).in_(rows_of(person)), col(ActionItem.status).in_(STILL_DUE)
    return list(session.exec(_urgent().where(*own).limit(limit)))


def to_verify(session: Session, person: Person, limit: int = 50) -> list[ActionItem]:
    """What others finished in incidents that the person takes part in, and nobody has verified yet."""
    took_part = select(incidents.Member.incident_id).where(
        col(incidents.Member.person_id).in_(rows_of(person))
    )
    asked = _urgent().where(
        col(ActionItem.status) == ItemStatus.DONE,
        col(ActionItem.incident_id).in_(took_part),
        or_(col(ActionItem.owner_id).is_(None), col(ActionItem.owner_id) != person.id),
        or_(col(ActionItem.done_by).is_(None), col(ActionItem.done_by) != person.id),
    )
    return list(session.exec(asked.limit(limit)))


def all(
    session: Session,
    *,
    as_: Person,
    overdue_on: date | None = None,
    status: str | None = None,
    owner: Person | None = None,
    limit: int = 500,
    after: int = 0,
) -> list[ActionItem]:
    """All items that the person may see, the most urgent first; with `after`, by reference, for paging."""
    seen = select(Incident.id).where(incidents.seen_by(as_))
    asked = _urgent().where(col(ActionItem.incident_id).in_(seen)).limit(limit)
    if after:
        asked = asked.where(col(ActionItem.id) > after).order_by(None).order_by(col(ActionItem.id))
    if overdue_on is not None:
        asked = asked.where(col(ActionItem.due) < overdue_on, col(ActionItem.status).in_(STILL_DUE))
    if status is not None:
        asked = asked.where(ActionItem.status == ItemStatus(status))
    if owner is not None:
        asked = asked.where(col(ActionItem.owner_id).in_(rows_of(owner)))
    return list(session.exec(asked))


def _urgent() -> SelectOfScalar[ActionItem]:
    return select(ActionItem).order_by(col(ActionItem.due).is_(None), col(ActionItem.due), col(ActionItem.id))
