"""The states of a component, and since when which cause puts it into one."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.lib.choices import one_of


class ComponentState(StrEnum):
    """In the words of Statuspage, so that whoever reads its API reads ours."""

    OPERATIONAL = "operational"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"

    @classmethod
    def parse(cls, text: str) -> "ComponentState":
        """`partial outage` and `partial-outage` are meant alike. Raises NoSuchChoice."""
        word = "_".join(text.lower().replace("-", " ").replace("_", " ").split())
        return one_of("state of a component", word or text, {state.value: state for state in cls})

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


# What is planned is milder than any trouble that nobody planned.
WORST_LAST = (
    ComponentState.OPERATIONAL,
    ComponentState.UNDER_MAINTENANCE,
    ComponentState.DEGRADED_PERFORMANCE,
    ComponentState.PARTIAL_OUTAGE,
    ComponentState.MAJOR_OUTAGE,
)


class ComponentChange(SQLModel, table=True):
    """From `at` on, this cause puts the component into this state; `operational` ends it. Never changed.

    The cause is the incident or the maintenance; where neither is named, somebody said so by hand.
    """

    __tablename__ = "component_change"
    __table_args__ = (sa.Index("ix_component_change_cause", "component", "incident_id", "maintenance_id"),)

    id: int = Field(default=None, primary_key=True)
    component: str
    state: str
    at: datetime = Field(index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    maintenance_id: int | None = Field(default=None, index=True)
    update_id: int | None = None  # the update that said so
