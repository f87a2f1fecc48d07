"""Promising: an item is written down, given to someone, dated. What becomes of it is in steps.py."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.actions import policies, rules
from bot.domain.actions.facts import (
    ActionAssigned,
    ActionChanged,
    ActionCreated,
    ActionFact,
    ActionMoved,
    ActionSnoozed,
)
from bot.domain.actions.model import STILL_DUE, ActionItem, ItemStatus, Kind, Priority
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.choices import one_of
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
    outcome: str = "",
    team: str | None = None,
) -> ActionItem:
    """Write down what will be done. Without a date and a team, policy and service say them."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    item = ActionItem(
        incident_id=incident.id,
        title=rules.title(title),
        outcome=rules.outcome(outcome),
        owner_id=owner.id if owner else None,
        team=team_key(session, team) if team else _team_of(session, incident),
        kind=Kind.parse(kind),
        priority=Priority.parse(priority),
        created_by=by.id,
        created_at=now,
        permalink=permalink,
    )
    _promise(session, incident, item, due, now)
    session.add(item)
    session.flush()
    told = ("due", "kind", "priority", "team", "assign_by", "outcome")
    wanted = {"owner": item.owner_id} | {name: getattr(item, name) for name in told}
    tell(session, ActionCreated, item, by, now, **wanted)
    _let_see(session, incident, owner, by, now)
    return item


def _promise(session: Session, incident: Incident, item: ActionItem, due: date | None, now: datetime) -> None:
    """The day that was named, else the policy's; what was promised first is kept for ever."""
    by_policy = policies.dates(
        company_of(session), severity=incident.severity, team=item.team, priority=item.priority, now=now
    )
    item.assign_by = by_policy.assign_by
    item.due = rules.check_due(due, _today(session, now)) if due else by_policy.due
    item.first_due = item.due


def _today(session: Session, now: datetime) -> date:
    company = company_of(session)
    return company.day(company.workspace.timezone, now)


def team_key(session: Session, text: str) -> str:
    """The team that was meant; an unknown one is refused with the right ones."""
    teams = {team.key: team.key for team in company_of(session).teams}
    return one_of("team", text, teams | {team.name: team.key for team in company_of(session).teams})


def _team_of(session: Session, incident: Incident) -> str | None:
    """Whoever runs the service that failed, unless somebody says otherwise."""
    keys = incidents.services_of(session, incident)
    found = (service.team for service in company_of(session).services if service.key in keys)
    return next((team for team in found if team), None)


def _let_see(session: Session, incident: Incident, owner: Person | None, by: Person, now: datetime) -> None:
    """Who owns something of a private incident must be able to see it."""
    if owner is not None and incident.private:
        incidents.enter(session, incident, owner, by=by, now=now)


def assign(session: Session, item: ActionItem, owner: Person | None, *, by: Person, now: datetime) -> bool:
    """Give it to someone. False when it was theirs already."""
    hold(session, item)
    was, new = item.owner_id, owner.id if owner else None
    if was == new:
        return False
    rules.check_status(item, (*STILL_DUE, ItemStatus.DONE), "given to someone else")
    item.owner_id = new
    tell(session, ActionAssigned, item, by, now, was=was, owner=new)
    _let_see(session, incidents.get(session, item.incident_id), owner, by, now)
    return True


def move(session: Session, item: ActionItem, due: date, *, by: Person, now: datetime, why: str = "") -> bool:
    """Change the day by which it is due. Every move is counted, and a later day needs a reason."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "moved")
    if item.due == due:
        return False
    reason, old = rules.check_move(item, due, why), item.due
    item.due = rules.check_due(due, _today(session, now))
    if old is None:
        item.first_due = item.due
    else:
        item.moved += 1
    tell(session, ActionMoved, item, by, now, old=old, new=due, why=reason)
    return True


@dataclass(frozen=True)
class Wording:
    """What may be changed about an item's words; None leaves it as it is."""

    title: str | None = None
    outcome: str | None = None
    team: str | None = None  # empty: no team
    kind: str | None = None
    priority: str | None = None


def describe(session: Session, item: ActionItem, new: Wording, *, by: Person, now: datetime) -> bool:
    """Say better what it is. False when it said that already."""
    hold(session, item)
    rules.check_status(item, (*STILL_DUE, ItemStatus.DONE), "described anew")
    wanted = _read(session, new)
    changed = {field: value for field, value in wanted.items() if getattr(item, field) != value}
    for field, value in changed.items():
        old = getattr(item, field) or ""
        setattr(item, field, value)
        tell(session, ActionChanged, item, by, now, field=field, old=str(old), new=str(value or ""))
    return bool(changed)


def _read(session: Session, new: Wording) -> dict[str, str | None]:
    """Each word as it will stand; one that makes no sense refuses them all."""
    said: dict[str, str | None] = {}
    if new.title is not None:
        said["title"] = rules.title(new.title)
    if new.outcome is not None:
        said["outcome"] = rules.outcome(new.outcome)
    if new.team is not None:
        said["team"] = team_key(session, new.team) if new.team else None
    if new.kind is not None:
        said["kind"] = Kind.parse(new.kind)
    if new.priority is not None:
        said["priority"] = Priority.parse(new.priority)
    return said


def snooze(
    session: Session, item: ActionItem, until: date, reason: str, *, by: Person, now: datetime
) -> None:
    """Let its reminders rest for some days; the promise stands, and snoozes are counted."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "put off")
    rules.check_snooze(item, until, _today(session, now))
    said = rules.words(reason, "reason")
    item.snoozed_until, item.snoozed = until, item.snoozed + 1
    tell(session, ActionSnoozed, item, by, now, until=until, reason=said)


def hold(session: Session, item: ActionItem) -> None:
    """Wait in the incident's line, and read what others wrote meanwhile."""
    line_up(session, item.incident_id)
    session.refresh(item)


def tell(
    session: Session, what: type[ActionFact], item: ActionItem, by: Person, now: datetime, **more: Any
) -> None:
    """Keep the row, and say what became true of it."""
    session.add(item)
    session.flush()
    fact = what(incident_id=item.incident_id, by=by.id, item=item.id, title=item.title, **more)
    record(session, fact, at=now)
