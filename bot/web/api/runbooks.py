"""Runbooks over REST: which fit, posting one as a checklist, ticking its steps."""

from dataclasses import asdict
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bot.domain import runbooks
from bot.domain.runbooks import Run, Runbook
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Page
from bot.web.api.shapes import Input, Who, Word, who_is

router = APIRouter(route_class=Guarded, tags=["Runbooks"])


class StepOut(BaseModel):
    head: str
    detail: str


class RunbookOut(BaseModel):
    """`outdated` warns when its verification is too old; else it is empty."""

    name: str
    title: str
    services: list[str]
    symptoms: list[str]
    owner: str
    rollback: str
    stop: str
    verified_on: date | None
    outdated: str
    steps: list[StepOut]


class RunStepOut(BaseModel):
    number: int
    text: str
    detail: str
    done: bool
    by: Who | None
    at: datetime | None


class RunOut(BaseModel):
    """A runbook that was posted in an incident, and how far it is."""

    id: int
    name: str
    title: str
    owner: str
    rollback: str
    stop: str
    outdated: str
    posted_by: Who | None
    posted_at: datetime
    is_done: bool
    steps: list[RunStepOut]


class Posted(Input):
    name: Word


class Ticked(Input):
    done: bool = True


@router.get("/runbooks", summary="All runbooks")
def list_runbooks(desk: Caller) -> Page[RunbookOut]:
    with desk.reading() as at:
        return Page(items=[_runbook(at, each) for each in runbooks.known(at.session)])


@router.get("/incidents/{ref}/runbooks/fitting", summary="Runbooks that fit the incident, the best first")
def fitting(ref: str, desk: Caller) -> Page[RunbookOut]:
    with desk.reading() as at:
        found = runbooks.suggest(at.session, at.incident(ref))
        return Page(items=[_runbook(at, each) for each in found])


@router.get("/incidents/{ref}/runbooks", summary="The checklists of the incident")
def runs(ref: str, desk: Caller) -> Page[RunOut]:
    with desk.reading() as at:
        return Page(items=[_run(at, run) for run in runbooks.runs(at.session, at.incident(ref))])


@router.post("/incidents/{ref}/runbooks", status_code=201, summary="Post a runbook as a checklist")
def post(ref: str, said: Posted, desk: Caller) -> RunOut:
    with desk.writing() as at:
        return _run(at, runbooks.post(at.session, at.incident(ref), said.name, by=at.by, now=at.now))


@router.put("/incidents/{ref}/runbooks/{run}/steps/{step}", summary="A step is done, or is not after all")
def tick(ref: str, run: int, step: int, said: Ticked, desk: Caller) -> RunOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        runbooks.tick(at.session, incident, run, step, said.done, by=at.by, now=at.now)
        return next(_run(at, each) for each in runbooks.runs(at.session, incident) if each.id == run)


def _runbook(at: At, runbook: Runbook) -> RunbookOut:
    said = {name: value for name, value in asdict(runbook).items() if name in RunbookOut.model_fields}
    return RunbookOut(**said, outdated=runbook.outdated(at.now.date()))


def _run(at: At, run: Run) -> RunOut:
    steps = [RunStepOut(**{**asdict(step), "by": who_is(at, step.by)}) for step in run.steps]
    said = {name: value for name, value in asdict(run).items() if name in RunOut.model_fields}
    return RunOut(**{**said, "posted_by": who_is(at, run.posted_by), "steps": steps}, is_done=run.is_done)
