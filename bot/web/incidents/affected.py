"""Who is affected: the panel, and the forms that say so, write to one of them, or note that they told us."""

from typing import Any

from bot.domain import customers, signals
from bot.domain.customers import Customer, Wording
from bot.domain.incidents import Incident
from bot.web.forms import Filled, Form, beside
from bot.web.visits import Visit

NAMES = 500  # that a form offers; the others are found by what is typed


def shown(visit: Visit, incident: Incident) -> dict[str, Any]:
    """For the panel. A guest is not of the company."""
    hits = [] if visit.by.is_guest else customers.affected(visit.session, incident)
    return {"hits": hits, "sees_customers": not visit.by.is_guest}


def _meant(filled: Filled) -> Customer:
    with beside("customer"):
        return customers.find(filled.session, filled.text("customer"), as_=filled.visit.by)


def affect(filled: Filled, incident: Incident) -> bool:
    return customers.set_affected(filled.session, incident, _meant(filled), True, **filled.who)


def spare(filled: Filled, incident: Incident) -> bool:
    return customers.set_affected(filled.session, incident, _meant(filled), False, **filled.who)


def word(filled: Filled, incident: Incident) -> None:
    said = Wording(filled.text("text"), filled.text("subject"))
    made = customers.draft(filled.session, incident, _meant(filled), said, **filled.who)
    if filled.text("send"):
        customers.approve(filled.session, made, **filled.who)


def told_us(filled: Filled, incident: Incident) -> None:
    at, customer = filled.moment("time") or filled.visit.now, _meant(filled)
    signals.note_report(
        filled.session, customer, at=at, words=filled.text("words"), incident=incident, **filled.who
    )


def _names(visit: Visit, _: Incident) -> dict[str, Any]:
    return {"known": customers.page(visit.session, as_=visit.by, limit=NAMES)}


def _wording(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The prepared words, once it is said for whom."""
    named = visit.query.get("customer") or visit.form.get("customer", "")
    found = customers.find(visit.session, named, as_=visit.by) if named else None
    first = {"customer": named}
    if found is not None:
        subject, text = customers.prepared(visit.session, incident, found)
        first = {"customer": found.name, "subject": subject, "text": text}
    owner = customers.owner(visit.session, found) if found else None
    return {**_names(visit, incident), "owner": owner, "values": first}


FORMS = (
    Form("affect", affect, main="customer", offers=_names, anchor="affected"),
    Form("spare", spare, main="customer", offers=_names, anchor="affected"),
    Form("word", word, main="text", offers=_wording, anchor="affected"),
    Form("told-us", told_us, main="time", offers=_names, anchor="affected"),
)
