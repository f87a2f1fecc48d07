"""An incident that customers saw is not over before they know that it is."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Loop
from bot.domain.updates import queries, rules


@incidents.before_closing
def customers_told(session: Session, incident: Incident) -> Loop | None:
    """Owed where the policy promises customers a word, and where they were told anything."""
    if not rules.is_public(incident):
        return None
    severity = company_of(session).severity_or_assumed(incident.severity)
    if severity.first_update is None and queries.last(session, incident) is None:
        return None
    done = queries.told_resolved(session, incident)
    return Loop(
        "customers told", done, "Tell them that it is over: /incident update, phase resolved", rank=10
    )
