"""Somebody outside who asked to hear of us: by mail, or a program by webhook."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class Standing(StrEnum):
    """Only who is active hears anything."""

    PENDING = "pending"  # asked, and has not confirmed
    ACTIVE = "active"
    STOPPED = "stopped"  # mail came back, or the endpoint has gone


class Pace(StrEnum):
    """How often."""

    EACH = "each"
    DAILY = "daily"


class Subscriber(SQLModel, table=True):
    """Erased when it ends by its owner's wish; kept as stopped where mail came back, so that none follows."""

    __table_args__ = (
        sa.Index("ix_subscriber_standing", "standing", "pace", "timezone"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    way: str
    address: str  # of mail, or of an endpoint
    recipient: str = Field(unique=True)  # what stands for the address in logs and deliveries
    token: str = Field(unique=True)  # opens the page where it is changed and ended; every mail carries it
    standing: str = Standing.PENDING
    pace: str = Pace.EACH
    timezone: str = "UTC"
    asked_at: datetime
    asks: int = 1  # confirmations sent that were not answered
    confirm_hash: str | None = Field(default=None, unique=True)
    confirm_until: datetime | None = None
    confirmed_at: datetime | None = None
    since: datetime | None = None  # what was published before that is not for it
    stopped_at: datetime | None = None
    reason: str = ""  # why it is stopped
    secret: str = ""  # signs what an endpoint is sent
    failing_since: datetime | None = None  # an endpoint that does not take what it is sent


class SubscriberComponent(SQLModel, table=True):
    """What a subscriber chose to hear of; who chose nothing hears of everything."""

    __tablename__ = "subscriber_component"

    subscriber_id: int = Field(primary_key=True, foreign_key="subscriber.id", ondelete="CASCADE")
    component: str = Field(primary_key=True, index=True)
