"""The nouns: an alert, what we have heard of it, what we have said to its source, who people are there."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

PAGERDUTY = "pagerduty"


class AlertStatus(StrEnum):
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Alert(SQLModel, table=True):
    """One alert of one source, as its newest message describes it. Most of them join an incident."""

    __table_args__ = (
        sa.Index("ix_alert_incident_last", "incident_id", "last_at"),
        sa.Index("ix_alert_incident_service", "incident_id", "source_service"),
    )

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)  # its id at the source
    incident_id: int | None = Field(default=None, foreign_key="incident.id")
    incident_key: str = Field(default="", index=True)  # what the source itself groups by
    source_service: str = Field(default="", index=True)
    service_name: str = ""
    service: str | None = None  # the key in closeout.toml, where it is known there
    title: str
    status: str = AlertStatus.TRIGGERED
    urgency: str = ""
    priority: str = ""
    url: str = ""
    escalation_policy: str = ""
    is_page: bool = False  # we rang it ourselves
    began_at: datetime  # of the first message that we heard
    last_at: datetime  # of the newest message that was applied: an older one changes nothing

    @property
    def is_open(self) -> bool:
        return self.status != AlertStatus.RESOLVED


class AlertMark(SQLModel, table=True):
    """Something that is done once: a message that was heard, an answer that was noted."""

    __tablename__ = "alert_mark"

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)


class AlertCause(SQLModel, table=True):
    """A fact that a source caused is not sent back to it."""

    __tablename__ = "alert_cause"

    event_id: int = Field(primary_key=True)
    source: str


class AlertEcho(SQLModel, table=True):
    """What we are about to tell a source comes back as its own message; then it is no news."""

    __tablename__ = "alert_echo"

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)  # the alert's
    said: str = Field(primary_key=True)  # "status=acknowledged", "priority=P1"
    at: datetime


class Contact(SQLModel, table=True):
    """Who a person is at a source."""

    __tablename__ = "alert_contact"

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id")
