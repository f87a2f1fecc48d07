"""An update: what customers were told, when, by whom, and when they will hear again."""

from datetime import datetime
from enum import StrEnum

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
    public: bool = True  # False: of a private incident or a drill, kept from everyone outside
