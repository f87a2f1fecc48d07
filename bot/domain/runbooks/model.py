"""A runbook as its file says, and a run of it: a checklist in one incident."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

VERIFY_EVERY = timedelta(days=180)


@dataclass(frozen=True)
class Step:
    """One thing to do, with the commands and the decision that belong to it, in Markdown."""

    head: str
    detail: str = ""


@dataclass(frozen=True)
class Runbook:
    """`name` is the file's; no services means that it fits any."""

    name: str
    title: str
    services: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    owner: str = ""
    rollback: str = ""
    stop: str = ""
    verified_on: date | None = None
    verify_every: timedelta = VERIFY_EVERY
    intro: str = ""
    steps: tuple[Step, ...] = ()

    def outdated(self, today: date) -> str:
        """What to tell whoever relies on it; nothing while its verification holds."""
        if self.verified_on is None:
            return "Nobody has verified this runbook yet. Check each step before you rely on it."
        if today <= self.verified_on + self.verify_every:
            return ""
        days = (today - self.verified_on).days
        return f"Last verified on {self.verified_on}, {days} days ago. Check each step before you rely on it."


class RunbookRun(SQLModel, table=True):
    """A runbook that was posted. It keeps the steps as they were then, whatever becomes of the file."""

    __tablename__ = "runbook_run"

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    name: str
    title: str
    owner: str = ""
    rollback: str = ""
    stop: str = ""
    outdated: str = ""
    steps: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    posted_by: int = Field(foreign_key="person.id")
    posted_at: datetime


class RunbookTick(SQLModel, table=True):
    """A step that is done. Taking the tick away takes the row away; the facts keep both."""

    __tablename__ = "runbook_tick"

    run_id: int = Field(primary_key=True, foreign_key="runbook_run.id")
    step: int = Field(primary_key=True)  # counted from 1, as people read it
    by: int = Field(foreign_key="person.id")
    at: datetime
