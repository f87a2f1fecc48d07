"""The nouns: a customer, whom to write to, what they use; who is affected, what was said on either side."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel


class Customer(SQLModel, table=True):
    """Somebody who pays us, by the key that their signals carry."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    tier: str = ""
    owner_id: int | None = Field(default=None, foreign_key="person.id")  # who looks after the account
    note: str = ""
    created_at: datetime
    removed_at: datetime | None = None  # then no contact and no service is left; what happened stays


class Contact(SQLModel, table=True):
    """Whom a private word goes to."""

    __tablename__ = "customer_contact"

    customer_id: int = Field(primary_key=True, foreign_key="customer.id")
    address: str = Field(primary_key=True)
    name: str = ""


class Use(SQLModel, table=True):
    """A customer uses a service, by its key in closeout.toml."""

    __tablename__ = "customer_service"

    customer_id: int = Field(primary_key=True, foreign_key="customer.id")
    service: str = Field(primary_key=True, index=True)


class How(StrEnum):
    """Why somebody counts as affected."""

    SERVICES = "services"  # they use what fails
    HAND = "hand"  # somebody said so
    REPORT = "report"  # they said so


class AffectedCustomer(SQLModel, table=True):
    """Kept as it was then, whatever becomes of the register."""

    __tablename__ = "customer_affected"

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", index=True)
    how: str = How.SERVICES
    since: datetime
    is_out: bool = False  # somebody said that they are not; no service brings them back


class WordState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    DISCARDED = "discarded"


class PrivateWord(SQLModel, table=True):
    """A word to one customer, about an incident or a case. It goes out once their account owner says so."""

    __tablename__ = "private_word"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    case_id: int | None = Field(default=None, index=True)
    subject: str
    text: str
    state: str = Field(default=WordState.DRAFT, index=True)
    drafted_by: int = Field(foreign_key="person.id")
    drafted_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    sent_to: int = 0  # how many contacts; of a drill and of a sample nobody

    @property
    def is_open(self) -> bool:
        return self.state == WordState.DRAFT


class CustomerReport(SQLModel, table=True):
    """A customer told us: by phone, by mail, by a form. The first one of an incident is what counts."""

    __tablename__ = "customer_report"

    id: int = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    case_id: int | None = Field(default=None, index=True)
    at: datetime
    words: str = ""
    by: int = Field(foreign_key="person.id")
    noted_at: datetime
