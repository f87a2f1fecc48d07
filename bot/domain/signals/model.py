"""A series of one customer's signal, the hours that are kept of it, and the cases that it opened."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.domain.signals.rules import Kind, Worse


class Series(SQLModel, table=True):
    """One signal of one customer. The customer is named as the sender named them: the register may follow."""

    __tablename__ = "signal_series"
    __table_args__ = (sa.UniqueConstraint("customer", "signal", name="signal_series_customer_signal"),)

    id: int = Field(default=None, primary_key=True)
    customer: str = Field(index=True)
    signal: str
    unit: str = ""
    service: str = ""
    worse: str = Worse.UP
    since: int  # the hour from which on it teaches
    last_at: datetime | None = Field(default=None, index=True)
    last_value: float = 0.0
    case_id: int | None = None  # the one that is open
    open_kind: str = ""
    state: dict[str, Any] = Field(default={}, sa_type=sa.JSON)  # the hour at hand, and what was last


class HourKept(SQLModel, table=True):
    """One hour of a series, rolled up; kept for five weeks."""

    __tablename__ = "signal_hour"

    series_id: int = Field(primary_key=True, foreign_key="signal_series.id")
    hour: int = Field(primary_key=True, index=True)  # since 1970
    count: int
    low: float
    middle: float
    high: float
    bottom: float
    top: float
    gap: float
    odd: bool = False


class Case(SQLModel, table=True):
    """Something is unusual about a series. Nobody is paged, and it is no incident until somebody says so."""

    __tablename__ = "signal_case"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="signal_series.id", index=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    signal: str
    unit: str = ""
    service: str = ""
    kind: str = Kind.SPIKE
    began_at: datetime  # of the trouble
    opened_at: datetime  # when we saw it
    value: float
    usual: float
    limit: float  # from where on it is far out
    points: list[list[float]] = Field(default=[], sa_type=sa.JSON)  # the evidence: seconds, value
    ended_at: datetime | None = Field(default=None, index=True)
    ended_by: int | None = Field(default=None, foreign_key="person.id")
    why: str = ""  # what it was, as somebody said
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)

    @property
    def ref(self) -> str:
        return f"C-{self.id}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.incident_id is None


class Watch(SQLModel, table=True):
    """When somebody last listened, and since when without a break: silence before that is ours."""

    __tablename__ = "signal_watch"

    id: int = Field(default=1, primary_key=True)
    looked_at: datetime
    awake_since: datetime
    silent_since: datetime | None = None  # nearly all stopped at once, which was said
