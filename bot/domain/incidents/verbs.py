"""What can be done to an incident as a whole. Verbs write rows and facts; they never commit."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from bot.domain.company import company_of
from bot.domain.incidents import guards, rules
from bot.domain.incidents.facts import (
    Acknowledged,
    Cancelled,
    Closed,
    Declared,
    Merged,
    MergedHere,
    MilestoneSet,
    Reopened,
    ServicesChanged,
    SeverityChanged,
    StatusChanged,
    TitleChanged,
)
from bot.domain.incidents.gate import admit
from bot.domain.incidents.model import Affected, Incident, Member, Milestone, Status
from bot.domain.incidents.queries import hold, services_of
from bot.domain.incidents.seats import enter, seat
from bot.domain.people import Person
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.facts import record


@dataclass(frozen=True)
class Report:
    """All that may be said when an incident is declared; nothing of it is required."""

    title: str = ""
    severity: str | None = None
    description: str = ""
    services: tuple[str, ...] = field(default=())
    commander: Person | None = None
    private: bool = False
    drill: bool = False
    sample: bool = False
    source: str = "person"
    detected_at: datetime | None = None
    impact_started_at: datetime | None = None


def declare(session: Session, report: Report, *, by: Person, now: datetime) -> Incident:
    """Open an incident. The human who declares it commands it until someone says otherwise."""
    company = company_of(session)
    services = tuple(dict.fromkeys(company.service(name).key for name in report.services))
    detected = max(min(report.detected_at or now, now), rules.EARLIEST)  # clocks of others may be wrong
    incident = Incident(
        title=rules.title(report.title),
        description=clean(report.description).strip()[: rules.TEXT_MAX],
        severity=company.severity(report.severity).key if report.severity else None,
        private=report.private,
        drill=report.drill,
        sample=report.sample,
        source=report.source,
        declared_by=by.id,
        declared_at=now,
        detected_at=detected,
        impact_started_at=min(max(report.impact_started_at, rules.EARLIEST), detected)
        if report.impact_started_at
        else None,
    )
    session.add(incident)
    session.flush()
    session.add_all(Affected(incident_id=incident.id, service=key) for key in services)
    _tell(session, incident, services, report.commander or (None if by.is_system else by), by=by, now=now)
    return incident


def _tell(
    session: Session,
    incident: Incident,
    services: tuple[str, ...],
    commander: Person | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    for person in {one.id: one for one in (by, commander) if one and not one.is_system}.values():
        session.add(Member(incident_id=incident.id, person_id=person.id, since=now))
    if commander:
        seat(session, incident, rules.COMMANDER, commander, now=now)
    declared = Declared(
        incident_id=incident.id,
        by=by.id,
        title=incident.title,
        severity=incident.severity,
        private=incident.private,
        services=services,
        description=incident.description,
        commander=commander.id if commander else None,
        source=incident.source,
    )
    record(session, declared, at=now)


def set_severity(
    session: Session, incident: Incident, new: str, *, by: Person, now: datetime, why: str = ""
) -> bool:
    """Say how bad it is. False when it already was that bad."""
    hold(session, incident)
    rules.check_live(incident)
    meant = company_of(session).severity(new)
    if meant.key == incident.severity:
        return False
    old, incident.severity = incident.severity, meant.key
    session.add(incident)
    record(
        session, SeverityChanged(incident_id=incident.id, by=by.id, old=old, new=meant.key, why=why), at=now
    )
    return True


def set_status(
    session: Session, incident: Incident, new: Status, *, by: Person, now: datetime, note: str = ""
) -> bool:
    """Move the work on. Monitoring means mitigated. False when it already stood there."""
    hold(session, incident)
    old = Status(incident.status)
    if new is old:
        return False
    rules.check_move(old, new)
    _reach(incident, new, now)
    session.add(incident)
    fact = StatusChanged(incident_id=incident.id, by=by.id, old=old, new=new, note=note.strip())
    record(session, fact, at=now)
    return True


def _reach(incident: Incident, new: Status, now: datetime) -> None:
    """Set the milestones that this status implies; going back to work takes "mitigated" back."""
    incident.status = new
    if new in (Status.MONITORING, Status.RESOLVED) and incident.mitigated_at is None:
        incident.mitigated_at = rules.never_before(incident, Milestone.MITIGATED, now)
    if new is Status.RESOLVED:
        incident.resolved_at = rules.never_before(incident, Milestone.RESOLVED, now)
    if new in (Status.INVESTIGATING, Status.IDENTIFIED):
        incident.mitigated_at = None


def resolve(session: Session, incident: Incident, *, by: Person, now: datetime, note: str = "") -> bool:
    return set_status(session, incident, Status.RESOLVED, by=by, now=now, note=note)


def acknowledge(session: Session, incident: Incident, *, by: Person, now: datetime) -> bool:
    """Someone is on it. False when someone already was."""
    hold(session, incident)
    rules.check_live(incident)
    if incident.acknowledged_at is not None:
        return False
    incident.acknowledged_at = rules.never_before(incident, Milestone.ACKNOWLEDGED, now)
    session.add(incident)
    record(session, Acknowledged(incident_id=incident.id, by=by.id), at=now)
    if not by.is_system:
        enter(session, incident, by, by=by, now=now)
    return True


def reopen(session: Session, incident: Incident, reason: str, *, by: Person, now: datetime) -> None:
    """It was not over. The milestones of its end are taken back; the trace keeps them."""
    hold(session, incident)
    old = Status(incident.status)
    if old not in rules.REOPENS:
        raise rules.WrongOrder(
            f"{incident.ref} is {old}; only one that is resolved, closed or cancelled can be reopened."
        )
    said = rules.text(reason, "reason")
    incident.status = Status.INVESTIGATING
    incident.mitigated_at = incident.resolved_at = incident.closed_at = None
    session.add(incident)
    record(session, Reopened(incident_id=incident.id, by=by.id, old=old, reason=said), at=now)


def cancel(session: Session, incident: Incident, reason: str, *, by: Person, now: datetime) -> None:
    """It was none: a false alarm, a test. Nothing more is owed."""
    hold(session, incident)
    said = rules.text(reason, "reason")
    if not incident.is_live:
        raise rules.WrongOrder(f"{incident.ref} is {incident.status}; only a live incident can be cancelled.")
    incident.status = Status.CANCELLED
    incident.closed_at = rules.never_before(incident, Milestone.CLOSED, now)
    session.add(incident)
    record(session, Cancelled(incident_id=incident.id, by=by.id, reason=said), at=now)


def close(session: Session, incident: Incident, *, by: Person, now: datetime) -> bool:
    """The end, once every loop is closed; else refuses and names what is open."""
    hold(session, incident)
    if incident.status == Status.CLOSED:
        return False
    rules.check_live(incident)
    guards.check_closed(session, incident)
    incident.status = Status.CLOSED
    incident.closed_at = rules.never_before(incident, Milestone.CLOSED, now)
    session.add(incident)
    record(session, Closed(incident_id=incident.id, by=by.id), at=now)
    return True


def merge(session: Session, incident: Incident, into: Incident, *, by: Person, now: datetime) -> None:
    """This incident is the same as that one. Both references keep working."""
    for one in sorted((incident, into), key=lambda incident: incident.id):
        hold(session, one)
        admit(session, one, by)  # who takes part in one will take part in the other
    rules.check_live(incident)
    if incident.id == into.id:
        raise Refused("An incident cannot be merged into itself. Nothing was changed.")
    if into.is_over:
        raise rules.Ended(f"{into.ref} is {into.status}. Merge the other way round, or reopen it first.")
    if incident.private and not into.private:
        raise Refused("A private incident cannot be merged into a public one. Nothing was changed.")
    if (incident.drill, incident.sample) != (into.drill, into.sample):
        raise Refused("What is real and what is practice cannot be merged. Nothing was changed.")
    incident.status, incident.merged_into = Status.MERGED, into.id
    incident.closed_at = rules.never_before(incident, Milestone.CLOSED, now)
    session.add(incident)
    keys = dict.fromkeys((*services_of(session, into), *services_of(session, incident)))
    _set_services(session, into, tuple(keys), by, now)
    members = session.exec(select(Member).where(Member.incident_id == incident.id)).all()
    for member in members:
        _keep(session, into, member)
    hidden = into.private and not incident.private
    record(session, Merged(incident_id=incident.id, by=by.id, into=into.id, hidden=hidden), at=now)
    record(
        session, MergedHere(incident_id=into.id, by=by.id, source=incident.id, title=incident.title), at=now
    )


def _keep(session: Session, into: Incident, member: Member) -> None:
    if session.get(Member, (into.id, member.person_id)) is None:
        session.add(Member(incident_id=into.id, person_id=member.person_id, since=member.since))


def rename(session: Session, incident: Incident, title: str, *, by: Person, now: datetime) -> bool:
    hold(session, incident)
    rules.check_live(incident)
    new = rules.title(title)
    if new == incident.title:
        return False
    old, incident.title = incident.title, new
    session.add(incident)
    record(session, TitleChanged(incident_id=incident.id, by=by.id, old=old, new=new), at=now)
    return True


def set_services(
    session: Session, incident: Incident, services: tuple[str, ...], *, by: Person, now: datetime
) -> bool:
    """Say which services it touches; unknown ones are refused by name."""
    hold(session, incident)
    rules.check_live(incident)
    keys = tuple(dict.fromkeys(company_of(session).service(name).key for name in services))
    return _set_services(session, incident, keys, by, now)


def _set_services(
    session: Session, incident: Incident, keys: tuple[str, ...], by: Person, now: datetime
) -> bool:
    """Also those that have since left closeout.toml: an incident that has one can still be merged."""
    old = session.exec(select(Affected).where(Affected.incident_id == incident.id)).all()
    if {row.service for row in old} == set(keys):
        return False
    for row in old:
        if row.service not in keys:
            session.delete(row)
    known = {row.service for row in old}
    session.add_all(Affected(incident_id=incident.id, service=key) for key in keys if key not in known)
    session.flush()
    record(session, ServicesChanged(incident_id=incident.id, by=by.id, services=keys), at=now)
    return True


def set_milestone(
    session: Session,
    incident: Incident,
    milestone: Milestone,
    at: datetime,
    *,
    by: Person,
    now: datetime,
    why: str = "",
) -> bool:
    """Say when it really was. Never in the wrong order; the old value stays in the trace."""
    hold(session, incident)
    if incident.moment(milestone) == at:
        return False
    if incident.moment(milestone) is None and milestone in (Milestone.RESOLVED, Milestone.CLOSED):
        raise rules.WrongOrder(f"It is not {milestone} yet. Say so first: /incident {milestone.value[:-1]}")
    rules.check_order(incident, milestone, at, now)
    old = incident.moment(milestone)
    setattr(incident, milestone.column, at)
    session.add(incident)
    fact = MilestoneSet(incident_id=incident.id, by=by.id, milestone=milestone, old=old, new=at, why=why)
    record(session, fact, at=now)
    return True
