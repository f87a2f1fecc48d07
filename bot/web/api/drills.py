"""Drills over REST: which can be held, which were, starting and stopping one, and the report."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from bot.domain import drills
from bot.domain.drills import Drill, Report
from bot.domain.drills.scoring import read
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Page
from bot.web.api.shapes import Input, Who, Word, who_is

router = APIRouter(route_class=Guarded, tags=["Drills"])
MOST = 200


class ScenarioOut(BaseModel):
    """What can be held, and what a team practises with it. Its events stay a surprise."""

    name: str
    title: str
    summary: str
    about: list[str]
    minutes: int
    severity: str | None
    services: list[str]
    private: bool


class Judgement(BaseModel):
    """`at` is in seconds of drill time; `state` is met, missed, or open where it was not reached."""

    key: str
    what: str
    state: str
    at: float | None
    points: int
    note: str
    why: str


class DrillOut(BaseModel):
    """`score` is the percentage of the points that could be won; null while it runs, or where none could."""

    id: int
    incident: str
    scenario: str
    title: str
    pace: int
    started_at: datetime
    started_by: Who | None
    ended_at: datetime | None
    ending: str
    score: int | None
    met: int
    asked: int
    url: str


class Played(BaseModel):
    """A line of its timeline; `at` is in seconds of drill time, `played` says that the script did it."""

    at: float
    who: str
    text: str
    played: bool


class DrillReport(DrillOut):
    expectations: list[Judgement]
    timeline: list[Played]
    earlier: list[DrillOut]


class NewDrill(Input):
    scenario: Word
    pace: int = Field(default=1, description="Minutes of the drill in one minute of the clock, from 1 to 60.")


@router.get("/drills", summary="Drills that were held, the newest first, with those that run")
def list_drills(desk: Caller, scenario: Annotated[str | None, Query(max_length=40)] = None) -> Page[DrillOut]:
    with desk.reading() as at:
        found = drills.held(at.session, as_=at.by, scenario=scenario, limit=MOST)
        return Page(items=[_drill(at, drill) for drill in found])


@router.get("/drills/scenarios", summary="Drills that can be held")
def scenarios(desk: Caller) -> Page[ScenarioOut]:
    with desk.reading() as at:
        known = drills.known(at.session)
        return Page(
            items=[ScenarioOut(**one.model_dump(include=set(ScenarioOut.model_fields))) for one in known]
        )


@router.post("/drills", status_code=201, summary="Start a drill")
def start(new: NewDrill, response: Response, desk: Caller) -> DrillOut:
    with desk.writing() as at:
        made = drills.start(at.session, new.scenario, new.pace, by=at.by, now=at.now)
        response.headers["Location"] = f"/api/v1/drills/{made.id}"
        return _drill(at, made)


@router.get("/drills/{id}", summary="The report of a drill; while it runs, without its expectations")
def report(id: int, desk: Caller) -> DrillReport:
    with desk.reading() as at:
        return _report(
            at, drills.report(at.session, drills.find(at.session, id, as_=at.by), as_=at.by, now=at.now)
        )


@router.get("/drills/{id}/report", summary="The same as a Markdown document", response_class=Response)
def document(id: int, desk: Caller) -> Response:
    with desk.reading() as at:
        found = drills.report(at.session, drills.find(at.session, id, as_=at.by), as_=at.by, now=at.now)
        return Response(drills.markdown(at.session, found), media_type="text/markdown")


@router.post("/drills/{id}/stop", summary="End a drill before its time")
def stop(id: int, desk: Caller) -> DrillOut:
    with desk.writing() as at:
        drill = drills.find(at.session, id, as_=at.by)
        incident = at.incident(f"INC-{drill.incident_id}")
        return _drill(at, drills.stop(at.session, incident, by=at.by, now=at.now))


def _drill(at: At, drill: Drill) -> DrillOut:
    score = read(drill.verdicts)
    kept = {name: getattr(drill, name) for name in DrillOut.model_fields if hasattr(drill, name)}
    return DrillOut(
        **{**kept, "started_by": who_is(at, drill.started_by)},
        incident=f"INC-{drill.incident_id}",
        met=score.met,
        asked=score.asked,
        url=f"/drills/{drill.id}",
    )


def _report(at: At, found: Report) -> DrillReport:
    lines = [
        Played(at=line.at.total_seconds(), who=line.who, text=line.text, played=line.is_played)
        for line in found.lines
    ]
    return DrillReport(
        **_drill(at, found.drill).model_dump(),
        expectations=[Judgement(**one.kept()) for one in found.score.judged],
        timeline=lines,
        earlier=[_drill(at, one) for one in found.earlier],
    )
