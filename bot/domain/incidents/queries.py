"""Questions about incidents. Whoever asks for a person sees only what that person may see."""

import re
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from bot.domain.incidents.model import LIVE, Affected, Incident, Member
from bot.domain.people import Person, may_see, rows_of, sees_only_own
from bot.lib.errors import Refused
from bot.lib.facts import line_up

REFERENCE = re.compile(r"^\s*(?:inc-?)?(\d{1,9})\s*$", re.IGNORECASE)


class NoSuchIncident(Refused):
    """There is no such incident."""


def get(session: Session, id: int) -> Incident:
    """For our own use, without asking who may see it."""
    if incident := session.get(Incident, id):
        return incident
    raise NoSuchIncident(f"There is no incident INC-{id}.")


def hold(session: Session, incident: Incident) -> None:
    """One writer at a time from here to the commit, on what is true now and not when it was read."""
    line_up(session, incident.id)
    session.refresh(incident)


def parse_ref(text: str) -> int:
    if found := REFERENCE.match(text):
        return int(found[1])
    raise NoSuchIncident(f"{text.strip()!r} is no reference. Write one like INC-7. Nothing was changed.")


def find(session: Session, ref: str, *, as_: Person) -> Incident:
    """The incident of a reference. One that the person may not see is not there."""
    id = parse_ref(ref)
    incident = session.get(Incident, id) if id < 2**31 else None
    if incident is None or not visible(session, incident, as_):
        raise not_there(id)
    return incident


def not_there(id: int) -> NoSuchIncident:
    """The same words for one that there is not and for one that is not for the person's eyes."""
    return NoSuchIncident(f"There is no incident INC-{id}. See the live ones: /incident list")


def visible(session: Session, incident: Incident, person: Person) -> bool:
    if not sees_only_own(person, private=incident.private):
        return True
    return may_see(person, private=incident.private, members=members(session, incident))


def members(session: Session, incident: Incident) -> set[int]:
    """Who takes part; someone who was met twice counts as who they turned out to be."""
    met = select(func.coalesce(Person.same_as, Person.id)).join(
        Member, col(Member.person_id) == col(Person.id)
    )
    return set(session.exec(met.where(Member.incident_id == incident.id)).all())


def seen_by(person: Person) -> Any:
    """The condition under which an incident may appear in a list for this person."""
    if person.is_system:
        return col(Incident.id).is_not(None)
    mine = select(Member.incident_id).where(col(Member.person_id).in_(rows_of(person)))
    if sees_only_own(person, private=False):
        return col(Incident.id).in_(mine)
    return or_(col(Incident.private).is_(False), col(Incident.id).in_(mine))


def live(session: Session, *, as_: Person) -> list[Incident]:
    """What is going on, the newest first."""
    asked = (
        select(Incident).where(col(Incident.status).in_(LIVE), seen_by(as_)).order_by(col(Incident.id).desc())
    )
    return list(session.exec(asked))


def page(
    session: Session,
    *,
    as_: Person,
    statuses: list[str] | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Incident]:
    """A page of incidents, the newest first; `before` is the last id of the page before."""
    asked = select(Incident).where(seen_by(as_)).order_by(col(Incident.id).desc()).limit(limit)
    if statuses:
        asked = asked.where(col(Incident.status).in_(statuses))
    if before is not None:
        asked = asked.where(col(Incident.id) < before)
    return list(session.exec(asked))


def services_of(session: Session, incident: Incident) -> tuple[str, ...]:
    rows = session.exec(
        select(Affected.service).where(Affected.incident_id == incident.id).order_by(col(Affected.service))
    )
    return tuple(rows)


def live_since(session: Session, moment: datetime) -> list[Incident]:
    """Live incidents that were declared before the moment, for reminders."""
    asked = select(Incident).where(col(Incident.status).in_(LIVE), col(Incident.declared_at) <= moment)
    return list(session.exec(asked))


def final(session: Session, incident: Incident) -> Incident:
    """Where the work goes on: the end of the chain of merges."""
    while incident.merged_into is not None:
        incident = get(session, incident.merged_into)
    return incident


def successor(session: Session, incident: Incident) -> Incident | None:
    """The incident that this one was merged into, if all who see this one may know of that one."""
    into = get(session, incident.merged_into) if incident.merged_into is not None else None
    return None if into is None or (into.private and not incident.private) else into


def merged_into(session: Session, incident: Incident) -> list[Incident]:
    """The incidents that turned out to be this one, and those that had turned out to be them."""
    family = [incident]
    for one in family:
        family += session.exec(
            select(Incident).where(Incident.merged_into == one.id).order_by(col(Incident.id))
        )
    return family[1:]
