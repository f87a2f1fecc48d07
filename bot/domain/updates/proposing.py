"""What the next update could say: the phase's wording, the timeline's deeds, the components' states."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.updates import queries
from bot.domain.updates.model import Phase
from bot.domain.updates.prepared import Prepared, prepared


@dataclass(frozen=True)
class Proposal:
    """A person reads it, changes it, and tells it. The same rows propose the same words."""

    phase: Phase
    message: str
    components: dict[str, str]  # key -> state
    next_in: str
    wordings: list[Prepared]


def proposal(session: Session, incident: Incident, phase: str | None = None) -> Proposal:
    """For a phase; without one, for that which the incident's status suggests."""
    meant = Phase.parse(phase) if phase else _phase(incident)
    severity = company_of(session).severity_or_assumed(incident.severity)
    every = severity.update_every or ""
    so_far = " ".join(update.message for update in queries.of(session, incident))
    wordings = prepared(session, incident, meant, every, told_so_far=so_far)
    return Proposal(
        phase=meant,
        message=wordings[0].text if wordings else "",
        components=queries.proposed_states(session, incident, meant),
        next_in="" if meant is Phase.RESOLVED else every,
        wordings=wordings,
    )


def _phase(incident: Incident) -> Phase:
    return Phase(incident.status) if incident.status in list(Phase) else Phase.RESOLVED
