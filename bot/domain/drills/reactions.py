"""A drill is over when its incident is."""

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.drills import queries, verbs
from bot.domain.drills.facts import DrillEnded
from bot.domain.drills.model import Ending
from bot.domain.incidents import LIVE
from bot.domain.incidents.facts import Cancelled, Merged, StatusChanged
from bot.lib.facts import moment, on


@on(StatusChanged, Cancelled, Merged, name="end_drill")
def end_drill(session: Session, fact: StatusChanged | Cancelled | Merged) -> None:
    """Resolved, cancelled or merged: the report follows. Reopened, the drill stays over."""
    if isinstance(fact, StatusChanged) and fact.new in LIVE:
        return
    incident = incidents.get(session, fact.incident_id)
    if incident.drill and (drill := queries.of(session, incident)):
        ending = Ending.RESOLVED if isinstance(fact, StatusChanged) else Ending.STOPPED
        who = people.get(session, fact.by)
        by = who if people.may(who, DrillEnded.needs) else people.closeout(session)  # may have left since
        verbs.end(session, drill, ending, by=by, now=moment(session))
