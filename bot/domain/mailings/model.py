"""A mailing is one text for one or for many; a delivery is its way to one of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

MAIL, WEBHOOK = "mail", "webhook"
PERSONAL, BULK = 0, 1  # a confirmation that somebody waits for goes before fifty thousand updates

# What the sender puts in for each recipient. Private use characters: nobody types them.
NAME, TOKEN, HERE = "\ue000name\ue001", "\ue000token\ue001", "\ue000here\ue001"


class State(StrEnum):
    """Where a delivery is. Nothing goes back from `sending` by itself, or somebody gets it twice."""

    QUEUED = "queued"
    SENDING = "sending"  # the far end may have it from now on
    SENT = "sent"
    FAILED = "failed"  # refused for good, or given up
    DROPPED = "dropped"  # too old, or no longer wanted
    UNSURE = "unsure"  # we died, or the line broke, before the far end's word: it may have it or not


@dataclass(frozen=True)
class Recipient:
    """Somebody outside. `token` opens what is theirs; links of the text carry it."""

    address: str
    token: str | None = None
    name: str = ""


class Mailing(SQLModel, table=True):
    """One text. NAME, TOKEN and HERE in it are put in for each recipient."""

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # queueing it twice queues nothing
    kind: str
    subject: str
    plain: str
    html: str
    data: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # what a webhook is told
    thread: str = ""  # mails of one thread lie together in a mailbox, and arrive in order
    leave: str = ""  # the path by which a recipient stops all this, TOKEN in it; empty: it is no list
    incident_id: int | None = Field(default=None, index=True)
    repeats: bool = False  # when in doubt it is sent once more: better twice than never
    created_at: datetime
    not_after: datetime  # later it is of no use to anybody


class Delivery(SQLModel, table=True):
    """One recipient of one mailing. The address is forgotten some time after it is over."""

    __table_args__ = (
        sa.UniqueConstraint("mailing_id", "recipient", name="delivery_mailing_recipient"),
        sa.Index(
            "ix_delivery_queued",
            *("way", "rank", "id"),
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        ),
        sa.Index(
            "ix_delivery_sending",
            "way",
            sqlite_where=sa.text("status = 'sending'"),
            postgresql_where=sa.text("status = 'sending'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    mailing_id: int = Field(foreign_key="mailing.id")
    way: str  # MAIL or WEBHOOK
    recipient: str = Field(index=True)  # the address as logs may know it
    address: str
    name: str = ""
    token: str = ""
    thread: str = ""
    rank: int = BULK
    status: str = State.QUEUED
    tries: int = 0
    next_at: datetime
    taken_by: str = ""  # the life of the process that sends it
    ended_at: datetime | None = None
    note: str = ""  # why it was not sent
