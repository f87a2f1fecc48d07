"""First wordings of a private word, from templates/words. A person reads them before the customer does."""

import functools
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session

from bot.domain import incidents, mailings, updates
from bot.domain.company import company_of
from bot.domain.customers.model import Customer
from bot.domain.customers.queries import owner
from bot.domain.incidents import Incident
from bot.domain.mailings import Recipient
from bot.domain.people import Person
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


def mail(
    session: Session,
    to: str,
    *,
    key: str,
    subject: str,
    text: str,
    now: datetime,
    incident_id: int | None = None,
    kind: str = "account",
) -> int:
    """One mail to one of us, or to one of them. A key that is known sends nothing."""
    return send(
        session,
        [Recipient(to)],
        key=key,
        subject=subject,
        text=text,
        now=now,
        incident_id=incident_id,
        kind=kind,
    )


def send(
    session: Session, to: list[Recipient], *, text: str, write_to: Person | None = None, **about: Any
) -> int:
    """The same words in plain text and in HTML, to all of these; perhaps with whom to answer."""
    known = write_to if write_to and write_to.email else None
    where, said = folder(session, "mails"), {"text": text, "write_to": known}
    return mailings.queue(
        session,
        plain=environment(where).get_template("word.txt.j2").render(said),
        html=environment(where, html=True).get_template("word.html.j2").render(said),
        to=to,
        **about,
    )


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    return environment(where)
