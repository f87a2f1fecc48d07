"""When service and factor are known, earlier incidents with the same are found, and said once."""

from datetime import datetime

from sqlmodel import Session

from bot.domain import actions, incidents, people
from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.incidents.facts import ServicesChanged
from bot.domain.people import Person
from bot.domain.recurrences import queries, rules
from bot.domain.recurrences.facts import (
    ActionRecurred,
    EarlierIncident,
    EarlierItem,
    FactorNamed,
    RecurrenceSeen,
)
from bot.domain.recurrences.model import Recurred, Recurrence
from bot.domain.recurrences.queries import Earlier
from bot.lib.facts import moment, on, record
from bot.lib.words import plural

NAMED, KEPT = 3, 20  # in one message, and in the rows


@on(FactorNamed, ServicesChanged, name="find_recurrences")
def find_recurrences(session: Session, fact: FactorNamed | ServicesChanged) -> None:
    """A drill repeats what it likes, and what was cancelled or merged is none."""
    incident = incidents.get(session, fact.incident_id)
    if incident.drill or incident.status in queries.NOT_COUNTED:
        return
    incidents.hold(session, incident)
    found, now = queries.alike(session, incident, KEPT), moment(session)
    if not found:
        return
    by = people.closeout(session)
    for one in found:
        row = Recurrence(
            incident_id=incident.id,
            earlier_id=one.incident.id,
            service=one.service,
            factor=one.factor,
            at=now,
        )
        session.add(row)
    session.flush()
    told = tuple(_told(session, one, now) for one in found[:NAMED])
    seen = RecurrenceSeen(incident_id=incident.id, by=by.id, earlier=told, more=max(0, len(found) - NAMED))
    record(session, seen, at=now)
    for one in found:
        _mark(session, incident, one, by, now)


def _told(session: Session, one: Earlier, now: datetime) -> EarlierIncident:
    names = {service.key: service.name for service in company_of(session).services}
    return EarlierIncident(
        ref=one.incident.ref,
        title=one.incident.title,
        on=one.incident.declared_at.date(),
        service=names.get(one.service, one.service),
        factor=one.factor,
        items=tuple(_state(item, now) for item in actions.of(session, one.incident)),
    )


def _state(item: ActionItem, now: datetime) -> EarlierItem:
    """Where it stands, and how far behind its day it is."""
    state = ItemStatus(item.status).words
    if item.due is not None and item.is_late(now.date()):
        state += f", {plural((now.date() - item.due).days, 'day')} late"
    elif item.due is not None and item.status in STILL_DUE:
        state += f", due {item.due}"
    return EarlierItem(ref=item.ref, title=item.title, state=state)


def _mark(session: Session, incident: Incident, one: Earlier, by: Person, now: datetime) -> None:
    """What was late on the day on which it happened again, and would have prevented it."""
    on = incident.declared_at.date()
    for item in actions.of(session, one.incident):
        if item.due is None or not rules.would_have_prevented(item, on):
            continue
        if session.get(Recurred, (item.id, incident.id)):
            continue
        late = (on - item.due).days
        session.add(Recurred(item_id=item.id, incident_id=incident.id, days_late=late))
        fact = ActionRecurred(
            incident_id=item.incident_id,
            by=by.id,
            item=item.id,
            title=item.title,
            again=None if incident.private else incident.id,
            days_late=late,
        )
        record(session, fact, at=now)
