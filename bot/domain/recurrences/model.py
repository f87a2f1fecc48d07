"""What contributed to an incident, and which earlier incident it repeats."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Factor(SQLModel, table=True):
    """One thing that contributed, by a word that incidents share: deploy, certificate, capacity."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    key: str = Field(primary_key=True, index=True)
    by: int = Field(foreign_key="person.id")
    at: datetime


class Recurrence(SQLModel, table=True):
    """A new incident shares service and factor with an earlier one."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    earlier_id: int = Field(primary_key=True, foreign_key="incident.id", index=True)
    service: str
    factor: str
    at: datetime


class Recurred(SQLModel, table=True):
    """An action item that was overdue when what it should have prevented happened again."""

    item_id: int = Field(primary_key=True, foreign_key="action_item.id")
    incident_id: int = Field(primary_key=True, foreign_key="incident.id", index=True)
    days_late: int
