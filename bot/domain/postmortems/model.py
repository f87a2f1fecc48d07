"""The row of a postmortem: who owes it, by when, and what people wrote. All else is computed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class PostmortemStatus(StrEnum):
    """How far a postmortem is."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class Postmortem(SQLModel, table=True):
    """One for each incident that owes one, or for which someone began one."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    due_at: datetime | None = None  # None: nobody owes it, someone writes it all the same
    template: str
    status: str = Field(default=PostmortemStatus.DRAFT, index=True)
    # Key of the question -> text, by, at. Replaced as a whole, never changed in place.
    sections: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=sa.JSON)
    opened_at: datetime
    edited_by: int | None = Field(default=None, foreign_key="person.id")
    edited_at: datetime | None = None
    published_at: datetime | None = None
    published_by: int | None = Field(default=None, foreign_key="person.id")
    revision: int = 0  # grows with each change of a section
    reviewer_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    submitted_at: datetime | None = None
    submitted_by: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = None
    approved_by: int | None = Field(default=None, foreign_key="person.id")
    meeting_at: datetime | None = None
    git_path: str = ""  # where it was committed, if it was

    @property
    def is_published(self) -> bool:
        return self.status == PostmortemStatus.PUBLISHED

    def text(self, key: str) -> str:
        """What was answered to a question; nothing where nobody did."""
        return str(self.sections.get(key, {}).get("text", ""))


class Autosave(SQLModel, table=True):
    """What somebody has typed and not saved yet; it waits for them on every machine."""

    __tablename__ = "postmortem_autosave"

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    section: str = Field(primary_key=True)
    text: str
    revision: int  # on which it was based
    at: datetime


class Comment(SQLModel, table=True):
    """A remark in the margin of a section."""

    __tablename__ = "postmortem_comment"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    section: str
    quote: str = ""  # the words it is about
    text: str
    by: int = Field(foreign_key="person.id")
    at: datetime
    settled_at: datetime | None = None
    settled_by: int | None = Field(default=None, foreign_key="person.id")


class Reading(SQLModel, table=True):
    """Who has read it, when first and when last."""

    __tablename__ = "postmortem_reading"

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    first_at: datetime
    last_at: datetime
