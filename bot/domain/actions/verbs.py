"""What can be done to an action item."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.actions import rules
from bot.domain.actions.facts import (
    ActionAssigned,
    ActionCreated,
    ActionDeclined,
    ActionDone,
    ActionFact,
    ActionMoved,
    ActionReopened,
    ActionStarted,
    ActionVerified,
)
from bot.domain.actions.model import STILL_DUE, ActionItem, ItemStatus, Kind, Priority
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.facts import line_up, record


def create(
    session: Session,
    incident: Incident,
    title: str,
    *,
    by: Person,
    now: datetime,
    owner: Person | None = None,
    due: date | None = None,
    kind: str = Kind.MITIGATE,
    priority: str = Priority.MEDIUM,
    permalink: str = "",
) -> ActionItem:
    """Write down what will be done. Without a date the severity's policy sets it."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    today = now.astimezone(ZoneInfo(company_of(session).workspace.timezone)).date()
    item = ActionItem(
        incident_id=incident.id,
        title=rules.title(title),
        owner_id=owner.id if owner else None,
        due=rules.check_due(due, today) if due else _by_policy(session, incident, now),
        kind=Kind.parse(kind),
        priority=Priority.parse(priority),
        created_by=by.id,
        created_at=now,
        permalink=permalink,
    )
    session.add(item)
    session.flush()
    wanted = {"owner": item.owner_id, "due": item.due, "kind": item.kind, "priority": item.priority}
    _tell(session, ActionCreated, item, by, now, **wanted)
    _let_see(session, incident, owner, by, now)
    return item


def _let_see(session: Session, incident: Incident, owner: Person | None, by: Person, now: datetime) -> None:
    """Who owns something of a private incident must be able to see it."""
    if owner is not None and incident.private:
        incidents.enter(session, incident, owner, by=by, now=now)


def _by_policy(session: Session, incident: Incident, now: datetime) -> date | None:
    company = company_of(session)
    return rules.due_by_policy(
        company.severity_or_assumed(incident.severity), now, company.workspace.timezone
    )


def assign(session: Session, item: ActionItem, owner: Person | None, *, by: Person, now: datetime) -> bool:
    """Give it to someone. False when it was theirs already."""
    _hold(session, item)
    was, new = item.owner_id, owner.id if owner else None
    if was == new:
        return False
    rules.check_status(item, (*STILL_DUE, ItemStatus.DONE), "given to someone else")
    item.owner_id = new
    _tell(session, ActionAssigned, item, by, now, was=was, owner=new)
    _let_see(session, incidents.get(session, item.incident_id), owner, by, now)
    return True


def move(session: Session, item: ActionItem, due: date, *, by: Person, now: datetime, why: str = "") -> bool:
    """Change the day by which it is due."""
    _hold(session, item)
    rules.check_status(item, STILL_DUE, "moved")
    if item.due == due:
        return False
    old, item.due = item.due, rules.check_due(due, now.date())
    _tell(session, ActionMoved, item, by, now, old=old, new=due, why=why)
    return True


def start(session: Session, item: ActionItem, *, by: Person, now: datetime) -> bool:
    """Someone works on it; an item without an owner is theirs from now on."""
    _hold(session, item)
    if item.status == ItemStatus.IN_PROGRESS:
        return False
    rules.check_status(item, (ItemStatus.OPEN,), "begun")
    item.status = ItemStatus.IN_PROGRESS
    _tell(session, ActionStarted, item, by, now)
    if item.owner_id is None and not by.is_system:
        assign(session, item, by, by=by, now=now)
    return True


def done(session: Session, item: ActionItem, evidence: str, *, by: Person, now: datetime) -> None:
    """It is finished, and here is how one can see it. Someone else has yet to verify it."""
    _hold(session, item)
    rules.check_status(item, STILL_DUE, "finished")
    item.evidence = rules.words(evidence, "evidence")
    item.status, item.done_at, item.done_by = ItemStatus.DONE, now, by.id
    _tell(session, ActionDone, item, by, now, evidence=item.evidence)


def verify(session: Session, item: ActionItem, *, by: Person, now: datetime) -> None:
    """Someone other than the owner has seen that it works."""
    _hold(session, item)
    rules.check_status(item, (ItemStatus.DONE,), "verified; it must be done first")
    rules.check_verifier(item, by)
    item.status, item.verified_at, item.verified_by = ItemStatus.VERIFIED, now, by.id
    _tell(session, ActionVerified, item, by, now)


def reopen(session: Session, item: ActionItem, reason: str, *, by: Person, now: datetime) -> None:
    """It does not hold, or was declined too early."""
    _hold(session, item)
    rules.check_status(item, (ItemStatus.DONE, ItemStatus.VERIFIED, ItemStatus.DECLINED), "reopened")
    said = rules.words(reason, "reason")
    item.status = ItemStatus.OPEN
    item.done_at = item.verified_at = item.declined_at = None
    item.done_by = item.verified_by = item.approver_id = None
    _tell(session, ActionReopened, item, by, now, reason=said)


def decline(
    session: Session, item: ActionItem, reason: str, *, approver: Person, by: Person, now: datetime
) -> None:
    """It will not be done; someone else agrees."""
    _hold(session, item)
    rules.check_status(item, STILL_DUE, "declined")
    rules.check_approver(item, approver, by)
    item.decline_reason = rules.words(reason, "reason")
    item.status, item.declined_at, item.approver_id = ItemStatus.DECLINED, now, approver.id
    _tell(session, ActionDeclined, item, by, now, reason=item.decline_reason, approver=approver.id)


def _hold(session: Session, item: ActionItem) -> None:
    line_up(session, item.incident_id)
    session.refresh(item)


def _tell(
    session: Session, what: type[ActionFact], item: ActionItem, by: Person, now: datetime, **more: Any
) -> None:
    session.add(item)
    session.flush()
    fact = what(incident_id=item.incident_id, by=by.id, item=item.id, title=item.title, **more)
    record(session, fact, at=now)
