"""What the page of a postmortem shows beside the document: fields, margins, findings, versions, readers."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.domain import incidents, people, postmortems
from bot.domain.incidents import Incident, Milestone
from bot.domain.people import Person
from bot.domain.postmortems import Comment, Finding, Overtaken, PostmortemStatus, Question
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.visits import Visit

log = logging.getLogger(__name__)
MILESTONES = {each.value for each in Milestone}


@dataclass(frozen=True)
class Theirs:
    """What somebody else has saved meanwhile; `diff` leads from it to what the reader typed."""

    text: str
    by: str
    diff: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One question with its field. `seen` is the version that the field is based on."""

    asked: Question
    text: str
    seen: int
    by: str = ""
    wrong: str = ""
    kept_at: datetime | None = None  # when what was typed was put aside
    theirs: Theirs | None = None
    open: list[Comment] = field(default_factory=list)
    settled: list[Comment] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.asked.key


def sections(visit: Visit, incident: Incident, refusal: Refused | None = None) -> list[Section]:
    """Every question; in the field stands what the reader typed last, saved or not."""
    remarks = postmortems.comments(visit.session, incident)
    return [
        _section(visit, incident, one, [each for each in remarks if each.section == one.key], refusal)
        for one in postmortems.questions(visit.session, incident)
    ]


def _section(
    visit: Visit, incident: Incident, asked: Question, remarks: list[Comment], refusal: Refused | None
) -> Section:
    typed = postmortems.typed(visit.session, incident, visit.by).get(asked.key)
    now = postmortems.revision_of(visit.session, incident, asked.key)
    words: dict[str, Any] = {"text": asked.answer, "seen": now}
    if refusal and visit.path["section"] == asked.key:
        words = _refused(visit, refusal)
    elif typed and typed.text != asked.answer:
        words = {"text": typed.text, "seen": typed.revision, "kept_at": typed.at}
        if typed.revision != now and asked.by not in (None, visit.by.id):
            words |= {"seen": now, "theirs": _theirs(visit, asked.answer, asked.by, typed.text)}
    return Section(
        asked,
        by=visit.name(asked.by),
        open=[each for each in remarks if each.settled_at is None],
        settled=[each for each in remarks if each.settled_at],
        **words,
    )


def _refused(visit: Visit, refusal: Refused) -> dict[str, Any]:
    """What was typed stands in its field, with what is wrong, or what others wrote, beside it."""
    text = visit.form.get("text", "")
    if isinstance(refusal, Overtaken):
        other = _theirs(visit, refusal.text, refusal.by, text)
        return {"text": text, "seen": refusal.revision, "wrong": str(refusal), "theirs": other}
    return {"text": text, "seen": seen(visit) or 0, "wrong": str(refusal)}


def _theirs(visit: Visit, text: str, by: int | None, mine: str) -> Theirs:
    return Theirs(text, visit.name(by), postmortems.difference(text, mine))


def seen(visit: Visit) -> int | None:
    """The version that the field was based on; who does not say is not held to one."""
    said = visit.form.get("seen", "")
    return int(said) if said.isdecimal() and len(said) < 9 else None


def beside(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The panels: where it stands, who may do what next, what to look at, who has read it."""
    draft = postmortems.of(visit.session, incident)
    status = PostmortemStatus(draft.status) if draft else PostmortemStatus.DRAFT
    may_act = people.may(visit.by, "responder")
    is_author = visit.by.id in postmortems.authors(visit.session, incident)
    is_read = status in (PostmortemStatus.IN_REVIEW, PostmortemStatus.APPROVED)
    return {
        "draft": draft,
        "findings": [(one, place_of(incident, one)) for one in postmortems.findings(visit.session, incident)],
        "readers": [(visit.name(one.person_id), one) for one in postmortems.readers(visit.session, incident)],
        "name": visit.name,
        "may_write": may_act,
        "may_submit": may_act and status is PostmortemStatus.DRAFT,
        "may_approve": may_act and status is PostmortemStatus.IN_REVIEW and not is_author,
        "may_send_back": may_act and is_read,
    }


def place_of(incident: Incident, finding: Finding) -> str:
    """Where a finding is mended."""
    here, place = f"/incidents/{incident.ref}", finding.place
    if place in MILESTONES:
        return f"{here}/milestone?milestone={place}"
    if place.startswith("A-"):
        return f"/actions/{place}"
    if place[:1] == "e" and place[1:].isdecimal():
        return f"{here}?entries=all#{place}"
    return f"#write-{place}"


def versions(visit: Visit, incident: Incident) -> Iterator[dict[str, Any]]:
    """Every version that was ever kept, the newest first."""
    key = visit.query.get("section") or None
    draft = postmortems.of(visit.session, incident)
    for one in reversed(postmortems.revisions(visit.session, incident, key)):
        is_now = draft is not None and draft.text(one.section) == one.text
        title = one.section.replace("_", " ")
        yield {"revision": one, "who": visit.name(one.by), "title": title, "is_now": is_now}


def note_reader(courier: Courier, ref: str, reader: Person, now: datetime) -> None:
    """Somebody has the published document before them. That this is noted is never worth an error."""

    def note(session: Session) -> None:
        postmortems.read_by(session, incidents.find(session, ref, as_=reader), reader, now=now)

    try:
        with courier.transaction() as session:
            note(session)
    except OperationalError as error:
        log.warning("Who read %s was not noted: %s", ref, error)
