"""Postmortems that are owed: to be written by their owner, or looked at by their reviewer."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.actions.owing import Crowd
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Owed, Told, horizon, how_late, owed
from bot.domain.people import Person
from bot.domain.postmortems.model import Postmortem, PostmortemStatus
from bot.domain.postmortems.queries import of, unpublished

WRITE, REVIEW = "postmortem", "review"


def told(session: Session, id: int, today: date) -> Told | None:
    """The draft whose author is asked; nothing once it is published, or somebody else has it."""
    incident = incidents.get(session, id)
    draft = of(session, incident)
    if draft is None or draft.due_at is None or draft.is_published or _is_reviewed(draft):
        return None
    zone = people.get(session, draft.owner_id).timezone if draft.owner_id else "UTC"
    late = how_late(company_of(session).day(zone, draft.due_at), today)
    return _told(incident, "Postmortem", late)


@owed(WRITE, told)
def to_write(session: Session, now: datetime) -> Iterator[Owed]:
    """Asked of its owner; of the manager of the team whose service failed where the owner has left."""
    company = company_of(session)
    crowd, until = Crowd(session, company), horizon(company, now)
    for incident, draft in unpublished(session):
        if draft.due_at is None or draft.due_at.date() > until or _is_reviewed(draft):
            continue
        team = _team_of(session, company, incident)
        if who := _writer(crowd, incident, draft, team):
            yield Owed(
                WRITE, incident.id, incident.id, company.day(who.timezone, draft.due_at), who.id, team,
                since=company.day(who.timezone, draft.opened_at), private=incident.private,
            )  # fmt: skip


def answers(session: Session, incident: Incident, draft: Postmortem) -> Person | None:
    """Who is asked to write it: its owner; the team's manager where there is none, or they left."""
    company = company_of(session)
    return _writer(Crowd(session, company), incident, draft, _team_of(session, company, incident))


def _writer(crowd: Crowd, incident: Incident, draft: Postmortem, team: str | None) -> Person | None:
    return crowd.here(draft.owner_id, incident) or crowd.instead(team, incident)


def unreviewed(session: Session, id: int, today: date) -> Told | None:
    incident = incidents.get(session, id)
    draft = of(session, incident)
    if draft is None or not _is_reviewed(draft):
        return None
    day = _review_due(company_of(session), draft, "UTC")
    return _told(incident, "Review the postmortem", how_late(day, today)) if day else None


@owed(REVIEW, unreviewed)
def to_review(session: Session, now: datetime) -> Iterator[Owed]:
    """Asked of the reviewer; of the team's manager where they have left."""
    company = company_of(session)
    crowd = Crowd(session, company)
    for incident, draft in unpublished(session):
        if not _is_reviewed(draft):
            continue
        team = _team_of(session, company, incident)
        who = crowd.here(draft.reviewer_id, incident) or crowd.instead(team, incident)
        day = _review_due(company, draft, who.timezone) if who else None
        if who is not None and day is not None:
            yield Owed(
                REVIEW, incident.id, incident.id, day, who.id, team,
                since=company.day(who.timezone, draft.submitted_at or now), private=incident.private,
            )  # fmt: skip


def _is_reviewed(draft: Postmortem) -> bool:
    return draft.status == PostmortemStatus.IN_REVIEW and draft.reviewer_id is not None


def _review_due(company: Company, draft: Postmortem, zone: str) -> date | None:
    span = company.span(company.postmortems.review_within)
    if span is None or draft.submitted_at is None:
        return None
    return company.day(zone, company.after(span, draft.submitted_at))


def _team_of(session: Session, company: Company, incident: Incident) -> str | None:
    keys = incidents.services_of(session, incident)
    return next((one.team for one in company.services if one.key in keys and one.team), None)


def _told(incident: Incident, what: str, note: str) -> Told:
    title = f"{what}: {incident.title}"
    return Told("", title, incident.id, note, f"incidents/{incident.ref}/postmortem")
