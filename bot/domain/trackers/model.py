"""Which issue of which tracker stands for an action item, and what both last agreed on."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class TrackerLink(SQLModel, table=True):
    """One item in one tracker; `agreed` is what both sides had when they last met, so no echo answers."""

    __tablename__ = "tracker_link"
    __table_args__ = (sa.UniqueConstraint("tracker", "remote_id"),)

    item_id: int = Field(primary_key=True, foreign_key="action_item.id")
    tracker: str = Field(primary_key=True)  # github | jira
    remote_id: str
    name: str  # as people say it: acme/shop#12, OPS-12
    url: str
    agreed: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    agreed_at: datetime
    failed_at: datetime | None = None
    failure: str = ""
