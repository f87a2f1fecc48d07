"""From draft to approved: handed in, sent back, agreed by someone other than the authors."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person, rows_of
from bot.domain.postmortems import rules
from bot.domain.postmortems.facts import (
    PostmortemApproved,
    PostmortemSentBack,
    PostmortemSubmitted,
    PostmortemWritten,
)
from bot.domain.postmortems.model import Postmortem, PostmortemStatus
from bot.domain.postmortems.verbs import open_draft
from bot.lib.errors import Refused
from bot.lib.facts import Event, record


class NotInReview(Refused):
    """It is not in review. Hand it in first. Nothing was changed."""


class OwnWork(Refused):
    """You wrote a part of it. Somebody else must approve it. Nothing was changed."""


def submit(
    session: Session, incident: Incident, *, by: Person, now: datetime, reviewer: Person | None = None
) -> bool:
    """It is ready to be read by others. False when it was handed in already."""
    draft = _held(session, incident, by, now)
    if draft.status == PostmortemStatus.PUBLISHED:
        raise rules.AlreadyPublished
    if draft.status == PostmortemStatus.IN_REVIEW and (reviewer is None or draft.reviewer_id == reviewer.id):
        return False
    if reviewer is not None:
        _check_other(session, incident, reviewer)
        draft.reviewer_id = reviewer.id
        if incident.private:
            incidents.enter(session, incident, reviewer, by=by, now=now)
    draft.status, draft.submitted_at, draft.submitted_by = PostmortemStatus.IN_REVIEW, now, by.id
    draft.approved_at = draft.approved_by = None
    session.add(draft)
    due = company_of(session).after(rules.review_span(company_of(session)), now)
    told = PostmortemSubmitted(incident_id=incident.id, by=by.id, reviewer=draft.reviewer_id, due_at=due)
    record(session, told, at=now)
    return True


def approve(session: Session, incident: Incident, *, by: Person, now: datetime) -> bool:
    """Someone who wrote nothing of it agrees. False when somebody had."""
    draft = _held(session, incident, by, now)
    if draft.status == PostmortemStatus.APPROVED:
        return False
    if draft.status != PostmortemStatus.IN_REVIEW:
        raise NotInReview
    _check_other(session, incident, by)
    draft.status, draft.approved_at, draft.approved_by = PostmortemStatus.APPROVED, now, by.id
    session.add(draft)
    record(session, PostmortemApproved(incident_id=incident.id, by=by.id), at=now)
    return True


def send_back(session: Session, incident: Incident, reason: str, *, by: Person, now: datetime) -> None:
    """It needs more work before others read it."""
    draft = _held(session, incident, by, now)
    if draft.status not in (PostmortemStatus.IN_REVIEW, PostmortemStatus.APPROVED):
        raise NotInReview
    said = rules.check_text(reason)
    if not said:
        raise Refused("Say what is missing, so that its author knows what to do. Nothing was changed.")
    draft.status = PostmortemStatus.DRAFT
    draft.approved_at = draft.approved_by = None
    session.add(draft)
    record(session, PostmortemSentBack(incident_id=incident.id, by=by.id, reason=said), at=now)


def authors(session: Session, incident: Incident) -> set[int]:
    """Everyone who wrote an answer that was ever kept."""
    asked = select(Event.by).where(
        Event.incident_id == incident.id, col(Event.kind) == PostmortemWritten.__name__
    )
    return set(session.exec(asked))


def _check_other(session: Session, incident: Incident, person: Person) -> None:
    own = set(session.exec(rows_of(person)))
    if own & authors(session, incident):
        raise OwnWork


def _held(session: Session, incident: Incident, by: Person, now: datetime) -> Postmortem:
    draft = open_draft(session, incident, by=by, now=now)
    session.refresh(draft)
    return draft
