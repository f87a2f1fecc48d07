"""Who does what: seats, taking and handing them over, and who takes part."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.domain.company import company_of
from bot.domain.incidents import rules
from bot.domain.incidents.facts import HandedOff, Joined, Left, RoleTaken
from bot.domain.incidents.gate import admit
from bot.domain.incidents.model import Incident, Member, Seat
from bot.domain.incidents.queries import hold
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.facts import line_up, record


class AlreadyThere(Refused):
    """They have that role already. Nothing was changed."""


BRIEF = ("State", "Open questions", "Last customer update", "Next step")


def seats(session: Session, incident: Incident) -> dict[str, int]:
    """Role key to person id; an empty seat is not there."""
    met = select(Seat.role, func.coalesce(Person.same_as, Person.id))
    met = met.join(Person, col(Person.id) == col(Seat.person_id)).where(Seat.incident_id == incident.id)
    return dict(session.exec(met).all())


def commander(session: Session, incident: Incident) -> int | None:
    return seats(session, incident).get(rules.COMMANDER)


def seat(session: Session, incident: Incident, role: str, person: Person, *, now: datetime) -> int | None:
    """Put the person there, without a word; answers who sat there before."""
    taken = session.get(Seat, (incident.id, role))
    was = taken.person_id if taken else None
    if taken is None:
        session.add(Seat(incident_id=incident.id, role=role, person_id=person.id, since=now))
    elif was != person.id:
        taken.person_id, taken.since = person.id, now
        session.add(taken)
    session.flush()
    return was


def enter(
    session: Session, incident: Incident, person: Person, *, by: Person, now: datetime, late: bool = False
) -> bool:
    """The person takes part from now on. False when they already did."""
    admit(session, incident, by, Joined.needs)
    return let_in(session, incident, person, by=by, now=now, late=late)


def let_in(
    session: Session, incident: Incident, person: Person, *, by: Person, now: datetime, late: bool = False
) -> bool:
    """They are in its channel, where others decide who comes in. False when they took part already."""
    line_up(session, incident.id)  # two doors may let the same person in at the same moment
    if person.is_system or session.get(Member, (incident.id, person.id)) is not None:
        return False
    session.add(Member(incident_id=incident.id, person_id=person.id, since=now))
    session.flush()
    record(session, Joined(incident_id=incident.id, by=by.id, person=person.id, late=late), at=now)
    return True


def leave(session: Session, incident: Incident, person: Person, *, by: Person, now: datetime) -> bool:
    """The person takes part no longer. False when they did not."""
    line_up(session, incident.id)
    member = session.get(Member, (incident.id, person.id))
    if member is None:
        return False
    # Said before it is true: who has left a private incident could not say so any more.
    record(session, Left(incident_id=incident.id, by=by.id, person=person.id), at=now)
    session.delete(member)
    session.flush()
    return True


def set_role(
    session: Session, incident: Incident, role: str, person: Person, *, by: Person, now: datetime
) -> bool:
    """Give a seat to someone, or take it oneself. False when they sat there already."""
    hold(session, incident)
    rules.check_live(incident)
    meant = company_of(session).role(role)
    was = seat(session, incident, meant.key, person, now=now)
    if was == person.id:
        return False
    enter(session, incident, person, by=by, now=now)
    taken = RoleTaken(
        incident_id=incident.id, by=by.id, role=meant.key, role_name=meant.name, person=person.id, was=was
    )
    record(session, taken, at=now)
    return True


def hand_off(
    session: Session, incident: Incident, person: Person, brief: dict[str, str], *, by: Person, now: datetime
) -> None:
    """Pass one's own seat on, with a brief; whoever has none passes the commander's."""
    hold(session, incident)
    rules.check_live(incident)
    company = company_of(session)
    mine = [role for role, who in seats(session, incident).items() if who == by.id]
    role = company.role(rules.COMMANDER if rules.COMMANDER in mine or not mine else mine[0])
    if seats(session, incident).get(role.key) == person.id:
        raise AlreadyThere(f"{person.name} is {role.name} already. Nothing was changed.")
    said = {head: text.strip()[:1000] for head, text in brief.items() if text and text.strip()}
    seat(session, incident, role.key, person, now=now)
    enter(session, incident, person, by=by, now=now)
    handed = HandedOff(
        incident_id=incident.id, by=by.id, role=role.key, role_name=role.name, person=person.id, brief=said
    )
    record(session, handed, at=now)
