"""The timeline over REST: read, add to, correct."""

from fastapi import APIRouter, Request, Response

from bot.domain import incidents
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Correction, NewNote, TimelineEntry, entry

router = APIRouter(route_class=Guarded, tags=["Timeline"], prefix="/incidents/{ref}/timeline")


@router.get("", summary="The timeline, in the order in which things happened")
def timeline(
    ref: str, desk: Caller, request: Request, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> Page[TimelineEntry]:
    with desk.reading() as at:
        entries = incidents.timeline(at.session, at.incident(ref))
        shown, following = paging.paged(entries, lambda each: each.id, limit, cursor)
        paging.link(request, response, following)
        return Page(items=[entry(at, each) for each in shown], next_cursor=following)


@router.post("", status_code=201, summary="Add a note, also afterwards, at the moment it is about")
def add_note(ref: str, new: NewNote, desk: Caller) -> TimelineEntry:
    with desk.writing() as at:
        incident = at.incident(ref)
        event = incidents.note(at.session, incident, new.text, by=at.by, now=at.now, at=new.at)
        return _entry(at, incident, event.id)


@router.patch("/{entry_id}", summary="Correct an entry; its old words stay in its trace")
def correct(ref: str, entry_id: int, new: Correction, desk: Caller) -> TimelineEntry:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.correct(
            at.session, incident, entry_id, by=at.by, now=at.now, text=new.text, at=new.at, why=new.why
        )
        return _entry(at, incident, entry_id)


def _entry(at: At, incident: incidents.Incident, id: int) -> TimelineEntry:
    return next(entry(at, each) for each in incidents.timeline(at.session, incident) if each.id == id)
