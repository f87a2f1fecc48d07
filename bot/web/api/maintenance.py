"""Planned work over REST, and what customers read of an incident afterwards."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from bot.domain import maintenance, people
from bot.domain.maintenance import Maintenance
from bot.domain.postmortems import summaries
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Page
from bot.web.api.shapes import Input, Moment, Text, Who, Word, who

router = APIRouter(route_class=Guarded, tags=["Maintenance"])


class WordOut(BaseModel):
    """What customers were told of it, and how far it was then."""

    stage: str
    message: str
    at: datetime


class MaintenanceOut(BaseModel):
    """`stage` is scheduled, in_progress, completed or cancelled."""

    ref: str
    id: int
    title: str
    stage: str
    components: list[str]
    starts_at: datetime
    ends_at: datetime
    scheduled_by: Who
    scheduled_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    words: list[WordOut]


class NewMaintenance(Input):
    title: Word
    starts_at: Moment
    ends_at: Moment
    components: list[Word] = Field(default=[], max_length=200, description="By key or by name.")
    message: Text = Field(default="", description="What customers notice, and what they can do.")


class Saying(Input):
    message: Text = ""


class Telling(Input):
    message: Text


class Times(Input):
    starts_at: Moment | None = Field(default=None, description="Before it has begun.")
    ends_at: Moment | None = None
    message: Text = ""


class Summary(Input):
    text: Text = Field(description="In words for customers; empty takes it back.")


class SummaryOut(BaseModel):
    text: str
    by: Who | None
    at: datetime | None


@router.get("/maintenance", summary="Planned work, the newest first")
def list_maintenance(desk: Caller) -> Page[MaintenanceOut]:
    with desk.reading() as at:
        return Page(items=_shown(at, maintenance.page(at.session)))


@router.post("/maintenance", status_code=201, summary="Plan maintenance and tell customers")
def schedule(new: NewMaintenance, response: Response, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        made = maintenance.schedule(
            at.session,
            new.title,
            new.starts_at,
            new.ends_at,
            by=at.by,
            now=at.now,
            affects=new.components,
            message=new.message,
        )
        response.headers["Location"] = f"/api/v1/maintenance/{made.ref}"
        return _one(at, made)


@router.get("/maintenance/{ref}", summary="One maintenance, with what was told of it")
def show(ref: str, desk: Caller) -> MaintenanceOut:
    with desk.reading() as at:
        return _one(at, maintenance.find(at.session, ref))


@router.patch("/maintenance/{ref}", summary="Move it, or let it end at another time")
def move(ref: str, times: Times, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        it = maintenance.find(at.session, ref)
        starts, ends = times.starts_at or it.starts_at, times.ends_at or it.ends_at
        maintenance.move(at.session, it, starts, ends, times.message, by=at.by, now=at.now)
        return _one(at, it)


@router.post("/maintenance/{ref}/begin", summary="Begin it before its time")
def begin(ref: str, said: Saying, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        it = maintenance.find(at.session, ref)
        maintenance.begin(at.session, it, said.message, by=at.by, now=at.now)
        return _one(at, it)


@router.post("/maintenance/{ref}/words", status_code=201, summary="Tell customers how it goes")
def tell(ref: str, said: Telling, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        it = maintenance.find(at.session, ref)
        maintenance.tell(at.session, it, said.message, by=at.by, now=at.now)
        return _one(at, it)


@router.post("/maintenance/{ref}/complete", summary="It is done")
def complete(ref: str, said: Saying, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        it = maintenance.find(at.session, ref)
        maintenance.complete(at.session, it, said.message, by=at.by, now=at.now)
        return _one(at, it)


@router.post("/maintenance/{ref}/cancel", summary="It does not take place")
def cancel(ref: str, said: Saying, desk: Caller) -> MaintenanceOut:
    with desk.writing() as at:
        it = maintenance.find(at.session, ref)
        maintenance.cancel(at.session, it, said.message, by=at.by, now=at.now)
        return _one(at, it)


@router.get("/incidents/{ref}/summary", summary="What customers read of it afterwards")
def summary(ref: str, desk: Caller) -> SummaryOut:
    with desk.reading() as at:
        return _summary(at, ref)


@router.put("/incidents/{ref}/summary", summary="Publish what customers read of it; takes a manager")
def summarise(ref: str, new: Summary, desk: Caller) -> SummaryOut:
    with desk.writing() as at:
        summaries.summarise(at.session, at.incident(ref), new.text, by=at.by, now=at.now)
        return _summary(at, ref)


def _summary(at: At, ref: str) -> SummaryOut:
    kept = summaries.summary(at.session, at.incident(ref))
    if kept is None:
        return SummaryOut(text="", by=None, at=None)
    return SummaryOut(text=kept.text, by=who(people.get(at.session, kept.by)), at=kept.at)


def _one(at: At, it: Maintenance) -> MaintenanceOut:
    return _shown(at, [it])[0]


def _shown(at: At, found: list[Maintenance]) -> list[MaintenanceOut]:
    told = maintenance.words_of(at.session, found)
    return [
        MaintenanceOut(
            **it.model_dump(exclude={"scheduled_by"}),
            ref=it.ref,
            scheduled_by=who(people.get(at.session, it.scheduled_by)),
            words=[WordOut(stage=word.stage, message=word.message, at=word.at) for word in told[it.id]],
        )
        for it in found
    ]
