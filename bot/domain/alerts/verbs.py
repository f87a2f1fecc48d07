"""What sources of alerts may cause. Verbs write rows and facts; they never commit."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.alerts.batch import Batch
from bot.domain.alerts.marks import unheard
from bot.domain.alerts.messages import Message
from bot.domain.alerts.model import Contact
from bot.domain.incidents import Incident, commander, enter, get, hold, rules, set_role
from bot.domain.people import Person, of_email


def opened(session: Session, source: str, messages: list[Message], *, by: Person, now: datetime) -> None:
    """Take in a batch, in the order in which things happened. What is known or stale changes nothing."""
    fresh = unheard(session, source, messages, now=now)
    if not fresh:
        return
    batch = Batch(session, source, by, now)
    batch.prepare(fresh)
    for message in sorted(fresh, key=lambda message: message.at):
        batch.take(message)
    batch.tell()


def met(session: Session, source: str, key: str, email: str, name: str) -> Person:
    """The source says who this user of theirs is."""
    person = of_email(session, email, name)
    session.merge(Contact(source=source, key=key, person_id=person.id))
    return person


def joined_by(session: Session, incident_id: int, person: Person, *, by: Person, now: datetime) -> bool:
    """Someone acts at the source for this incident; so they take part in it here."""
    incident = get(session, incident_id)
    hold(session, incident)
    return person.is_active and not incident.is_over and enter(session, incident, person, by=by, now=now)


def seat_on_call(session: Session, incident_id: int, person: Person, *, by: Person, now: datetime) -> bool:
    """Whoever is on call commands, when nobody does."""
    incident = get(session, incident_id)
    hold(session, incident)
    if not wants_commander(session, incident) or not person.is_active or person.is_system:
        return False
    return set_role(session, incident, rules.COMMANDER, person, by=by, now=now)


def wants_commander(session: Session, incident: Incident) -> bool:
    """In a drill nobody is called to the seat: who takes it is part of the exercise."""
    return incident.is_live and not incident.drill and commander(session, incident) is None
