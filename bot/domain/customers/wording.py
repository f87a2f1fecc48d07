"""First wordings of a private word, from templates/words. A person reads them before the customer does."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session

from bot.domain import incidents, updates
from bot.domain.company import company_of
from bot.domain.customers.model import Customer
from bot.domain.customers.queries import owner
from bot.domain.incidents import Incident
from bot.domain.updates import Update
from bot.lib.errors import Refused
from bot.lib.templates import environment, folder

FALLBACK = "Something that concerns you"


class BrokenWording(Refused):
    """A wording cannot be read. Mend it."""


def of_incident(session: Session, incident: Incident, customer: Customer) -> tuple[str, str]:
    """Subject and text: what everybody was told last, to this one by name."""
    told = last_public(session, incident)
    services = said_outside(session, incident)
    subject = (told.headline if told else "") or (f"Trouble with {services}" if services else FALLBACK)
    words = {
        "message": told.message if told else "",
        "services": services,
        "next_at": told.next_update_by if told else None,
    }
    return subject, render(session, "incident", customer, words)


def last_public(session: Session, incident: Incident) -> Update | None:
    return next((one for one in reversed(updates.of(session, incident)) if one.public), None)


def said_outside(session: Session, incident: Incident) -> str:
    """Services by the names that customers know: "Checkout and Search"."""
    known = {one.key: one.component or one.name for one in company_of(session).services}
    shown = [known.get(key, key) for key in incidents.services_of(session, incident)]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def render(session: Session, name: str, customer: Customer, words: Mapping[str, Any]) -> str:
    """One wording, filled in. Raises BrokenWording with the file and what is wrong."""
    looks_after = owner(session, customer)
    known = {"customer": customer.name, "owner": looks_after.name if looks_after else ""}
    try:
        template = _environment(folder(session, "words")).get_template(f"{name}.txt.j2")
        return template.render({**known, **words}).strip()
    except (TemplateError, TypeError, ValueError) as error:
        raise BrokenWording(f"templates/words/{name}.txt.j2: {error}. Mend it, then try again.") from None


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    return environment(where)
