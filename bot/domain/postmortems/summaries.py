"""What customers are told of an incident once it is understood: never the postmortem itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from bot.domain import incidents
from bot.domain.incidents import Incident, Status
from bot.domain.incidents.facts import tail
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.facts import Fact, record


class CustomerSummary(SQLModel, table=True):
    """One for each incident; published by a manager, in words of its own."""

    __tablename__ = "customer_summary"

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    text: str
    by: int = Field(foreign_key="person.id")
    at: datetime


class SummaryPublished(Fact):
    """Customers can read what happened. It takes a manager to say so."""

    needs = "manager"
    text: str

    def __str__(self) -> str:
        return f"published a summary for customers{tail(self.text)}"


class SummaryWithdrawn(Fact):
    needs = "manager"

    def __str__(self) -> str:
        return "took the summary for customers back"


class NotForCustomers(Refused):
    """Customers never hear of this incident, so there is nothing to sum up. Nothing was published."""


class StillGoingOn(Refused):
    """Resolve the incident first: customers read updates until then. Nothing was published."""


def summarise(session: Session, incident: Incident, text: str, *, by: Person, now: datetime) -> bool:
    """Publish it on the status page, with the incident's updates; no words take it back.

    False when it was so already.
    """
    incidents.admit(session, incident, by, SummaryPublished.needs)
    incidents.hold(session, incident)
    there = session.get(CustomerSummary, incident.id)
    if not text.strip():
        return _withdraw(session, incident, there, by, now)
    _check(incident)
    said = incidents.rules.text(text, "summary")
    if there is not None and there.text == said:
        return False
    kept = there or CustomerSummary(incident_id=incident.id, text=said, by=by.id, at=now)
    kept.text, kept.by, kept.at = said, by.id, now
    session.add(kept)
    record(session, SummaryPublished(incident_id=incident.id, by=by.id, text=said), at=now)
    return True


def _check(incident: Incident) -> None:
    if incident.private or incident.drill:
        raise NotForCustomers
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        raise StillGoingOn


def _withdraw(
    session: Session, incident: Incident, there: CustomerSummary | None, by: Person, now: datetime
) -> bool:
    if there is None:
        return False
    session.delete(there)
    session.flush()
    record(session, SummaryWithdrawn(incident_id=incident.id, by=by.id), at=now)
    return True


def summary(session: Session, incident: Incident) -> CustomerSummary | None:
    return session.get(CustomerSummary, incident.id)


def summaries(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Incident -> what was published of it. Whether the incident is public, the caller knows."""
    asked = select(CustomerSummary).where(col(CustomerSummary.incident_id).in_(list(ids)))
    return {each.incident_id: each.text for each in session.exec(asked)}
