"""What customers write to us, the groups in which they say the same, and the words by which it is tagged."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.lib.choices import one_of


class Source(StrEnum):
    """The way it came."""

    PAGE = "page"  # the form on the status page
    MAIL = "mail"
    API = "api"
    COLLEAGUE = "colleague"  # somebody here wrote down what a customer said

    @classmethod
    def parse(cls, text: str) -> "Source":
        return one_of("source", text, {source.value: source for source in cls})


class Decision(StrEnum):
    """What was decided on it, where no incident or action item answers it."""

    WILL_DO = "will do"
    LATER = "later"
    WILL_NOT = "will not"

    @classmethod
    def parse(cls, text: str) -> "Decision":
        word = text.strip().lower().replace("_", " ").replace("-", " ")
        return one_of("decision", word, {decision.value: decision for decision in cls})


class Helped(StrEnum):
    """The answers to the survey's first question."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @classmethod
    def parse(cls, text: str) -> "Helped":
        return one_of("answer", text, {answer.value: answer for answer in cls})


class Cluster(SQLModel, table=True):
    """Feedback that says the same. Its words are weighed by how many of it say them."""

    __tablename__ = "feedback_cluster"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    title: str  # the first of it, in short
    size: int = 0
    words: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # word -> how many say it
    first_at: datetime
    last_at: datetime = Field(index=True)


class Feedback(SQLModel, table=True):
    """One voice. Name and address are for answering, and can be erased; the words stay until they are."""

    __tablename__ = "feedback"
    __table_args__ = (
        sa.Index("ix_feedback_client", "client", "at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    source: str
    words: str
    name: str = ""
    address: str = ""
    customer_id: int | None = Field(default=None, foreign_key="customer.id", index=True)
    component: str | None = None
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    item_id: int | None = Field(default=None, foreign_key="action_item.id", index=True)
    cluster_id: int | None = Field(default=None, foreign_key="feedback_cluster.id", index=True)
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    high: bool = False  # a rule or a person says that it is pressing
    by: int = Field(foreign_key="person.id")  # who wrote it down; Closeout where the customer did
    delivery: str | None = Field(default=None, unique=True)  # the sender's id of it, so that it comes once
    client: str = ""  # what stands for where it came from, to hold back floods; forgotten after a day
    token: str | None = Field(default=None, unique=True)  # opens the survey
    answered_at: datetime | None = None
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    explained_at: datetime | None = None  # the follow-up mail after the end of its incident
    mended_at: datetime | None = None  # told that what was behind it is done and verified
    decision: str | None = None
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    why: str = ""
    helped: str | None = None  # the survey: did this explain it
    is_fine: bool | None = None  # the survey: does it work for you again
    said_back: str = ""
    surveyed_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"F-{self.id}"

    @property
    def waits(self) -> bool:
        """Nobody has answered it, explained it, or decided on it."""
        dealt = self.answered_at, self.explained_at, self.mended_at, self.decided_at, self.erased_at
        return not any(dealt)


class TagRule(SQLModel, table=True):
    """Feedback with one of these words gets the tag."""

    __tablename__ = "feedback_tag"

    tag: str = Field(primary_key=True)
    words: str  # comma-separated; `pay*` means every word that begins so
    component: str | None = None  # and then it is about this component
    high: bool = False
    by: int = Field(foreign_key="person.id")
    at: datetime


class Outcome(SQLModel, table=True):
    """What those who wrote are told once this action item is verified. Its own title stays inside."""

    __tablename__ = "feedback_outcome"

    item_id: int = Field(primary_key=True, foreign_key="action_item.id")
    words: str
    by: int = Field(foreign_key="person.id")
    at: datetime
