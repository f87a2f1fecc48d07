"""Paging over REST: ring a service's on-call, or a person."""

from fastapi import APIRouter

from bot.domain import alerts, incidents
from bot.web.api.desk import Caller, Guarded
from bot.web.api.shapes import Paging, TimelineEntry, entry

router = APIRouter(route_class=Guarded, tags=["Steps of an incident"])


@router.post("/incidents/{ref}/page", status_code=202, summary="Page a service or a person through PagerDuty")
def page(ref: str, said: Paging, desk: Caller) -> TimelineEntry:
    """The ring follows; that it rang, or why it did not, stands on the timeline."""
    with desk.writing() as at:
        incident = at.incident(ref)
        event = alerts.page(at.session, incident, said.target, said.text, by=at.by, now=at.now)
        return next(
            entry(at, each) for each in incidents.timeline(at.session, incident) if each.id == event.id
        )
