"""When it is known what fails, it is known who is hurt."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.customers.affected import follow_services, take_over
from bot.domain.incidents.facts import Declared, MergedHere, ServicesChanged
from bot.lib.facts import moment, on


@on(Declared, ServicesChanged, name="find_customers")
def find_customers(session: Session, fact: Declared | ServicesChanged) -> None:
    incident = incidents.get(session, fact.incident_id)
    incidents.hold(session, incident)
    follow_services(session, incident=incident, now=moment(session))


@on(MergedHere, name="merge_customers")
def merge_customers(session: Session, fact: MergedHere) -> None:
    incident, source = incidents.get(session, fact.incident_id), incidents.get(session, fact.source)
    take_over(session, incident, [source])
