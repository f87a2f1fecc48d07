"""Beside the text: comments, who has read it, what somebody typed and has not saved, and every revision."""

import difflib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.postmortems import rules
from bot.domain.postmortems.facts import (
    PostmortemCommented,
    PostmortemCommentSettled,
    PostmortemWritten,
)
from bot.domain.postmortems.model import Autosave, Comment, Reading
from bot.domain.postmortems.queries import of
from bot.domain.postmortems.rendering import questions
from bot.domain.postmortems.verbs import write
from bot.lib.choices import one_of
from bot.lib.db import is_postgres
from bot.lib.errors import Refused
from bot.lib.facts import Event, record

COMMENT_MAX, QUOTE_MAX = 4000, 400


class NoSuchComment(Refused):
    """There is no such comment. Nothing was changed."""


class NoSuchVersion(Refused):
    """There is no such version. Nothing was changed."""


@dataclass(frozen=True)
class Revision:
    """One version of one section, and what it changed."""

    number: int
    section: str
    text: str
    by: int
    at: datetime
    diff: tuple[str, ...]  # lines that begin with "+", "-" or " "


def comment(
    session: Session,
    incident: Incident,
    section: str,
    text: str,
    *,
    by: Person,
    now: datetime,
    quote: str = "",
) -> Comment:
    """A remark on a section, perhaps on some words of it."""
    incidents.hold(session, incident)
    said = rules.check_text(text)[:COMMENT_MAX]
    if not said:
        raise Refused("The comment is empty. Nothing was changed.")
    row = Comment(
        incident_id=incident.id, section=section, quote=quote.strip()[:QUOTE_MAX], text=said, by=by.id, at=now
    )
    session.add(row)
    session.flush()
    told = PostmortemCommented(incident_id=incident.id, by=by.id, comment=row.id, section=section, text=said)
    record(session, told, at=now)
    return row


def remark(
    session: Session,
    incident: Incident,
    section: str,
    text: str,
    *,
    by: Person,
    now: datetime,
    quote: str = "",
) -> Comment:
    """Like comment; a section for which the template does not ask is refused with those that there are."""
    asked = {one.key: one.key for one in questions(session, incident)}
    meant = one_of("section", section, asked)
    return comment(session, incident, meant, text, quote=quote, by=by, now=now)


def settle(session: Session, incident: Incident, id: int, *, by: Person, now: datetime) -> bool:
    """The remark was dealt with. False when it was."""
    incidents.hold(session, incident)
    row = session.get(Comment, id)
    if row is None or row.incident_id != incident.id:
        raise NoSuchComment
    if row.settled_at is not None:
        return False
    row.settled_at, row.settled_by = now, by.id
    session.add(row)
    record(session, PostmortemCommentSettled(incident_id=incident.id, by=by.id, comment=id), at=now)
    return True


def comments(session: Session, incident: Incident) -> list[Comment]:
    asked = select(Comment).where(Comment.incident_id == incident.id).order_by(col(Comment.id))
    return list(session.exec(asked))


def autosave(
    session: Session,
    incident: Incident,
    section: str,
    text: str,
    *,
    by: Person,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Keep what is being typed; no one else sees it, and nothing is told. `seen` is what it was based on."""
    incidents.admit(session, incident, by)
    said = rules.check_text(text)
    base = revision_of(session, incident, section) if seen is None else seen
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    key = {"incident_id": incident.id, "person_id": by.id, "section": section}
    row = insert(Autosave).values(**key, text=said, revision=base, at=now)
    session.execute(row.on_conflict_do_update(index_elements=list(key), set_={"text": said, "at": now}))


def typed(session: Session, incident: Incident, person: Person) -> dict[str, Autosave]:
    """What the person has typed and not saved, by section."""
    asked = select(Autosave).where(Autosave.incident_id == incident.id, Autosave.person_id == person.id)
    return {row.section: row for row in session.exec(asked)}


def forget(session: Session, incident: Incident, section: str, person: Person) -> None:
    """It was saved, or thrown away."""
    if row := session.get(Autosave, (incident.id, person.id, section)):
        session.delete(row)


def revision_of(session: Session, incident: Incident, section: str) -> int:
    """The number of the newest version of a section; 0 before the first."""
    draft = of(session, incident)
    return int(draft.sections.get(section, {}).get("revision", 0)) if draft else 0


def revisions(session: Session, incident: Incident, section: str | None = None) -> list[Revision]:
    """Every version that was ever kept, the oldest first, each with what it changed."""
    asked = select(Event).where(Event.incident_id == incident.id, Event.kind == PostmortemWritten.__name__)
    found: list[Revision] = []
    before: dict[str, str] = {}
    for number, row in enumerate(session.exec(asked.order_by(col(Event.id))), 1):
        key, text = str(row.data["section"]), str(row.data["text"])
        diff = difference(before.get(key, ""), text)
        before[key] = text
        if section in (None, key):
            found.append(Revision(number, key, text, row.by, row.at, diff))
    return found


def restore(session: Session, incident: Incident, number: int, *, by: Person, now: datetime) -> bool:
    """What a version said is said once more, as a version of its own. False when it says so already."""
    found = next((one for one in revisions(session, incident) if one.number == number), None)
    if found is None:
        raise NoSuchVersion
    draft = of(session, incident)
    if draft is not None and draft.text(found.section) == found.text:
        return False
    return write(session, incident, found.section, found.text, by=by, now=now)


def difference(old: str, new: str) -> tuple[str, ...]:
    """Line by line: what went begins with "- ", what came with "+ ", what stayed with two blanks.

    Not by difflib.ndiff: it compares each letter of each pair of lines, and takes minutes for a long text.
    """
    before, after = old.splitlines(), new.splitlines()
    lines: list[str] = []
    for what, *span in difflib.SequenceMatcher(None, before, after).get_opcodes():
        went, came = before[span[0] : span[1]], after[span[2] : span[3]]
        if what == "equal":
            lines += [f"  {line}" for line in went]
        else:
            lines += [*(f"- {line}" for line in went), *(f"+ {line}" for line in came)]
    return tuple(lines)


def read_by(session: Session, incident: Incident, person: Person, *, now: datetime) -> None:
    """The person has the published document before them."""
    draft = of(session, incident)
    if person.is_system or draft is None or not draft.is_published:
        return
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    row = insert(Reading).values(incident_id=incident.id, person_id=person.id, first_at=now, last_at=now)
    key = ["incident_id", "person_id"]
    session.execute(row.on_conflict_do_update(index_elements=key, set_={"last_at": now}))


def readers(session: Session, incident: Incident) -> list[Reading]:
    """Who has read it, the first first."""
    asked = select(Reading).where(Reading.incident_id == incident.id).order_by(col(Reading.first_at))
    return list(session.exec(asked))
