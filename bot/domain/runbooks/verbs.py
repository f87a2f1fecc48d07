"""Posting a runbook as a checklist, and ticking its steps."""

from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, select

from bot.domain import incidents
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.runbooks.facts import RunbookPosted, StepTicked
from bot.domain.runbooks.model import RunbookRun, RunbookTick
from bot.domain.runbooks.queries import Run, named, run_of
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.facts import record


class NoSuchStep(Refused):
    """This incident has no such step of a runbook. Nothing was changed."""


def post(session: Session, incident: Incident, name: str, *, by: Person, now: datetime) -> Run:
    """Put a runbook into the incident as a checklist; one that stands there already is not posted twice."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    runbook = named(session, name)
    same = select(RunbookRun).where(RunbookRun.incident_id == incident.id, RunbookRun.name == runbook.name)
    if standing := session.exec(same).first():
        return run_of(session, standing)
    row = RunbookRun(
        incident_id=incident.id,
        name=runbook.name,
        title=runbook.title,
        owner=runbook.owner,
        rollback=runbook.rollback,
        stop=runbook.stop,
        outdated=runbook.outdated(now.date()),
        steps=[asdict(step) for step in runbook.steps],
        posted_by=by.id,
        posted_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, row, now)
    return run_of(session, row)


def _tell(session: Session, row: RunbookRun, now: datetime) -> None:
    fact = RunbookPosted(
        incident_id=row.incident_id,
        by=row.posted_by,
        run=row.id,
        name=row.name,
        title=row.title,
        steps=tuple(step["head"] for step in row.steps),
        details=tuple(step["detail"] for step in row.steps),
        owner=row.owner,
        rollback=row.rollback,
        stop=row.stop,
        outdated=row.outdated,
    )
    record(session, fact, at=now)


def tick(
    session: Session, incident: Incident, run_id: int, step: int, done: bool, *, by: Person, now: datetime
) -> bool:
    """A step is done, or is not after all; steps are counted from 1. False when nothing changed."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    row = db.row(session, RunbookRun, run_id)
    if row is None or row.incident_id != incident.id or not 1 <= step <= len(row.steps):
        raise NoSuchStep
    ticked = session.get(RunbookTick, (run_id, step))
    if done is (ticked is not None):
        return False
    if ticked is not None:
        session.delete(ticked)
    else:
        session.add(RunbookTick(run_id=run_id, step=step, by=by.id, at=now))
    session.flush()
    text = row.steps[step - 1]["head"]
    fact = StepTicked(
        incident_id=incident.id,
        by=by.id,
        run=run_id,
        name=row.name,
        title=row.title,
        step=step,
        text=text,
        done=done,
    )
    record(session, fact, at=now)
    return True
