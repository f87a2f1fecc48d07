"""How components do now, and how they did. What is private or practice is left out of every answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.domain.company import company_of
from bot.domain.components.model import ComponentChange, ComponentState
from bot.domain.components.rules import known, worst
from bot.domain.incidents import Incident, Status

Cause = tuple[int | None, int | None]


class Stretch(NamedTuple):
    """How a component did for a while: from `start` to before `end`."""

    start: datetime
    end: datetime
    state: ComponentState


def now(session: Session, at: datetime | None = None) -> dict[str, ComponentState]:
    """Component key -> the worst that a lasting cause puts it into; at a moment, or by the last word."""
    lasting: dict[str, list[str]] = {one.key: [] for one in known(company_of(session))}
    for change in _last_words(session, at):
        lasting.setdefault(change.component, []).append(change.state)
    return {key: worst(states) for key, states in lasting.items()}


def held(
    session: Session, *, incident_id: int | None = None, maintenance_id: int | None = None
) -> dict[str, ComponentState]:
    """What this one cause holds down at present, whoever may see it: component key -> state."""
    asked = select(ComponentChange).where(
        ComponentChange.incident_id == incident_id, ComponentChange.maintenance_id == maintenance_id
    )
    ordered = asked.order_by(col(ComponentChange.at), col(ComponentChange.id))
    states = {change.component: ComponentState(change.state) for change in session.exec(ordered)}
    return {key: state for key, state in states.items() if state is not ComponentState.OPERATIONAL}


def history(session: Session, since: datetime, until: datetime) -> dict[str, list[Stretch]]:
    """Component key -> its stretches without a gap, from `since` to `until`, the oldest first."""
    changes: dict[str, list[ComponentChange]] = {one.key: [] for one in known(company_of(session))}
    for change in [*_last_words(session, since), *_said_between(session, since, until)]:
        changes.setdefault(change.component, []).append(change)
    return {key: _stretches(said, since, until) for key, said in changes.items()}


def _stretches(changes: Iterable[ComponentChange], since: datetime, until: datetime) -> list[Stretch]:
    """Each cause has its say; the component is as bad as the worst of them."""
    causes: dict[Cause, str] = {}
    found: list[Stretch] = []
    start, state = since, ComponentState.OPERATIONAL
    for change in changes:
        causes[change.incident_id, change.maintenance_id] = change.state
        if (after := worst(causes.values())) is state:
            continue
        if change.at > start:
            found.append(Stretch(start, change.at, state))
        start, state = max(change.at, since), after
    return [*found, Stretch(start, until, state)] if until > start else found


def _said_between(session: Session, since: datetime, until: datetime) -> list[ComponentChange]:
    span = col(ComponentChange.at) > since, col(ComponentChange.at) < until
    asked = select(ComponentChange).where(*span, *_shown(session))
    return list(session.exec(asked.order_by(col(ComponentChange.at), col(ComponentChange.id))))


def _last_words(session: Session, at: datetime | None) -> list[ComponentChange]:
    """Of each component and cause the last word by then, where that is not that it is over."""
    named = ComponentChange.component, ComponentChange.incident_id, ComponentChange.maintenance_id
    cause = [col(one) for one in named]
    newest_first = col(ComponentChange.at).desc(), col(ComponentChange.id).desc()
    place = func.row_number().over(partition_by=cause, order_by=newest_first).label("place")
    asked = select(col(ComponentChange.id), place).where(*_shown(session))
    if at is not None:
        asked = asked.where(col(ComponentChange.at) <= at)
    ranked = asked.subquery()
    newest = sa.select(ranked.c.id).where(ranked.c.place == 1)
    lasting = col(ComponentChange.id).in_(newest), ComponentChange.state != ComponentState.OPERATIONAL
    return list(session.exec(select(ComponentChange).where(*lasting).order_by(col(ComponentChange.at))))


def _shown(session: Session) -> list[sa.ColumnElement[bool]]:
    """Not of what is private or a drill; of sample incidents in the practice workspace alone.

    Nor of what was cancelled, a false alarm, or merged: the incident that goes on says how it is.
    """
    undone = col(Incident.status).in_([Status.CANCELLED, Status.MERGED])
    hidden = col(Incident.private) | col(Incident.drill) | undone
    if not session.info.get("practice"):
        hidden = hidden | col(Incident.sample)
    inside = select(Incident.id).where(hidden)
    return [col(ComponentChange.incident_id).is_(None) | col(ComponentChange.incident_id).not_in(inside)]
