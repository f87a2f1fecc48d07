"""What follows for components and waiting texts when an incident is over without a last word."""

from sqlmodel import Session

from bot.domain import components, incidents, people
from bot.domain.company import company_of
from bot.domain.components import ComponentState
from bot.domain.incidents import Incident
from bot.domain.incidents.facts import Cancelled, Closed, Merged
from bot.domain.updates import approving, queries
from bot.domain.updates.model import DraftState
from bot.lib.facts import moment, on


@on(Cancelled, Closed, Merged)
def let_components_go(session: Session, fact: Cancelled | Closed | Merged) -> None:
    """Nothing stays red for what is over; what was merged is red for the other one from now on."""
    incident = incidents.get(session, fact.incident_id)
    held = components.held(session, incident_id=incident.id)
    if isinstance(fact, Merged) and held:
        _hand_over(session, incidents.final(session, incident), held)
    ends = dict.fromkeys(held, ComponentState.OPERATIONAL.value)
    components.set_states(session, ends, at=moment(session), incident_id=incident.id)
    _drop_drafts(session, incident)


def _hand_over(session: Session, into: Incident, held: dict[str, ComponentState]) -> None:
    """Only where customers hear of the other one, which will tell them when it is over."""
    newest = queries.last(session, into)
    if newest is None or not newest.public or queries.told_resolved(session, into):
        return
    known = {one.key for one in components.known(company_of(session))}
    theirs = components.held(session, incident_id=into.id)
    worse = {
        key: components.worst([state, theirs.get(key, state)]).value
        for key, state in held.items()
        if key in known
    }
    components.set_states(session, worse, at=moment(session), incident_id=into.id)


def _drop_drafts(session: Session, incident: Incident) -> None:
    for row in approving.waiting(session, incident):
        row.state, row.decided_at = DraftState.DISCARDED.value, moment(session)
        row.decided_by = people.closeout(session).id
        session.add(row)
