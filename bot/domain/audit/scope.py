"""What an audit looks at: a period and filters, read from words that make a link, and the condition of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import incidents, people
from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus, Kind, Priority
from bot.domain.audit.dates import Dates
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person, rows_of
from bot.lib.choices import one_of
from bot.lib.errors import Refused

NONE = "none"  # a team, owner or severity that nobody has said
ANY = "any"  # an owner, whoever it is
PERIODS: dict[str, int | None] = {"month": 30, "quarter": 91, "year": 364, "all": None}  # days back
BREAKDOWNS = ("team", "owner", "severity", "kind", "priority", "month")
STATES = (
    "promised", "due", "open", "late", "done", "on_time", "first_kept", "done_late", "to_verify",
    "verified", "blocked", "moved", "reopened", "declined", "duplicate",
)  # fmt: skip


class BadPeriod(Refused):
    """A period is from one day to a later one, each written like 2026-03-31."""


@dataclass(frozen=True)
class Scope:
    """Which items are counted: those promised between two days, both counted in, that pass the filters."""

    period: str = "quarter"
    since: date | None = None
    until: date | None = None
    team: str | None = None
    owner: Person | None = None
    is_owned: bool | None = None  # by anybody at all
    severity: str | None = None
    kind: str | None = None
    priority: str | None = None
    state: str | None = None
    incident: Incident | None = None
    by: str = "team"
    samples: bool = False
    words: dict[str, str] = field(default_factory=dict)  # the filters as a link says them


def read(session: Session, said: Mapping[str, str], *, as_: Person, today: date) -> Scope:
    """The scope that words like period=year and team=payments mean. Raises Refused with the right ones."""
    words = {key: said[key].strip() for key in FILTERS if said.get(key, "").strip()}
    since, until = _period(words, today)
    owner = words.get("owner", "")
    is_owned = {NONE: False, ANY: True}.get(owner.lower())
    return Scope(
        period=one_of("period", words.get("period", "quarter"), {each: each for each in PERIODS}),
        since=since,
        until=until,
        team=_team(session, words),
        owner=_owner(session, owner, as_) if owner and is_owned is None else None,
        is_owned=is_owned,
        severity=_severity(session, words),
        kind=Kind.parse(words["kind"]) if "kind" in words else None,
        priority=Priority.parse(words["priority"]) if "priority" in words else None,
        state=one_of("state", words["state"], {each: each for each in STATES}) if "state" in words else None,
        incident=incidents.find(session, words["incident"], as_=as_) if "incident" in words else None,
        by=one_of("breakdown", words.get("by", "team"), {each: each for each in BREAKDOWNS}),
        samples=bool(session.info.get("practice")) or words.get("samples") == "with",
        words=words,
    )


FILTERS = (
    "period", "from", "to", "team", "owner", "severity", "kind", "priority", "state", "incident",
    "by", "samples",
)  # fmt: skip


def _period(words: Mapping[str, str], today: date) -> tuple[date | None, date | None]:
    """Named days rule over a named period."""
    if "from" in words or "to" in words:
        since, until = _day(words.get("from")), _day(words.get("to"))
        if since and until and until < since:
            raise BadPeriod(f"The period ends on {until}, before it begins on {since}. Change one of them.")
        return since, until
    days = one_of("period", words.get("period", "quarter"), PERIODS)
    return (today - timedelta(days=days - 1) if days else None), None


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPeriod(f"{text!r} is no day. Write one like 2026-03-31.") from None


def _team(session: Session, words: Mapping[str, str]) -> str | None:
    if "team" not in words:
        return None
    keys = [team.key for team in company_of(session).teams]
    return one_of("team", words["team"], {key: key for key in [*keys, NONE]})


def _severity(session: Session, words: Mapping[str, str]) -> str | None:
    if "severity" not in words:
        return None
    keys = [each.key for each in company_of(session).severities]
    return one_of("severity", words["severity"], {key: key for key in [*keys, NONE]})


def _owner(session: Session, text: str, as_: Person) -> Person:
    """Also someone who has left: what they promised is still to be found."""
    found = as_ if text.lower() == "me" else people.find(session, text)
    return people.get(session, found.id) if found else people.meant(session, text)


Condition = sa.ColumnElement[bool]
Asked = TypeVar("Asked", bound=sa.Select[Any])


def quickly(asked: Asked, scope: Scope) -> Asked:
    """SQLite is told to count along the index that holds all that is counted; it would guess worse.

    The few items of one owner or one incident are found by an index of their own.
    """
    if scope.owner or scope.is_owned is False or scope.incident:
        return asked
    return asked.with_hint(ActionItem, "INDEXED BY ix_action_item_audit", "sqlite")


def condition(session: Session, scope: Scope, *, as_: Person, today: date) -> Condition:
    """Of an action item: it is in scope, and the person may know of it. Drills are never in it."""
    return sa.and_(_may_know(scope, as_), *_when(scope), *_filters(scope), *_state(session, scope, today))


def _may_know(scope: Scope, as_: Person) -> Condition:
    """Those that are hidden are few, so they are what is looked up."""
    hidden = sa.or_(col(Incident.drill), sa.not_(incidents.seen_by(as_)))
    if not scope.samples:
        hidden = sa.or_(hidden, col(Incident.sample))
    return col(ActionItem.incident_id).not_in(select(Incident.id).where(hidden))


def _when(scope: Scope) -> list[Any]:
    created = col(ActionItem.created_at)
    since = [created >= _midnight(scope.since)] if scope.since else []
    return since + ([created < _midnight(scope.until + timedelta(days=1))] if scope.until else [])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _filters(scope: Scope) -> list[Any]:
    found: list[Any] = []
    if scope.team:
        team = col(ActionItem.team)
        found.append(team.is_(None) if scope.team == NONE else team == scope.team)
    if scope.owner:
        found.append(col(ActionItem.owner_id).in_(rows_of(scope.owner)))
    if scope.is_owned is not None:
        owner = col(ActionItem.owner_id)
        found.append(owner.is_not(None) if scope.is_owned else owner.is_(None))
    if scope.severity:
        key = col(Incident.severity)
        fits = key.is_(None) if scope.severity == NONE else key == scope.severity
        found.append(col(ActionItem.incident_id).in_(select(Incident.id).where(fits)))
    if scope.kind:
        found.append(col(ActionItem.kind) == scope.kind)
    if scope.priority:
        found.append(col(ActionItem.priority) == scope.priority)
    if scope.incident:
        found.append(col(ActionItem.incident_id) == scope.incident.id)
    return found


def _state(session: Session, scope: Scope, today: date) -> list[Any]:
    return [states(Dates(session), today)[scope.state]] if scope.state else []


def states(dates: Dates, today: date) -> dict[str, Condition]:
    """What each word for a state means of an item."""
    status, due = col(ActionItem.status), col(ActionItem.due)
    done_on, due_on = dates.of(ActionItem.done_at), dates.plain(due)
    first_on = dates.plain(sa.func.coalesce(ActionItem.first_due, due))
    finished = status.in_((ItemStatus.DONE, ItemStatus.VERIFIED))
    still = status.in_(STILL_DUE)
    return {
        "promised": sa.or_(still, finished),
        "due": still,
        "open": sa.and_(still, sa.or_(due.is_(None), due >= today)),
        "late": sa.and_(still, due < today),
        "done": finished,
        "on_time": sa.and_(finished, done_on <= due_on),
        "first_kept": sa.and_(finished, done_on <= first_on),
        "done_late": sa.and_(finished, done_on > due_on),
        "to_verify": status == ItemStatus.DONE,
        "verified": status == ItemStatus.VERIFIED,
        "blocked": status == ItemStatus.BLOCKED,
        "moved": col(ActionItem.moved) > 0,
        "reopened": col(ActionItem.reopened) > 0,
        "declined": status == ItemStatus.DECLINED,
        "duplicate": status == ItemStatus.DUPLICATE,
    }
