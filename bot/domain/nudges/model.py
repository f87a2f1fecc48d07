"""A nudge, the row that remembers its key, and the fact that carries it to people."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from bot.lib.facts import Fact


@dataclass(frozen=True)
class Nudge:
    """What to say to whom. `to` is a person; None speaks to the incident's channel."""

    key: str
    incident_id: int
    text: str
    to: int | None = None


class NudgeRow(SQLModel, table=True):
    """A key that was sent."""

    __tablename__ = "nudge"

    key: str = Field(primary_key=True)
    incident_id: int = Field(index=True)
    at: datetime


class Nudged(Fact):
    """A reminder went out. It is no entry of the timeline, but a message of its own."""

    shown: ClassVar[bool] = False
    loud: ClassVar[bool] = True
    text: str
    to: int | None = None

    def __str__(self) -> str:
        return self.text
