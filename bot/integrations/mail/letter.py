"""What a mail says: the same words in plain text and in HTML, from templates/mails."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.domain.incidents import Incident
from bot.domain.people import Person, spell
from bot.lib.templates import environment, folder
from bot.lib.words import cut

SUBJECT_MAX = 120  # longer ones are cut by mail programs anyway


@dataclass(frozen=True)
class Letter:
    """Ready but for its envelope."""

    to: str
    subject: str
    plain: str
    html: str


def letter(session: Session, person: Person, incident: Incident, text: str, public_url: str) -> Letter:
    where = folder(session, "mails")
    said = spell(session, text)
    words = {
        "name": person.name,
        "text": said,
        "ref": incident.ref,
        "title": incident.title,
        "url": f"{public_url}/incidents/{incident.ref}",
    }
    about = " ".join(said.split())
    subject = about if about.startswith(incident.ref) else f"{incident.ref}: {about}"
    if incident.drill:
        subject = f"DRILL {subject}"
    return Letter(
        to=person.email or "",
        subject=cut(subject, SUBJECT_MAX),
        plain=environment(where).get_template("nudge.txt.j2").render(words),
        html=environment(where, html=True).get_template("nudge.html.j2").render(words),
    )
