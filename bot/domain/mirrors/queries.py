"""What another page should say, read from what customers were told."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.domain import components, incidents, updates
from bot.domain.company import company_of
from bot.domain.components import ComponentState
from bot.domain.mirrors.model import Mirror
from bot.domain.updates import Audience, Update
from bot.lib import db


@dataclass(frozen=True)
class Words:
    """One update, as customers may read it anywhere."""

    incident_id: int
    update_id: int
    title: str
    phase: str
    body: str
    states: dict[str, str]  # component's name -> its state, for all that this incident ever named
    is_announced: bool  # whoever subscribed is told as well


def words_of(session: Session, update_id: int) -> Words | None:
    """None for what stays inside: of a private or sample incident, of a drill, or for colleagues."""
    update = db.row(session, Update, update_id)
    if update is None or not update.public:
        return None
    incident = incidents.get(session, update.incident_id)
    if incident.sample or not updates.rules.is_public(incident):
        return None
    return Words(
        incident_id=incident.id,
        update_id=update.id,
        title=update.headline or "Trouble",
        phase=update.phase,
        body=_body(update),
        states=_states(session, update),
        is_announced=update.audience == Audience.EVERYONE,
    )


def at(session: Session, incident_id: int, page: str) -> Mirror | None:
    return session.get(Mirror, (incident_id, page))


def _body(update: Update) -> str:
    said = f"Correction: {update.message}" if update.correction_of else update.message
    if update.next_update_by is None:
        return said
    return f"{said}\n\nNext update by {update.next_update_by:%H:%M} UTC on {update.next_update_by:%Y-%m-%d}."


def _states(session: Session, update: Update) -> dict[str, str]:
    """What an earlier update named, and this one does not, works again."""
    incident = incidents.get(session, update.incident_id)
    told = [one for one in updates.of(session, incident) if one.id <= update.id]
    named = dict.fromkeys((key for one in told for key in one.components), ComponentState.OPERATIONAL.value)
    company = company_of(session)
    return {components.name_of(company, key): state for key, state in {**named, **update.components}.items()}
