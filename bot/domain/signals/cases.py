"""Quiet cases: opened with their evidence and a drafted word, ended, dismissed, or made an incident."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import customers, incidents, people
from bot.domain.company import company_of
from bot.domain.customers import Customer, PrivateWord
from bot.domain.customers.wording import render
from bot.domain.incidents import Incident, Report
from bot.domain.people import Person
from bot.domain.signals.course import Course, Turn
from bot.domain.signals.drawing import said, spark
from bot.domain.signals.facts import (
    CaseAccepted,
    CaseDismissed,
    CaseEnded,
    CaseOpened,
    SignalCalmed,
    SignalShown,
)
from bot.domain.signals.model import Case, Series
from bot.domain.signals.rules import hour_of
from bot.domain.signals.store import course_of, keep
from bot.domain.signals.wording import sentence, what
from bot.lib.errors import Refused
from bot.lib.facts import line_up, record

HOLDING = -2  # no incident has this number, so its line is the one of those who decide on cases


class CaseOver(Refused):
    """This case is over. Nothing was changed."""


def open_case(session: Session, series: Series, course: Course, turn: Turn, *, now: datetime) -> Case | None:
    """None where the register does not know the customer: nobody could be asked."""
    customer = customers.of_key(session, series.customer)
    if customer is None or turn.normal is None:
        return None
    case = Case(
        series_id=series.id,
        customer_id=customer.id,
        signal=series.signal,
        unit=series.unit,
        service=series.service,
        kind=turn.kind,
        began_at=turn.at,
        opened_at=now,
        value=turn.value,
        usual=turn.normal.usual,
        limit=turn.normal.side(1 if turn.value >= turn.normal.usual else -1).limit,
        points=[list(point) for point in course.recent],
    )
    session.add(case)
    session.flush()
    series.case_id = case.id
    word = _draft(session, case, customer, now=now)
    told = {"owner": customer.owner_id, "word": word.id if word else None, "said": sentence(session, case)}
    record(session, CaseOpened(by=people.CLOSEOUT, **_about(session, case, customer), **told), at=now)
    return case


def _draft(session: Session, case: Case, customer: Customer, *, now: datetime) -> PrivateWord | None:
    """Where an incident that they know of hurts them already, they hear of that one."""
    if customers.live_for(session, customer) is not None:
        return None
    name = what(session, case)
    words = {
        "kind": case.kind,
        "what": name,
        "value": said(case.value, case.unit),
        "usual": said(case.usual, case.unit),
        "since": case.began_at,
    }
    word = PrivateWord(
        customer_id=customer.id,
        case_id=case.id,
        subject=f"A question about {name}",
        text=render(session, "signal", customer, words),
        drafted_by=people.CLOSEOUT,
        drafted_at=now,
    )
    return customers.add(session, word, customer, by=people.closeout(session), now=now)


def end_case(session: Session, series: Series, *, now: datetime, why: str = "") -> None:
    """It is like usual again. What nobody has asked the customer yet need not be asked any more."""
    case = session.get(Case, series.case_id) if series.case_id else None
    series.case_id = None
    if case is None or case.ended_at is not None:
        return
    case.ended_at, case.why = now, why
    session.add(case)
    session.flush()
    customer = customers.get(session, case.customer_id)
    _let_draft_go(session, case, people.closeout(session), now)
    about = _about(session, case, customer)
    record(session, CaseEnded(by=people.CLOSEOUT, **about), at=now)
    if case.incident_id is not None and not incidents.get(session, case.incident_id).is_over:
        record(session, SignalCalmed(incident_id=case.incident_id, by=people.CLOSEOUT, **about), at=now)


def dismiss(session: Session, case: Case, why: str, *, by: Person, now: datetime) -> None:
    """Somebody knows what it was, as a test of theirs. It is quiet until the series was like usual again."""
    _hold(session, case, by)
    reason = incidents.rules.text(why, "reason")
    _end(session, case, reason, by=by, now=now)
    customer = customers.get(session, case.customer_id)
    fact = CaseDismissed(by=by.id, why=reason, **_about(session, case, customer))
    record(session, fact, at=now)


def accept(session: Session, case: Case, *, by: Person, now: datetime) -> None:
    """This is how it is from now on: the series learns anew, from when the case began."""
    _hold(session, case, by)
    _end(session, case, "It is usual from now on", by=by, now=now)
    series = session.get_one(Series, case.series_id)
    course = course_of(series)
    course.accept(hour_of(case.began_at))
    series.case_id = None
    keep(session, series, course)
    customer = customers.get(session, case.customer_id)
    record(session, CaseAccepted(by=by.id, **_about(session, case, customer)), at=now)


def declare(
    session: Session, case: Case, *, by: Person, now: datetime, severity: str | None = None
) -> Incident:
    """It is an incident after all: declared with the evidence, and with the customer among those affected."""
    _hold(session, case, by)
    customer, shown = customers.get(session, case.customer_id), sentence(session, case)
    known = {service.key for service in company_of(session).services}
    report = Report(
        title=f"{customer.name}: {what(session, case)} is unusual",
        severity=severity,
        description=f"A signal of {customer.name}: {shown}.",
        services=(case.service,) if case.service in known else (),
        impact_started_at=case.began_at,
        detected_at=case.opened_at,
        source="signal",
    )
    incident = incidents.declare(session, report, by=by, now=now)
    case.incident_id = incident.id
    session.add(case)
    session.flush()
    customers.set_affected(session, incident, customer, True, by=by, now=now)
    customers.follow(session, case.id, incident)
    evidence = {"case": case.id, "name": customer.name, "said": shown, "chart": spark(case.points)}
    record(session, SignalShown(incident_id=incident.id, by=people.CLOSEOUT, **evidence), at=now)
    return incident


def _end(session: Session, case: Case, why: str, *, by: Person, now: datetime) -> None:
    case.ended_at, case.ended_by, case.why = now, by.id, why
    session.add(case)
    session.flush()
    _let_draft_go(session, case, by, now)


def _let_draft_go(session: Session, case: Case, by: Person, now: datetime) -> None:
    word = customers.of_case(session, case.id)
    if word is not None and word.is_open and word.incident_id is None:
        customers.discard(session, word, by=by, now=now)


def _hold(session: Session, case: Case, by: Person) -> None:
    """Of two who decide at the same moment, one does. It belongs to no incident: a guest decides on none."""
    customers.check_sees(by)
    people.require(by, "responder")
    line_up(session, HOLDING)
    session.refresh(case)
    if case.incident_id is not None:
        raise CaseOver(f"This case is INC-{case.incident_id} already. Nothing was changed.")
    if case.ended_at is not None:
        raise CaseOver(f"This case is over{f': {case.why}' if case.why else ''}. Nothing was changed.")


def _about(session: Session, case: Case, customer: Customer) -> dict[str, Any]:
    return {"case": case.id, "name": customer.name, "what": what(session, case)}
