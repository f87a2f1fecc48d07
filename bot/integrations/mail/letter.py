"""What a mail says: the same words in plain text and in HTML, from templates/mails."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.domain import reminding
from bot.domain.incidents import Incident
from bot.domain.people import Person, spell
from bot.domain.reminding import Digest, Reminded
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


def reminder(session: Session, person: Person, fact: Reminded, public_url: str) -> Letter | None:
    """What somebody owes today; None where it was settled meanwhile."""
    own = [told for _, told in reminding.words(session, fact.items, fact.day)]
    late = [told for _, told in reminding.words(session, fact.escalated, fact.day)]
    if not (own or late):
        return None
    answer = reminding.answer(fact, len(own), len(late))
    first = (own or late)[0]
    subject = f"{answer}: {first.ref or f'INC-{first.incident_id}'} {first.title}, {first.note}"
    said = {"answer": answer, "own": own, "late": late, "url": public_url}
    return _letter(session, person, subject, "reminder", said)


def digest(session: Session, person: Person, head: str, written: list[Digest], public_url: str) -> Letter:
    """The same numbers as in Slack; the chart is a table whose bars are wide cells."""
    charts = [_widths(one.chart) for one in written]
    said = {"head": head, "parts": list(zip(written, charts, strict=True)), "bars": reminding.bars}
    return _letter(session, person, f"{head}. {written[0].headline}", "digest", {**said, "url": public_url})


def _widths(chart: tuple[tuple[str, int], ...]) -> list[tuple[str, int, int]]:
    """Label, count, and how much of the width the bar takes, in percent."""
    most = max((count for _, count in chart), default=0) or 1
    return [(label, count, round(100 * count / most)) for label, count in chart]


def _letter(session: Session, person: Person, subject: str, name: str, said: dict[str, Any]) -> Letter:
    where = folder(session, "mails")
    return Letter(
        to=person.email or "",
        subject=cut(" ".join(subject.split()), SUBJECT_MAX),
        plain=environment(where).get_template(f"{name}.txt.j2").render(said),
        html=environment(where, html=True).get_template(f"{name}.html.j2").render(said),
    )
