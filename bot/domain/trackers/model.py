"""Where an action item is tracked outside, what both sides last agreed on, and how the tracker fares."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

LABELS = {"github": "GitHub", "jira": "Jira"}
ADDRESS = re.compile(r"https?://[^\s<>|\"'`]+")


class FarState(StrEnum):
    """How far it is, in words that every tracker can say in its own."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"  # closed, and nobody will do it


class TrackerLink(SQLModel, table=True):
    """One action item in one tracker. What changed on a side is what differs from what is kept here."""

    __tablename__ = "tracker_link"
    __table_args__ = (
        sa.Index(
            "ix_tracker_link_far",
            *("tracker", "far_id"),
            unique=True,
            sqlite_where=sa.text("far_id <> ''"),
            postgresql_where=sa.text("far_id <> ''"),
        ),
        sa.Index(
            "ix_tracker_link_owed",
            *("tracker", "owed_at"),
            sqlite_where=sa.text("owed_at IS NOT NULL"),
            postgresql_where=sa.text("owed_at IS NOT NULL"),
        ),
    )

    item_id: int = Field(primary_key=True, foreign_key="action_item.id")
    tracker: str = Field(primary_key=True)
    created_at: datetime  # when we first meant to create it there
    far_id: str = ""  # the tracker's own id, which outlives a rename; empty: not there yet
    key: str = ""  # as people there say it: 42, OPS-12
    url: str = ""
    ours: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # our side when it was last sent
    theirs: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # their side when last seen
    far_at: datetime | None = None  # their time of what is kept in `theirs`
    sent_last: bool = False  # what is kept in `theirs` came of our own sending
    gone_at: datetime | None = None  # deleted there: nothing follows any more
    owed_at: datetime | None = None  # since then something of ours is not there yet
    refused: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # what they did not take of us
    note: str = ""  # what a person should know about it

    @property
    def label(self) -> str:
        return LABELS.get(self.tracker, self.tracker)

    @property
    def address(self) -> str:
        """Where people see it; empty where what we were told is no plain address."""
        return self.url if ADDRESS.fullmatch(self.url) else ""

    @property
    def said(self) -> str:
        return f"{self.label} {self.key}"


class Tracker(SQLModel, table=True):
    """One tracker as a whole: until when it was asked what changed, and since when it fails."""

    name: str = Field(primary_key=True)
    swept_at: datetime | None = None
    failing_since: datetime | None = None
    told_at: datetime | None = None  # when we said that it fails; None: nobody was told
    told_in: int | None = None  # the incident in which it was said
    reason: str = ""


class TrackerPerson(SQLModel, table=True):
    """Who an account there is, as we learnt it by an e-mail address."""

    __tablename__ = "tracker_person"

    tracker: str = Field(primary_key=True)
    far_id: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
