"""Who does what: giving a role, taking one, handing it over with a brief."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import BRIEF, Incident
from bot.domain.people import Person
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.forms import Field, Filled, Form, Line, Someone
from bot.slack.words import escape, name

HANDOFF = Form("handoff", "Hand over", submit="Hand over")


@command("role <role> <@person>")
def role(session: Session, ask: Ask) -> Reply:
    """Give someone a role."""
    incident = ask.incident(session)
    key, who = ask.first_and_rest()
    meant = company_of(session).role(key)
    if not who:
        raise Unclear(f"Whom? Say /incident role {meant.key} @person, or take it: /incident join {meant.key}")
    return _seat(session, incident, meant.key, ask.someone(session, who), ask)


@command("join <role>")
@button("role.join")
def join(session: Session, ask: Ask) -> Reply:
    """Take a role yourself."""
    incident, key = ask.incident(session), company_of(session).role(ask.text).key
    holder = incidents.seats(session, incident).get(key)
    if not ask.word and holder not in (None, ask.person.id):  # the button offered an empty seat
        who = f"{name(session, holder)} was quicker, and has that role in {incident.ref}."
        return Reply(f"{who} To take it over: `/incident join {key}`")
    return _seat(session, incident, key, ask.person, ask)


def _seat(session: Session, incident: Incident, key: str, person: Person, ask: Ask) -> Reply:
    meant = company_of(session).role(key)
    changed = incidents.set_role(session, incident, key, person, by=ask.person, now=ask.now)
    who = "You are" if person.id == ask.person.id else f"{escape(person.name)} is"
    if not changed:
        return Reply(f"{who} {escape(meant.name)} of {incident.ref} already. Nothing was changed.")
    return Reply(f"{who} now {escape(meant.name)} of {incident.ref}. {escape(meant.duty)}".strip())


@command("handoff <@person>")
def handoff(session: Session, ask: Ask) -> Reply:
    """Hand your role over, with a brief."""
    incident = ask.incident(session)
    incidents.rules.check_live(incident)
    person = ask.someone(session, ask.text) if ask.text.strip() else None
    to = Someone(
        "to", "To", initial=(person and person.slack_id) or "", required=not (person and not person.slack_id)
    )
    fields: list[Field] = [to, *(Line(_slug(head), head, tall=True, most=1000) for head in BRIEF)]
    meta = {"incident": incident.id, "to": person.id if person else None}
    instead = f"The form could not be opened in time. Once more: `/incident {incident.ref} handoff @person`"
    return Reply(view=HANDOFF.view(fields, meta=meta, intro=_intro(session, incident)), instead=instead)


@HANDOFF.filled
def hand_over(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    person = filled.needed(session, "to")
    brief = {head: filled.text(_slug(head)) for head in BRIEF}
    with filled.beside("to"):
        incidents.hand_off(session, incident, person, brief, by=filled.person, now=filled.now)
    return Reply(f"{incident.ref} is handed over to {escape(person.name)}.")


def _intro(session: Session, incident: Incident) -> str:
    seat = incidents.commander(session, incident)
    return f"*{incident.ref}* is {incident.status}. Commander: {name(session, seat)}."


def _slug(head: str) -> str:
    return head.lower().replace(" ", "_")
