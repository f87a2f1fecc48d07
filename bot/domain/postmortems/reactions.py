"""When an incident is resolved, its postmortem begins; a corrected end moves the day on which it is due."""

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents.facts import MilestoneSet, SeverityChanged, StatusChanged
from bot.domain.postmortems import rules, verbs
from bot.domain.postmortems.queries import of
from bot.lib.facts import moment, on


@on(StatusChanged, SeverityChanged, MilestoneSet, name="open_postmortem")
def open_postmortem(session: Session, fact: StatusChanged | SeverityChanged | MilestoneSet) -> None:
    """Where one is owed, also if that is known only later; resolved a second time, the same one goes on."""
    incident = incidents.get(session, fact.incident_id)
    if incident.is_over or incident.resolved_at is None:
        return
    if there := of(session, incident):
        verbs.renew(session, incident, there)
    elif rules.owed(company_of(session), incident):
        verbs.open_draft(session, incident, by=people.closeout(session), now=moment(session))
