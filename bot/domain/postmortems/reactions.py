"""When an incident is resolved, its postmortem begins."""

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Status
from bot.domain.incidents.facts import StatusChanged
from bot.domain.postmortems import rules, verbs
from bot.domain.postmortems.queries import of
from bot.lib.facts import moment, on


@on(StatusChanged, name="postmortem")
def open_when_resolved(session: Session, fact: StatusChanged) -> None:
    """Where one is owed; resolved a second time, the same one goes on."""
    incident = incidents.get(session, fact.incident_id)
    if fact.new is not Status.RESOLVED or incident.resolved_at is None:
        return
    if there := of(session, incident):
        verbs.renew(session, incident, there)
    elif rules.owed(company_of(session), incident):
        verbs.open_draft(session, incident, by=people.closeout(session), now=moment(session))
