"""Customer updates over REST: what was told, and telling."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from bot.domain import people, updates
from bot.domain.updates import Update
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Text, Who, Word, who

router = APIRouter(route_class=Guarded, tags=["Customer updates"], prefix="/incidents/{ref}/updates")


class UpdateOut(BaseModel):
    """`public` is false for private incidents and drills: those never reach the status page."""

    id: int
    phase: str
    message: str
    by: Who
    at: datetime
    next_update_by: datetime | None
    correction_of: int | None
    public: bool


class NewUpdate(Input):
    message: Text
    phase: Word | None = Field(default=None, description="By default the incident's status.")
    next_in: Word | None = Field(default=None, description="When customers hear again, as 30m or 2h.")
    correction_of: int | None = Field(
        default=None, description="The id of the update that this one corrects."
    )


class Told(Page[UpdateOut]):
    promised_by: datetime | None = Field(description="Until when customers must hear again.")


@router.get("", summary="What customers were told, the oldest first, and what they were promised")
def list_updates(
    ref: str, desk: Caller, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> Told:
    with desk.reading() as at:
        incident = at.incident(ref)
        told = updates.of(at.session, incident)
        shown, following = paging.paged(told, lambda each: each.id, limit, cursor)
        paging.link(request, response, following)
        promised = updates.promised_by(at.session, incident)
        return Told(items=[_update(at, each) for each in shown], next_cursor=following, promised_by=promised)


@router.post("", status_code=201, summary="Tell customers")
def publish(ref: str, new: NewUpdate, desk: Caller) -> UpdateOut:
    with desk.writing() as at:
        update = updates.publish(
            at.session,
            at.incident(ref),
            new.message,
            by=at.by,
            now=at.now,
            phase=new.phase,
            next_in=new.next_in,
            correction_of=new.correction_of,
        )
        return _update(at, update)


def _update(at: At, update: Update) -> UpdateOut:
    said = update.model_dump(exclude={"by", "incident_id"})
    return UpdateOut(**said, by=who(people.get(at.session, update.by)))
