"""Who works on an incident: seats, taking part, and getting someone out of bed."""

from typing import Any

from bot.domain import alerts, incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import BRIEF, Incident
from bot.web.forms import Filled, Form, beside
from bot.web.offers import known_people
from bot.web.visits import Visit


def give_role(filled: Filled, incident: Incident) -> bool:
    with beside("role"):
        role = company_of(filled.session).role(filled.text("role")).key
    person = filled.needed("person")
    return incidents.set_role(filled.session, incident, role, person, **filled.who)


def join(filled: Filled, incident: Incident) -> bool:
    """The button offered an empty seat: whoever was quicker keeps it."""
    with beside("role"):
        role = company_of(filled.session).role(filled.text("role"))
    holder = incidents.seats(filled.session, incident).get(role.key)
    if holder not in (None, filled.visit.by.id) and not filled.text("over"):
        said = f"{filled.visit.name(holder)} was quicker, and is {role.name} of {incident.ref}."
        raise incidents.rules.WrongOrder(f"{said} Nothing was changed.")
    return incidents.set_role(filled.session, incident, role.key, filled.visit.by, **filled.who)


def hand_off(filled: Filled, incident: Incident) -> None:
    person = filled.needed("to")
    brief = {head: filled.text(slug(head)) for head in BRIEF}
    with beside("to", incidents.AlreadyThere):
        incidents.hand_off(filled.session, incident, person, brief, **filled.who)


def invite(filled: Filled, incident: Incident) -> bool:
    return incidents.enter(filled.session, incident, filled.needed("person"), late=True, **filled.who)


def take_out(filled: Filled, incident: Incident) -> bool:
    """Whoever sits somewhere hands that over first: an incident without a commander is nobody's."""
    person = filled.needed("person")
    with beside("person"):
        if person.id in incidents.seats(filled.session, incident).values():
            raise incidents.rules.WrongOrder(
                f"{person.name} has a role in {incident.ref}. Give it to someone else first. "
                "Nothing was changed."
            )
    return incidents.leave(filled.session, incident, person, **filled.who)


def page(filled: Filled, incident: Incident) -> None:
    with beside("whom", alerts.NobodyToPage, people.NoSuchPerson):
        alerts.page(filled.session, incident, filled.text("whom"), filled.text("text"), **filled.who)


def slug(head: str) -> str:
    return head.lower().replace(" ", "_")


def _people(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"people": known_people(visit, incident), "seats": incidents.seats(visit.session, incident)}


def _brief(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {**_people(visit, incident), "heads": [(slug(head), head) for head in BRIEF]}


FORMS = (
    Form("role", give_role, main="person", offers=_people, anchor="people"),
    Form("join", join, main="role", offers=_people, anchor="people"),
    Form("handoff", hand_off, main="to", offers=_brief, anchor="people"),
    Form("invite", invite, main="person", offers=_people, anchor="people"),
    Form("leave", take_out, main="person", offers=_people, anchor="people"),
    Form("page", page, main="whom", offers=_people),
)
