"""A maintenance: what is worked on, from when to when, and what customers were told of it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class Stage(StrEnum):
    """How far it is. The values are Statuspage's; a cancelled one never took place."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        return {"scheduled": "planned", "in_progress": "under way"}.get(self.value, self.value)


class Maintenance(SQLModel, table=True):
    """All of it is public: whoever plans one tells customers. Its number is part of addresses."""

    __tablename__ = "maintenance"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    title: str
    stage: str = Field(default=Stage.SCHEDULED, index=True)
    components: list[str] = Field(default=[], sa_type=sa.JSON)
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    scheduled_by: int = Field(foreign_key="person.id")
    scheduled_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None  # completed or cancelled

    @property
    def ref(self) -> str:
        return f"M-{self.id}"

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.COMPLETED, Stage.CANCELLED)

    @property
    def is_under_way(self) -> bool:
        return self.stage == Stage.IN_PROGRESS


class Word(SQLModel, table=True):
    """What customers were told of it, written once and never changed."""

    __tablename__ = "maintenance_word"

    id: int = Field(default=None, primary_key=True)
    maintenance_id: int = Field(foreign_key="maintenance.id", index=True)
    stage: str
    message: str
    by: int = Field(foreign_key="person.id")
    at: datetime
