"""What waits for a yes: approving it, changing it, discarding it."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import NotAllowed, Person
from bot.domain.updates import seats
from bot.domain.updates.facts import UpdateDiscarded
from bot.domain.updates.model import DraftState, Update, UpdateDraft
from bot.domain.updates.verbs import draft as keep
from bot.domain.updates.verbs import say
from bot.domain.updates.wording import Wording, check
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.facts import record


class NoSuchDraft(Refused):
    """No such text waits in this incident. Nothing was published."""


class Decided(Refused):
    """That was decided already. Nothing was changed."""


class NotYours(NotAllowed):
    """Somebody else must approve that. Nothing was published."""


def find(session: Session, incident: Incident, id: int) -> UpdateDraft:
    """The draft of this number; raises NoSuchDraft."""
    found = db.row(session, UpdateDraft, id)
    if found is None or found.incident_id != incident.id:
        raise NoSuchDraft
    return found


def drafts(session: Session, incident: Incident) -> list[UpdateDraft]:
    """All that ever waited, the oldest first."""
    asked = select(UpdateDraft).where(UpdateDraft.incident_id == incident.id)
    return list(session.exec(asked.order_by(col(UpdateDraft.id))))


def waiting(session: Session, incident: Incident | None = None) -> list[UpdateDraft]:
    """What waits for a yes, in this incident or in any."""
    asked = select(UpdateDraft).where(UpdateDraft.state == DraftState.WAITING)
    if incident is not None:
        asked = asked.where(UpdateDraft.incident_id == incident.id)
    return list(session.exec(asked.order_by(col(UpdateDraft.id))))


def approve(session: Session, incident: Incident, id: int, *, by: Person, now: datetime) -> Update:
    """Say yes: it is told at once, and promises from now on."""
    row = _open(session, incident, id, by)
    _check_may(session, incident, row, by)
    author = people.get(session, row.by)
    told = say(session, incident, Wording.of(row), author=author, by=by, now=now, approved_by=by)
    _decide(session, row, DraftState.PUBLISHED, by, now)
    row.update_id = told.id
    session.add(row)
    return told


def change(
    session: Session, incident: Incident, id: int, wording: Wording, *, by: Person, now: datetime
) -> Update | UpdateDraft:
    """Other words. From one who may say yes they are told: two have seen them. Else they wait anew."""
    row = _open(session, incident, id, by)
    if row.by != by.id and seats.may_approve(session, incident, row.by, by):
        told = say(session, incident, wording, author=by, by=by, now=now, approved_by=by)
        _decide(session, row, DraftState.REPLACED, by, now)
        row.update_id = told.id
        session.add(row)
        return told
    said = check(session, incident, wording, by=by, now=now)
    _decide(session, row, DraftState.REPLACED, by, now)
    return keep(session, incident, wording, said, by=by, now=now, instead_of=row.id)


def discard(
    session: Session, incident: Incident, id: int, why: str = "", *, by: Person, now: datetime
) -> None:
    """Say no. Its author may as well."""
    row = _open(session, incident, id, by)
    if row.by != by.id:
        _check_may(session, incident, row, by)
    _decide(session, row, DraftState.DISCARDED, by, now)
    reason = why.strip() and incidents.rules.text(why, "reason")
    record(session, UpdateDiscarded(incident_id=incident.id, by=by.id, draft=row.id, why=reason), at=now)


def _open(session: Session, incident: Incident, id: int, by: Person) -> UpdateDraft:
    """What waits. Who may not see the incident hears neither who wrote it nor whom to ask."""
    incidents.admit(session, incident, by)
    incidents.hold(session, incident)
    row = find(session, incident, id)
    session.refresh(row)  # somebody else may have tapped first
    if not row.is_waiting:
        who = people.get(session, row.decided_by).name if row.decided_by else "somebody"
        raise Decided(f"{who} was quicker: it is {row.state} already. Nothing was changed.")
    return row


def _check_may(session: Session, incident: Incident, row: UpdateDraft, by: Person) -> None:
    if seats.may_approve(session, incident, row.by, by):
        return
    others = [id for id in seats.holders(session, incident) if id not in (row.by, by.id)]
    whom = " or ".join(people.get(session, id).name for id in others)
    ask = f"Ask {whom}." if whom else "Ask a manager, or let somebody take comms: /incident join comms."
    said = (
        "You wrote it yourself"
        if row.by == by.id
        else f"You have neither comms nor command of {incident.ref}"
    )
    raise NotYours(f"{said}. {ask} Nothing was published.")


def _decide(session: Session, row: UpdateDraft, state: DraftState, by: Person, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state.value, by.id, now
    session.add(row)
    session.flush()
