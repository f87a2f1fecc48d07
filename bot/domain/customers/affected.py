"""Who is affected by an incident: whoever uses what fails, and whoever somebody named."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.customers.facts import CustomerAffected, CustomerSpared
from bot.domain.customers.model import (
    AffectedCustomer,
    Customer,
    CustomerReport,
    How,
    PrivateWord,
    Use,
    WordState,
)
from bot.domain.incidents import LIVE, Affected, Incident
from bot.domain.people import Person
from bot.lib.db import is_postgres
from bot.lib.facts import record

COLUMNS = ("incident_id", "customer_id", "how", "since", "is_out")


def set_affected(
    session: Session, incident: Incident, customer: Customer, is_affected: bool, *, by: Person, now: datetime
) -> bool:
    """Somebody knows better than the list of services. False when it was so already."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    if not count_in(session, incident, customer, How.HAND, now=now, is_out=not is_affected):
        return False
    fact = CustomerAffected if is_affected else CustomerSpared
    record(session, fact(incident_id=incident.id, by=by.id, customer=customer.id, name=customer.name), at=now)
    return True


def count_in(
    session: Session, incident: Incident, customer: Customer, how: How, *, now: datetime, is_out: bool = False
) -> bool:
    """The row alone, without a word about it. False when it was so already."""
    row = session.get(AffectedCustomer, (incident.id, customer.id))
    if row is None:
        if is_out:
            return False
        row = AffectedCustomer(incident_id=incident.id, customer_id=customer.id, how=how, since=now)
    elif row.is_out == is_out:
        return False
    row.is_out, row.how = is_out, row.how if is_out else how
    session.add(row)
    session.flush()
    return True


def follow_services(
    session: Session,
    *,
    now: datetime,
    incident: Incident | None = None,
    customer: Customer | None = None,
) -> None:
    """Count in who uses what fails: of one incident, or in all that are live, perhaps of one customer.

    Who was counted in by a service that turned out to be well is taken out, unless we spoke with them.
    """
    found: Any = (
        sa.select(
            col(Affected.incident_id),
            col(Use.customer_id),
            sa.literal(How.SERVICES.value),
            sa.bindparam("now", now, type_=AffectedCustomer.__table__.c.since.type),  # type: ignore[attr-defined]
            sa.false(),
        )
        .join(Use, col(Use.service) == col(Affected.service))
        .join(Incident, col(Incident.id) == col(Affected.incident_id))
        .distinct()
    )
    if incident is not None:
        found = found.where(col(Affected.incident_id) == incident.id)
    else:
        found = found.where(col(Incident.status).in_(LIVE))
    if customer is not None:
        found = found.where(col(Use.customer_id) == customer.id)
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    session.execute(insert(AffectedCustomer).from_select(COLUMNS, found).on_conflict_do_nothing())
    if incident is not None:
        _let_go(session, incident)


def _let_go(session: Session, incident: Incident) -> None:
    fails = select(Affected.service).where(Affected.incident_id == incident.id)
    hurt = select(Use.customer_id).where(col(Use.service).in_(fails))
    spoken = select(PrivateWord.customer_id).where(
        PrivateWord.incident_id == incident.id, PrivateWord.state != WordState.DISCARDED
    )
    wrote = select(CustomerReport.customer_id).where(CustomerReport.incident_id == incident.id)
    well = [col(AffectedCustomer.customer_id).not_in(each) for each in (hurt, spoken, wrote)]
    mine = col(AffectedCustomer.incident_id) == incident.id, col(AffectedCustomer.how) == How.SERVICES
    session.execute(sa.delete(AffectedCustomer).where(*mine, col(AffectedCustomer.is_out).is_(False), *well))


def take_over(session: Session, incident: Incident, others: Iterable[Incident]) -> None:
    """Whoever is affected by what was merged into this one is affected by this one."""
    ids = [one.id for one in others]
    found: Any = (
        sa.select(
            sa.literal(incident.id),
            col(AffectedCustomer.customer_id),
            sa.literal(How.HAND.value),
            sa.func.min(AffectedCustomer.since),
            sa.false(),
        )
        .where(col(AffectedCustomer.incident_id).in_(ids), col(AffectedCustomer.is_out).is_(False))
        .group_by(col(AffectedCustomer.customer_id))
    )
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    session.execute(insert(AffectedCustomer).from_select(COLUMNS, found).on_conflict_do_nothing())
