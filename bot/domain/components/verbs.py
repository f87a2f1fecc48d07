"""Saying how components do."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.domain.company import company_of
from bot.domain.components.model import ComponentChange, ComponentState
from bot.domain.components.queries import held
from bot.domain.components.rules import parse_states


def set_states(
    session: Session,
    states: Mapping[str, str],
    *,
    at: datetime,
    incident_id: int | None = None,
    maintenance_id: int | None = None,
    update_id: int | None = None,
) -> list[ComponentChange]:
    """From `at` on this cause puts the components, by key or name, into these states.

    What the cause holds already is not written again. Raises NoSuchComponent or NoSuchChoice. The caller
    has asked who may say so, and records the fact that says it.
    """
    holds = held(session, incident_id=incident_id, maintenance_id=maintenance_id)
    ended = {key: states[key] for key in states if key in holds}  # also of one that left closeout.toml
    other = {name: state for name, state in states.items() if name not in ended}
    meant = {key: ComponentState.parse(state) for key, state in ended.items()}
    meant |= parse_states(company_of(session), other)
    changes = [
        ComponentChange(
            component=key,
            state=state,
            at=at,
            incident_id=incident_id,
            maintenance_id=maintenance_id,
            update_id=update_id,
        )
        for key, state in meant.items()
        if state is not holds.get(key, ComponentState.OPERATIONAL)
    ]
    session.add_all(changes)
    session.flush()
    return changes
