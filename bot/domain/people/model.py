"""Who acts: a person, or one of the two that are none."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

CLOSEOUT, PAGERDUTY = 1, 2  # rows that the first migration writes; facts need someone to be "by"


class Access(StrEnum):
    """What someone may do anywhere; what they may see of one incident is `may_see`."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    MANAGER = "manager"
    ADMIN = "admin"


class Person(SQLModel, table=True):
    """Someone we know by a Slack id, an e-mail address, or both."""

    id: int = Field(default=None, primary_key=True)
    name: str
    email: str | None = Field(default=None, unique=True)
    slack_id: str | None = Field(default=None, unique=True)
    timezone: str = "UTC"
    access: str = Access.RESPONDER
    access_from: str = ""  # company: closeout.toml says so; hand: an administrator did; else nobody has
    groups: str = ""  # handles of the Slack user groups that closeout.toml names, between spaces
    is_guest: bool = False
    is_active: bool = True
    is_system: bool = False
    same_as: int | None = Field(default=None, foreign_key="person.id")

    @property
    def is_admin(self) -> bool:
        return self.access == Access.ADMIN


class Preference(SQLModel, table=True):
    """How somebody wants to be told. Without a row the company's ways hold."""

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    digest_at: str = ""  # like `mon 09:00`, in the person's zone; empty: when the company's goes out
    digest_off: bool = False
    by_mail: bool = False  # also where Slack knows the person
