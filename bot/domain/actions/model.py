"""An action item: what someone promised to do so that it does not happen again."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.domain.actions.tally import Tally
from bot.lib.choices import one_of


class ItemStatus(StrEnum):
    """Done is not the end: verified by someone else is."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"
    DUPLICATE = "duplicate"

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


class Effect(StrEnum):
    """What somebody saw, some time after an item was verified."""

    HOLDS = "holds"
    FAILED = "failed"
    UNCLEAR = "unclear"

    @classmethod
    def parse(cls, text: str) -> "Effect":
        return one_of("effect", text, {effect.value: effect for effect in cls})


STILL_DUE = (ItemStatus.OPEN, ItemStatus.IN_PROGRESS, ItemStatus.BLOCKED)
SETTLED = (ItemStatus.VERIFIED, ItemStatus.DECLINED, ItemStatus.DUPLICATE)


class ActionItem(SQLModel, table=True):
    """Known as A-31 on every surface."""

    __tablename__ = "action_item"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    title: str
    outcome: str = ""  # what will be true when it is done
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    team: str | None = Field(default=None, index=True)  # key of a team in closeout.toml
    assign_by: date | None = None  # somebody must have taken it by then
    due: date | None = Field(default=None, index=True)
    first_due: date | None = None  # what was promised before any move
    kind: str = Kind.MITIGATE
    priority: str = Priority.MEDIUM
    status: str = Field(default=ItemStatus.OPEN, index=True)
    created_by: int = Field(foreign_key="person.id")
    created_at: datetime
    permalink: str = ""  # of the message it was made from
    moved: int = 0  # how often its date was moved
    snoozed: int = 0  # how often its reminders were put off
    snoozed_until: date | None = None
    reopened: int = 0
    blocked_reason: str = ""
    duplicate_of: int | None = Field(default=None, foreign_key="action_item.id")
    started_at: datetime | None = None
    done_at: datetime | None = None
    done_by: int | None = Field(default=None, foreign_key="person.id")
    evidence: str = ""
    verified_at: datetime | None = None
    verified_by: int | None = Field(default=None, foreign_key="person.id")
    declined_at: datetime | None = None
    decline_reason: str = ""
    approver_id: int | None = Field(default=None, foreign_key="person.id")
    ask_again_on: date | None = None  # a declined item of high priority is no decision for ever
    effect: str | None = None
    effect_note: str = ""
    effect_at: datetime | None = None
    effect_by: int | None = Field(default=None, foreign_key="person.id")

    @property
    def ref(self) -> str:
        return f"A-{self.id}"

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    def is_late(self, today: date) -> bool:
        return self.status in STILL_DUE and self.due is not None and self.due < today


# Of the table alone: nobody asks for the tally of an item, an audit asks for those of all.
TABLE: sa.Table = ActionItem.__table__  # type: ignore[attr-defined]
TALLY = sa.Column("tally", sa.Text, sa.Computed(Tally(), persisted=True))
TABLE.append_column(TALLY)
# All that an audit asks for: it reads these few columns, by the day of the promise, and no row whole.
sa.Index(
    "ix_action_item_audit",
    *(TABLE.c[name] for name in ("created_at", "incident_id", "status", "due", "done_at", "team")),
    *(TABLE.c[name] for name in ("owner_id", "kind", "priority", "moved", "reopened", "tally")),
)
