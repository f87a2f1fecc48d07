"""Who may let something become true of an incident: their role reaches so far, and they may see it."""

from sqlmodel import Session

from bot.domain import people
from bot.domain.incidents.model import Incident
from bot.domain.incidents.queries import not_there, visible
from bot.domain.people import Person
from bot.lib.facts import Fact


def gate(session: Session, fact: Fact) -> None:
    """Stands before every fact. Who may not see an incident hears what is said where there is none."""
    if fact.reported:
        return
    person = session.get(Person, fact.by)
    if person is not None:
        admit(session, session.get(Incident, fact.incident_id), person, fact.needs)


def admit(session: Session, incident: Incident | None, person: Person, least: str = "responder") -> None:
    """The same question for what is kept without a fact. No incident: it is about none."""
    if incident is not None and not visible(session, incident, person):
        raise not_there(incident.id)
    people.require(person, least)
