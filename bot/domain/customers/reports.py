"""A customer told us. When they did is half of what the measure is made of."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.customers.affected import count_in
from bot.domain.customers.facts import CustomerReported, QuietReported
from bot.domain.customers.model import Customer, CustomerReport, How
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.cleaning import clean
from bot.lib.facts import record

WORDS_MAX = 1000


def reported(
    session: Session,
    incident: Incident | None,
    customer: Customer,
    *,
    at: datetime,
    by: Person,
    now: datetime,
    words: str = "",
    case_id: int | None = None,
) -> CustomerReport:
    """They called, wrote or filled in a form at `at`. It counts them among those affected.

    `words` stand on the timeline: whoever brings personal data leaves them out. Raises BadTime.
    """
    incidents.rules.check_moment("What a customer told us", at, now)
    if incident is not None:
        incidents.hold(session, incident)
        count_in(session, incident, customer, How.REPORT, now=now)
    said = clean(words).strip()[:WORDS_MAX]
    row = CustomerReport(
        customer_id=customer.id,
        incident_id=incident.id if incident else None,
        case_id=case_id,
        at=at,
        words=said,
        by=by.id,
        noted_at=now,
    )
    session.add(row)
    session.flush()
    told: dict[str, Any] = {"by": by.id, "customer": customer.id, "name": customer.name, "at": at}
    if incident is None:
        record(session, QuietReported(words=said, **told), at=now)
    else:
        record(session, CustomerReported(incident_id=incident.id, words=said, **told), at=now)
    return row
