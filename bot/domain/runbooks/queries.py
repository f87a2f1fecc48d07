"""Questions about runbooks: which there are, which fit, and how far their runs are."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.incidents import Incident
from bot.domain.runbooks import rules
from bot.domain.runbooks.model import Runbook, RunbookRun, RunbookTick
from bot.lib.choices import one_of


@dataclass(frozen=True)
class RunStep:
    """One line of a checklist."""

    number: int
    text: str
    detail: str
    done: bool
    by: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Run:
    """A checklist as it stands now."""

    id: int
    incident_id: int
    name: str
    title: str
    owner: str
    rollback: str
    stop: str
    outdated: str
    posted_by: int
    posted_at: datetime
    steps: tuple[RunStep, ...]

    @property
    def is_done(self) -> bool:
        return all(step.done for step in self.steps)


def known(session: Session) -> list[Runbook]:
    """All runbooks that were loaded at the start."""
    found: list[Runbook] = session.info.get("runbooks", [])
    return found


def named(session: Session, name: str) -> Runbook:
    """By its name or its title; an unknown one is refused with the right ones."""
    by_title = {runbook.title.lower(): runbook for runbook in known(session)}
    if found := by_title.get(name.strip().lower()):
        return found
    return one_of(
        "runbook", name.strip().removesuffix(".md"), {runbook.name: runbook for runbook in known(session)}
    )


def suggest(session: Session, incident: Incident) -> list[Runbook]:
    """Those that fit the incident's services and the symptoms it was described with, the best first."""
    services = incidents.services_of(session, incident)
    return rules.fitting(known(session), services, f"{incident.title} {incident.description}")


def runs(session: Session, incident: Incident) -> list[Run]:
    """The checklists of this incident, the oldest first."""
    rows = session.exec(
        select(RunbookRun).where(RunbookRun.incident_id == incident.id).order_by(col(RunbookRun.id))
    )
    return [run_of(session, row) for row in rows.all()]


def run_of(session: Session, row: RunbookRun) -> Run:
    ticks = {
        tick.step: tick for tick in session.exec(select(RunbookTick).where(RunbookTick.run_id == row.id))
    }
    return Run(
        id=row.id,
        incident_id=row.incident_id,
        name=row.name,
        title=row.title,
        owner=row.owner,
        rollback=row.rollback,
        stop=row.stop,
        outdated=row.outdated,
        posted_by=row.posted_by,
        posted_at=row.posted_at,
        steps=tuple(_step(n, step, ticks.get(n)) for n, step in enumerate(row.steps, 1)),
    )


def _step(number: int, step: dict[str, str], tick: RunbookTick | None) -> RunStep:
    if tick is None:
        return RunStep(number, step["head"], step["detail"], False)
    return RunStep(number, step["head"], step["detail"], True, tick.by, tick.at)
