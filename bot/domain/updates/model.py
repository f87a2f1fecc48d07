"""An update: what customers were told, when, by whom, and when they will hear again."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.lib.choices import one_of


class Phase(StrEnum):
    """What customers hear about the state of the work; it need not be the incident's status."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @classmethod
    def parse(cls, text: str) -> "Phase":
        return one_of("phase", text, {phase.value: phase for phase in cls})


class Audience(StrEnum):
    """How far an update goes."""

    EVERYONE = "everyone"  # the status page, and mails and messages to those who subscribed
    PAGE = "page"  # the status page; nobody gets a mail
    INSIDE = "inside"  # colleagues alone

    @classmethod
    def parse(cls, text: str) -> "Audience":
        return one_of("audience", text, {audience.value: audience for audience in cls})


class Update(SQLModel, table=True):
    """Written once and never changed; a correction is an update of its own."""

    __tablename__ = "customer_update"

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    phase: str
    message: str
    by: int = Field(foreign_key="person.id")
    at: datetime
    next_update_by: datetime | None = None
    correction_of: int | None = Field(default=None, foreign_key="customer_update.id")
    public: bool = True  # False: kept from everyone outside, as of a private incident or a drill
    # Component key -> state: all that the incident holds down, as customers know it from this update on.
    components: dict[str, str] = Field(default={}, sa_type=sa.JSON)
    audience: str = Audience.EVERYONE
    approved_by: int | None = Field(default=None, foreign_key="person.id")
    headline: str = ""  # what customers see as the title; empty in rows from before there was one


class DraftState(StrEnum):
    """What became of an update that waits for a yes."""

    WAITING = "waiting"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    REPLACED = "replaced"  # somebody changed it; the words that count are in a draft of their own


class UpdateDraft(SQLModel, table=True):
    """What somebody wants to tell customers, and who said yes or no. Its words are never changed."""

    __tablename__ = "update_draft"

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    state: str = Field(default=DraftState.WAITING, index=True)
    phase: str
    message: str
    headline: str = ""
    components: dict[str, str] | None = Field(default=None, sa_type=sa.JSON)  # None: as it is proposed
    audience: str = Audience.EVERYONE
    next_in: str = ""  # a span from the moment of the yes; empty: by policy
    correction_of: int | None = Field(default=None, foreign_key="customer_update.id")
    by: int = Field(foreign_key="person.id")
    at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    update_id: int | None = Field(default=None, foreign_key="customer_update.id")

    @property
    def is_waiting(self) -> bool:
        return self.state == DraftState.WAITING
