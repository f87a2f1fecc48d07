"""Where an incident stands on a page that is not ours."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Mirror(SQLModel, table=True):
    """One incident on one other page."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    page: str = Field(primary_key=True)  # which other page, by the name of its integration
    far_id: str  # what it is called there
    url: str = ""
    at: datetime
