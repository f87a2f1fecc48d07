"""What was promised and what became of it, in a stretch of time: read once for all digests of an hour."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.domain import postmortems
from bot.domain.actions import STILL_DUE, ActionItem, ActionMoved, ItemStatus
from bot.domain.company import company_of
from bot.domain.incidents import LIVE, Affected, Incident, Member
from bot.domain.people import Person
from bot.domain.postmortems import Postmortem, PostmortemStatus
from bot.domain.reminding import rules
from bot.lib.facts import Event
from bot.lib.words import plural

ANSWERED = (*STILL_DUE, ItemStatus.DONE, ItemStatus.VERIFIED)


class Promise(NamedTuple):
    """One action item, as far as a digest needs it."""

    id: int
    title: str
    incident_id: int
    owner_id: int | None
    team: str | None
    due: date | None
    status: str
    made: date
    done: date | None
    verified: date | None
    private: bool
    sample: bool


class Missing(NamedTuple):
    """A postmortem that is owed."""

    incident_id: int
    title: str
    owner_id: int | None
    team: str | None
    due: date
    private: bool
    sample: bool


class Move(NamedTuple):
    """A date that was changed."""

    on: date
    old: date | None
    new: date


@dataclass(frozen=True)
class Stretch:
    """From its first day to the day on which it is told, which is no part of it."""

    since: date
    until: date
    before: date  # where the stretch began to which it is compared

    @classmethod
    def week(cls, until: date) -> "Stretch":
        return cls(until - timedelta(days=7), until, until - timedelta(days=14))

    @classmethod
    def month(cls, until: date) -> "Stretch":
        """The calendar month before the one in which it is told."""
        first = until.replace(day=1)
        since = (first - timedelta(days=1)).replace(day=1)
        return cls(since, first, (since - timedelta(days=1)).replace(day=1))


@dataclass(frozen=True)
class Summary:
    """What became of somebody's promises, and what it was in the stretch before."""

    came: int  # fell due
    kept: list[Promise]  # of these: done by their day
    came_before: int
    kept_before: int
    late: list[Promise]  # the oldest first
    due_next: list[Promise]
    verified: list[Promise]
    moved: list[tuple[Promise, Move]]
    missing: list[Missing]
    ages: list[tuple[str, int]]
    today: date

    @property
    def is_quiet(self) -> bool:
        said = (self.came, self.late, self.due_next, self.verified, self.moved, self.missing)
        return not any(said)

    @property
    def oldest(self) -> int:
        """Days by which the oldest is late; 0 where none is."""
        first = self.late[0].due if self.late else None
        return (self.today - first).days if first else 0


@dataclass
class Ledger:
    """All rows that digests of one moment are made of."""

    promises: list[Promise] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    moves: dict[int, list[Move]] = field(default_factory=dict)

    def by_owner(self, members: dict[int, set[int]]) -> dict[int | None, "Ledger"]:
        """Each owner's rows; of a private incident only while they take part in it."""
        found: dict[int | None, Ledger] = {}
        for one in self.promises:
            if _may_read(one, members):
                found.setdefault(one.owner_id, Ledger(moves=self.moves)).promises.append(one)
        for draft in self.missing:
            if _may_read(draft, members):
                found.setdefault(draft.owner_id, Ledger(moves=self.moves)).missing.append(draft)
        return found

    def by_team(self) -> dict[str | None, "Ledger"]:
        """Each team's rows, without what is private."""
        found: dict[str | None, Ledger] = {}
        whole = self.of_all()
        for one in whole.promises:
            found.setdefault(one.team, Ledger(moves=self.moves)).promises.append(one)
        for draft in whole.missing:
            found.setdefault(draft.team, Ledger(moves=self.moves)).missing.append(draft)
        return found

    def of_all(self) -> "Ledger":
        """What everyone may read."""
        shown = [one for one in self.promises if not one.private]
        return Ledger(shown, [one for one in self.missing if not one.private], self.moves)


def _may_read(one: Promise | Missing, members: dict[int, set[int]]) -> bool:
    return not one.private or one.owner_id in members.get(one.incident_id, ())


def summarize(ledger: Ledger, told: Stretch, today: date) -> Summary:
    """Pure: from rows to numbers."""
    came, kept = _kept(ledger.promises, told.since, told.until)
    before = _kept(ledger.promises, told.before, told.since)
    open_ = [one for one in ledger.promises if one.status in STILL_DUE]
    late = sorted((one for one in open_ if one.due and one.due < today), key=_due)
    ahead = [one for one in open_ if one.due and today <= one.due < today + timedelta(days=7)]
    return Summary(
        came=came,
        kept=kept,
        came_before=before[0],
        kept_before=len(before[1]),
        late=late,
        due_next=sorted(ahead, key=_due),
        verified=[one for one in ledger.promises if _is_in(one.verified, told.since, told.until)],
        moved=_moved(ledger, told),
        missing=sorted(ledger.missing, key=lambda one: one.due),
        ages=rules.by_age((today - one.made).days for one in open_),
        today=today,
    )


def _moved(ledger: Ledger, told: Stretch) -> list[tuple[Promise, Move]]:
    """Each once, with the day it had before and the one it has now."""
    found = []
    for one in ledger.promises:
        moves = [move for move in ledger.moves.get(one.id, ()) if _is_in(move.on, told.since, told.until)]
        if moves:
            found.append((one, Move(moves[-1].on, moves[0].old, moves[-1].new)))
    return found


def _kept(promises: Iterable[Promise], since: date, until: date) -> tuple[int, list[Promise]]:
    """How many fell due, and those of them that were done by their day."""
    came = [one for one in promises if _is_in(one.due, since, until) and one.status in ANSWERED]
    return len(came), [one for one in came if one.done and one.due and one.done <= one.due]


def _is_in(day: date | None, since: date, until: date) -> bool:
    return day is not None and since <= day < until


def _due(one: Promise) -> tuple[date, int]:
    return one.due or date.max, one.id


def headline(name: str, found: Summary, period: str) -> str:
    """The first line is the answer."""
    now, before = ("this week", "last week") if period == "week" else ("last month", "the month before")
    trend = f" ({before} {found.kept_before} of {found.came_before})" if found.came_before else ""
    kept = f"{len(found.kept)} of {plural(found.came, 'promise')} kept {now}{trend}"
    kept = kept if found.came else f"nothing came due {now}{trend}"
    late = f"{len(found.late)} late, oldest {plural(found.oldest, 'day')}" if found.late else "Nothing late"
    return f"{name}: {kept}. {late}."


# ---- reading


def read(session: Session, told: Stretch) -> Ledger:
    """In three queries, however many owners there are. Drills are no promises of the company."""
    begin = datetime.combine(told.before, time(), UTC)
    twice = session.exec(select(Person).where(col(Person.same_as).is_not(None)))
    alias = {one.id: one.same_as for one in twice if one.same_as}
    return Ledger(_promises(session, told, begin, alias), _missing(session, alias), _moves(session, told))


def happened(session: Session, told: Stretch) -> tuple[int, int]:
    """How many incidents were declared, and how many are live; without what is private or practice."""
    since, until = (datetime.combine(day, time(), UTC) for day in (told.since, told.until))
    counted = select(func.count()).select_from(Incident)
    shown = counted.where(col(Incident.private).is_(False), col(Incident.drill).is_(False))
    declared = shown.where(col(Incident.declared_at) >= since, col(Incident.declared_at) < until)
    return session.exec(declared).one(), session.exec(shown.where(col(Incident.status).in_(LIVE))).one()


def members(session: Session) -> dict[int, set[int]]:
    """Who takes part in each private incident, under the id they count by."""
    who = func.coalesce(Person.same_as, Person.id)
    asked = select(Member.incident_id, who).join(Person, col(Person.id) == col(Member.person_id))
    private = asked.join(Incident, col(Incident.id) == col(Member.incident_id)).where(col(Incident.private))
    found: dict[int, set[int]] = {}
    for incident_id, person in session.exec(private):
        found.setdefault(incident_id, set()).add(person)
    return found


def _promises(session: Session, told: Stretch, begin: datetime, alias: dict[int, int]) -> list[Promise]:
    it = ActionItem
    columns: tuple[Any, ...] = (it.id, it.title, it.incident_id, it.owner_id, it.team, it.due, it.status)
    more: tuple[Any, ...] = (it.created_at, it.done_at, it.verified_at, Incident.private, Incident.sample)
    asked = sa.select(*columns, *more).join(Incident, col(Incident.id) == col(it.incident_id))
    wanted = or_(
        col(it.status).in_(STILL_DUE), col(it.due) >= told.before, col(it.verified_at) >= begin
    )  # what is long over is not read
    rows = session.execute(asked.where(col(Incident.drill).is_(False), wanted).order_by(col(it.id)))
    return [_promise(row, alias) for row in rows]


def _promise(row: Any, alias: dict[int, int]) -> Promise:
    id, title, incident, owner, team, due, status, made, done, verified, private, sample = row
    return Promise(
        id, title, incident, alias.get(owner, owner), team, due, status, made.date(),
        done.date() if done else None, verified.date() if verified else None, private, sample,
    )  # fmt: skip


def _missing(session: Session, alias: dict[int, int]) -> list[Missing]:
    teams = _teams(session)
    return [
        Missing(
            incident.id, incident.title, alias.get(draft.owner_id or 0, draft.owner_id),
            teams.get(incident.id), draft.due_at.date(), incident.private, incident.sample,
        )
        for incident, draft in postmortems.unpublished(session)
        if draft.due_at is not None and not incident.drill
    ]  # fmt: skip


def _teams(session: Session) -> dict[int, str]:
    """Incident -> the team whose service failed, where its postmortem is not published."""
    teams = {one.key: one.team for one in company_of(session).services if one.team}
    owed = select(Postmortem.incident_id).where(Postmortem.status != PostmortemStatus.PUBLISHED)
    asked = select(Affected).where(col(Affected.incident_id).in_(owed)).order_by(col(Affected.service))
    found: dict[int, str] = {}
    for row in session.exec(asked):
        if team := teams.get(row.service):
            found.setdefault(row.incident_id, team)
    return found


def _moves(session: Session, told: Stretch) -> dict[int, list[Move]]:
    """Each change of a date in that time, by item; read as plain columns, for there may be thousands."""
    since, until = (datetime.combine(day, time(), UTC) for day in (told.since, told.until))
    asked = sa.select(col(Event.at), col(Event.data)).where(
        col(Event.kind) == ActionMoved.__name__, col(Event.at) >= since, col(Event.at) < until
    )
    found: dict[int, list[Move]] = {}
    for at, data in session.execute(asked.order_by(col(Event.id))):
        old = date.fromisoformat(data["old"]) if data.get("old") else None
        move = Move(at.date(), old, date.fromisoformat(data["new"]))
        found.setdefault(int(data["item"]), []).append(move)
    return found
