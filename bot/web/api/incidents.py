"""Incidents over REST: declare, list, look, change."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import LIVE, Incident, Report, Status
from bot.lib.choices import one_of
from bot.web.api import keys, paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.problems import Mistaken
from bot.web.api.shapes import IncidentChange, IncidentLine, IncidentWhole, NewIncident, line, whole

router = APIRouter(route_class=Guarded, tags=["Incidents"])


@router.get("/incidents", summary="List incidents, the newest first")
def list_incidents(
    desk: Caller,
    request: Request,
    response: Response,
    status: Annotated[
        str | None, Query(description="Statuses, comma-separated; `live` stands for those at work.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[IncidentLine]:
    with desk.reading() as at:
        asked = _statuses(status)
        before = paging.before(cursor)
        found = incidents.page(at.session, as_=at.by, statuses=asked, limit=limit + 1, before=before)
        shown = found[:limit]
        following = str(shown[-1].id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[line(at, incident) for incident in shown], next_cursor=following)


def _statuses(text: str | None) -> list[str] | None:
    if not text:
        return None
    choices = {"live": [each.value for each in LIVE], **{each.value: [each.value] for each in Status}}
    return [value for word in text.split(",") for value in one_of("status", word, choices)]


@router.post("/incidents", status_code=201, summary="Declare an incident")
def declare(
    desk: Caller,
    response: Response,
    new: NewIncident | None = None,
    idempotency_key: Annotated[
        str | None, Header(description="A key of your own: the same request with the same key declares once.")
    ] = None,
) -> IncidentWhole:
    said = new or NewIncident()
    with desk.writing() as at:
        repeat = (
            keys.first_time(at.session, idempotency_key, said, by=at.by, now=at.now)
            if idempotency_key
            else None
        )
        if repeat is not None and repeat.incident_id:
            incident = incidents.get(at.session, repeat.incident_id)
            response.headers["Idempotency-Replayed"] = "true"
        else:
            incident = incidents.declare(at.session, _report(at, said), by=at.by, now=at.now)
            if idempotency_key:
                keys.remember(at.session, idempotency_key, incident.id, by=at.by)
        response.headers["Location"] = f"/api/v1/incidents/{incident.ref}"
        return whole(at, incident)


def _report(at: At, new: NewIncident) -> Report:
    _check_past(at, new)
    return Report(
        title=new.title,
        severity=new.severity,
        description=new.description,
        services=tuple(new.services),
        commander=at.person(new.commander) if new.commander else None,
        private=new.private,
        drill=new.drill,
        detected_at=new.detected_at,
        impact_started_at=new.impact_started_at,
    )


def _check_past(at: At, new: NewIncident) -> None:
    for name in ("detected_at", "impact_started_at"):
        incidents.rules.check_moment(repr(name), getattr(new, name), at.now)
    started, detected = new.impact_started_at, new.detected_at
    if started and detected and detected < started:
        raise Mistaken("'detected_at' cannot lie before 'impact_started_at'. Nothing was changed.")


@router.get("/incidents/{ref}", summary="Look at an incident")
def get_incident(ref: str, desk: Caller) -> IncidentWhole:
    with desk.reading() as at:
        return whole(at, at.incident(ref))


@router.patch("/incidents/{ref}", summary="Change title, severity, status, services or milestones")
def change(ref: str, new: IncidentChange, desk: Caller) -> IncidentWhole:
    """All that is named is changed together, or nothing is."""
    if not new.model_fields_set - {"why", "note"}:
        raise Mistaken(
            "Name what to change: title, severity, status, services or milestones. Nothing was changed."
        )
    with desk.writing() as at:
        incident = at.incident(ref)
        _change(at, incident, new)
        return whole(at, incident)


def _change(at: At, incident: Incident, new: IncidentChange) -> None:
    """The steps in an order in which each finds what it needs."""
    session, by, now = at.session, at.by, at.now
    if new.title is not None:
        incidents.rename(session, incident, new.title, by=by, now=now)
    if new.services is not None:
        incidents.set_services(session, incident, tuple(new.services), by=by, now=now)
    if new.severity is not None:
        incidents.set_severity(session, incident, new.severity, by=by, now=now, why=new.why)
    for milestone, moment in (new.milestones or {}).items():
        incidents.set_milestone(session, incident, milestone, moment, by=by, now=now, why=new.why)
    if new.status is not None:
        incidents.set_status(session, incident, Status.parse(new.status), by=by, now=now, note=new.note)


@router.get("/severities", summary="The company's severities, the worst first", tags=["Company"])
def severities(desk: Caller) -> list[dict[str, object]]:
    with desk.reading() as at:
        return [each.model_dump(mode="json") for each in company_of(at.session).severities]
