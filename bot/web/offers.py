"""What fields offer to choose from."""

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.web.visits import Visit

MOST = 500  # names that a page carries; whoever is not among them is still found by what is typed


def known_people(visit: Visit, incident: Incident | None = None) -> list[Person]:
    """Those who take part first, then everybody; a guest is offered only those who take part."""
    here = incidents.members(visit.session, incident) if incident else set()
    members = sorted((people.get(visit.session, id) for id in here), key=lambda one: one.name.lower())
    if visit.by.is_guest:
        return members
    others = people.everybody(visit.session, MOST)
    return [*(one for one in members if one.is_active), *(one for one in others if one.id not in here)]
