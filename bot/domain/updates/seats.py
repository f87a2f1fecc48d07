"""Who may say yes to what customers are told, and who is asked next when nobody does."""

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Access, Person

COMMS = "comms"
MANAGER = "manager"
SEATS = (COMMS, incidents.rules.COMMANDER)


def holders(session: Session, incident: Incident) -> list[int]:
    """Who has a seat that may say yes; whoever talks to customers first."""
    taken = incidents.seats(session, incident)
    return list(dict.fromkeys(taken[seat] for seat in SEATS if seat in taken))


def approvers(session: Session, incident: Incident, but: int | None = None) -> list[int]:
    """Who is asked for a yes to the words of `but`."""
    return [id for id in holders(session, incident) if id != but]


def is_alone(session: Session, incident: Incident, person: Person) -> bool:
    """Does the person have such a seat, and nobody else?"""
    return holders(session, incident) == [person.same_as or person.id]


def may_approve(session: Session, incident: Incident, author: int, person: Person) -> bool:
    """The seats, and who manages; nobody their own words, unless there is nobody else in the seats."""
    me = person.same_as or person.id
    if me == author or person.id == author:
        return is_alone(session, incident, person)
    if me in holders(session, incident) or people.may(person, Access.MANAGER):
        return True
    return me in [one.id for one in managers(session, incident)]


def managers(session: Session, incident: Incident) -> list[Person]:
    """Of the teams whose services are touched; who may not see the incident hears nothing of it."""
    company = company_of(session)
    teams = {service.key: service.team for service in company.services}
    named = [company.team(teams.get(key)) for key in incidents.services_of(session, incident)]
    mails = dict.fromkeys(team.manager for team in named if team and team.manager)
    found = [people.find(session, mail) for mail in mails]
    return [one for one in found if one and one.is_active and incidents.visible(session, incident, one)]


def asked(session: Session, incident: Incident, rung: str, but: int | None = None) -> int | None:
    """Who stands on a rung of the ladder: `comms`, `commander` or `manager`. An empty seat passes it on."""
    if rung == MANAGER:
        found = [one.id for one in managers(session, incident)]
    else:
        taken = incidents.seats(session, incident)
        found = [taken[seat] for seat in (rung, *reversed(SEATS)) if seat in taken]
    return next((id for id in found if id != but), None)
