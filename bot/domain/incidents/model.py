"""The nouns: an incident, who sits in which seat, who may see it, what it touches."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from bot.lib.choices import one_of


class Status(StrEnum):
    """Where the work stands. Resolved is not the end: closed is."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @classmethod
    def parse(cls, text: str) -> "Status":
        """A status that a person may ask for by name; the others have verbs of their own."""
        return one_of("status", text, {status.value: status for status in WORKING})


LIVE = (Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING)
WORKING = (*LIVE, Status.RESOLVED)
OVER = (Status.CLOSED, Status.CANCELLED, Status.MERGED)


class Milestone(StrEnum):
    """The moments from which all times are computed, in the only order they can have."""

    IMPACT_STARTED = "impact_started"
    DETECTED = "detected"
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @classmethod
    def parse(cls, text: str) -> "Milestone":
        word = text.strip().lower().replace(" ", "_").replace("-", "_")
        return one_of("milestone", word, {milestone.value: milestone for milestone in cls})

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def column(self) -> str:
        return f"{self.value}_at"


class Incident(SQLModel, table=True):
    """Something is wrong, and someone has said so. It is known by its reference on every surface."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    title: str
    description: str = ""
    severity: str | None = None  # None: nobody has said yet
    status: str = Field(default=Status.INVESTIGATING, index=True)
    private: bool = False
    drill: bool = False
    sample: bool = False  # made up, to show what a year looks like; never a real incident
    source: str = "person"  # person | pagerduty
    declared_by: int = Field(foreign_key="person.id")
    merged_into: int | None = Field(default=None, foreign_key="incident.id")
    impact_started_at: datetime | None = None
    detected_at: datetime | None = None
    declared_at: datetime
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"INC-{self.id}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    def moment(self, milestone: Milestone) -> datetime | None:
        at: datetime | None = getattr(self, milestone.column)
        return at


class Seat(SQLModel, table=True):
    """Who has which role now. An empty seat has no row."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    role: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    since: datetime


class Member(SQLModel, table=True):
    """Who takes part; of a private incident: who may see it at all."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    since: datetime


class Affected(SQLModel, table=True):
    """A service that the incident touches."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    service: str = Field(primary_key=True)


class MarkedMessage(SQLModel, table=True):
    """A chat message on the timeline; it leaves with its last mark. What comes too late changes nothing."""

    place: str = Field(primary_key=True)  # the platform's address of the message: channel/ts
    incident_id: int = Field(foreign_key="incident.id", index=True)
    holders: str = ""  # JSON: person id -> when they last marked or unmarked it, and which of the two
    marked_at: datetime  # of the newest mark or unmark we know
    is_on: bool = True
    text: str | None = None
    edited_at: datetime | None = None  # of the newest edit we know
