"""An action item: what someone promised to do so that it does not happen again."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from bot.lib.choices import one_of


class ItemStatus(StrEnum):
    """Done is not the end: verified by someone else is."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class Kind(StrEnum):
    """What it is good for."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"

    @classmethod
    def parse(cls, text: str) -> "Kind":
        return one_of("kind", text, {kind.value: kind for kind in cls})


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @classmethod
    def parse(cls, text: str) -> "Priority":
        return one_of("priority", text, {priority.value: priority for priority in cls})


STILL_DUE = (ItemStatus.OPEN, ItemStatus.IN_PROGRESS)
SETTLED = (ItemStatus.VERIFIED, ItemStatus.DECLINED)


class ActionItem(SQLModel, table=True):
    """Known as A-31 on every surface."""

    __tablename__ = "action_item"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    title: str
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    due: date | None = Field(default=None, index=True)
    kind: str = Kind.MITIGATE
    priority: str = Priority.MEDIUM
    status: str = Field(default=ItemStatus.OPEN, index=True)
    created_by: int = Field(foreign_key="person.id")
    created_at: datetime
    permalink: str = ""  # of the message it was made from
    done_at: datetime | None = None
    done_by: int | None = Field(default=None, foreign_key="person.id")
    evidence: str = ""
    verified_at: datetime | None = None
    verified_by: int | None = Field(default=None, foreign_key="person.id")
    declined_at: datetime | None = None
    decline_reason: str = ""
    approver_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def ref(self) -> str:
        return f"A-{self.id}"

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    def is_late(self, today: date) -> bool:
        return self.status in STILL_DUE and self.due is not None and self.due < today
