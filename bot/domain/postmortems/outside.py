"""What a postmortem has outside: a meeting in calendars, a file in a Git repository."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.postmortems.facts import (
    PostmortemCommitted,
    PostmortemMeetingCalledOff,
    PostmortemMeetingSet,
    PostmortemNotCommitted,
)
from bot.domain.postmortems.queries import of
from bot.domain.postmortems.rendering import render_markdown
from bot.domain.postmortems.review import authors
from bot.domain.postmortems.verbs import open_draft
from bot.lib.errors import Refused
from bot.lib.facts import Event, record
from bot.lib.words import cut

OF_MEETINGS = (PostmortemMeetingSet.__name__, PostmortemMeetingCalledOff.__name__)
NAME_MAX, REASON_MAX = 60, 300


class BadMeeting(Refused):
    """That moment has passed. Choose one that is still to come. Nothing was changed."""


class NoSuchMeeting(Refused):
    """No meeting is set. Set its time on the page of the postmortem."""


@dataclass(frozen=True)
class Meeting:
    """What an invitation says. `sequence` grows each time it is moved, or called off."""

    at: datetime
    set_by: Person
    set_at: datetime
    sequence: int
    invited: tuple[Person, ...]
    is_off: bool = False


@dataclass(frozen=True)
class Page:
    """A published postmortem as a file of a repository."""

    path: str
    text: str
    subject: str


def set_meeting(session: Session, incident: Incident, at: datetime, *, by: Person, now: datetime) -> bool:
    """When people talk about it. False when it was that moment already."""
    draft = open_draft(session, incident, by=by, now=now)
    if draft.meeting_at == at:
        return False
    if at <= now:
        raise BadMeeting
    was, draft.meeting_at = draft.meeting_at, at
    session.add(draft)
    record(session, PostmortemMeetingSet(incident_id=incident.id, by=by.id, meeting_at=at, was=was), at=now)
    return True


def call_off(session: Session, incident: Incident, *, by: Person, now: datetime) -> bool:
    """Nobody meets. False when no meeting was set."""
    incidents.hold(session, incident)
    draft = of(session, incident)
    if draft is None or draft.meeting_at is None:
        return False
    was, draft.meeting_at = draft.meeting_at, None
    session.add(draft)
    record(session, PostmortemMeetingCalledOff(incident_id=incident.id, by=by.id, was=was), at=now)
    return True


def meeting(session: Session, incident: Incident) -> Meeting:
    """Raises NoSuchMeeting before one is set, and when it is called off."""
    told = told_of_meeting(session, incident)
    if told is None or told.is_off:
        raise NoSuchMeeting
    return told


def told_of_meeting(session: Session, incident: Incident) -> Meeting | None:
    """What calendars should know by now: where it is, or that it is off. None where none was ever set."""
    draft = of(session, incident)
    asked = select(Event).where(Event.incident_id == incident.id, col(Event.kind).in_(OF_MEETINGS))
    told = list(session.exec(asked.order_by(col(Event.id))))
    if draft is None or not told:
        return None
    last, fact = told[-1], told[-1].fact
    is_off = isinstance(fact, PostmortemMeetingCalledOff)
    at = fact.was if isinstance(fact, PostmortemMeetingCalledOff) else draft.meeting_at or last.at
    owner, reviewer = draft.owner_id, draft.reviewer_id
    ids = {*incidents.members(session, incident), *authors(session, incident), owner, reviewer} - {None}
    known = sorted((people.get(session, id) for id in ids if id), key=lambda one: one.name.lower())
    invited = tuple(one for one in known if one.email and one.is_active and not one.is_system)
    return Meeting(at, people.get(session, last.by), last.at, len(told) - 1, invited, is_off)


def page(session: Session, incident: Incident) -> Page | None:
    """What is committed; nothing of what is private, practice or made up, or not published any more."""
    draft = of(session, incident)
    kept_apart = incident.private or incident.drill or incident.sample
    if draft is None or not draft.is_published or kept_apart:
        return None
    words = re.sub(r"[^a-z0-9]+", "-", incident.title.lower()).strip("-")[:NAME_MAX].strip("-")
    name = f"{incident.ref}-{words}.md" if words else f"{incident.ref}.md"
    folder = company_of(session).git.folder.strip("/")
    path = draft.git_path or (f"{folder}/{name}" if folder else name)
    title = " ".join(incident.title.split())
    return Page(path, render_markdown(session, incident), f"{incident.ref}: {title}")


def committed(session: Session, incident: Incident, path: str, *, by: Person, now: datetime) -> bool:
    """It lies there now. False when that is known already."""
    incidents.hold(session, incident)
    draft = open_draft(session, incident, by=by, now=now)
    if draft.git_path == path and _since_published(session, incident, PostmortemCommitted.__name__):
        return False
    draft.git_path = path
    session.add(draft)
    record(session, PostmortemCommitted(incident_id=incident.id, by=by.id, path=path), at=now)
    return True


def not_committed(session: Session, incident: Incident, reason: str, *, by: Person, now: datetime) -> bool:
    """Said once for each publication, however often it fails. False when it was said."""
    incidents.hold(session, incident)
    if _since_published(session, incident, PostmortemNotCommitted.__name__):
        return False
    said = cut(" ".join(reason.split()), REASON_MAX)
    record(session, PostmortemNotCommitted(incident_id=incident.id, by=by.id, reason=said), at=now)
    return True


def _since_published(session: Session, incident: Incident, kind: str) -> bool:
    draft = of(session, incident)
    if draft is None or draft.published_at is None:
        return False
    asked = select(func.count()).where(
        Event.incident_id == incident.id, Event.kind == kind, col(Event.at) >= draft.published_at
    )
    return bool(session.exec(asked).one())
