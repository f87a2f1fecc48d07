"""What was promised and what became of it, in a stretch of time: read once for all digests of an hour."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.domain import incidents, postmortems
from bot.domain.actions import STILL_DUE, ActionItem, ActionMoved, ItemStatus
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.reminding import rules
from bot.lib.facts import Event
from bot.lib.words import plural

GIVEN_UP = (ItemStatus.DECLINED, ItemStatus.DUPLICATE)
ANSWERED = (*STILL_DUE, ItemStatus.DONE, ItemStatus.VERIFIED)


@dataclass(frozen=True)
class Promise:
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


@dataclass(frozen=True)
class Missing:
    """A postmortem that is owed."""

    incident_id: int
    title: str
    owner_id: int | None
    team: str | None
    due: date
    private: bool
    sample: bool


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
    kept: int  # of these: done by their day
    came_before: int
    kept_before: int
    late: list[Promise]  # the oldest first
    due_next: list[Promise]
    verified: list[Promise]
    moved: int
    missing: list[Missing]
    ages: list[tuple[str, int]]
    today: date

    @property
    def is_quiet(self) -> bool:
        return not (self.came or self.late or self.due_next or self.verified or self.missing)

    @property
    def oldest(self) -> int:
        """Days by which the oldest is late; 0 where none is."""
        first = self.late[0].due if self.late else None
        return (self.today - first).days if first else 0


@dataclass
class Ledger:
    """All rows that digests of one moment are made of."""

    promises: list[Promise]
    missing: list[Missing]
    moves: dict[int, list[datetime]] = field(default_factory=dict)

    def of_owner(self, ids: set[int]) -> "Ledger":
        return Ledger(
            [one for one in self.promises if one.owner_id in ids],
            [one for one in self.missing if one.owner_id in ids],
            self.moves,
        )

    def of_team(self, key: str) -> "Ledger":
        """What a channel may read."""
        return Ledger(
            [one for one in self.promises if one.team == key and not one.private],
            [one for one in self.missing if one.team == key and not one.private],
            self.moves,
        )

    def of_all(self) -> "Ledger":
        shown = [one for one in self.promises if not one.private]
        return Ledger(shown, [one for one in self.missing if not one.private], self.moves)


def summarize(ledger: Ledger, told: Stretch, today: date) -> Summary:
    """Pure: from rows to numbers."""
    came, kept = _kept(ledger.promises, told.since, told.until)
    before = _kept(ledger.promises, told.before, told.since)
    open_ = [one for one in ledger.promises if one.status in STILL_DUE]
    late = sorted((one for one in open_ if one.due and one.due < today), key=_due)
    ahead = [one for one in open_ if one.due and today <= one.due < today + timedelta(days=7)]
    ids = {one.id for one in ledger.promises}
    return Summary(
        came=came,
        kept=kept,
        came_before=before[0],
        kept_before=before[1],
        late=late,
        due_next=sorted(ahead, key=_due),
        verified=[one for one in ledger.promises if _is_in(one.verified, told.since, today)],
        moved=sum(_is_in(at.date(), told.since, today) for id in ids for at in ledger.moves.get(id, ())),
        missing=sorted(ledger.missing, key=lambda one: one.due),
        ages=rules.by_age((today - one.made).days for one in open_),
        today=today,
    )


def _kept(promises: Iterable[Promise], since: date, until: date) -> tuple[int, int]:
    """How many fell due, and how many of them were done by their day."""
    came = [one for one in promises if _is_in(one.due, since, until) and one.status in ANSWERED]
    kept = [one for one in came if one.done and one.due and one.done <= one.due]
    return len(came), len(kept)


def _is_in(day: date | None, since: date, until: date) -> bool:
    return day is not None and since <= day < until


def _due(one: Promise) -> tuple[date, int]:
    return one.due or date.max, one.id


def headline(name: str, found: Summary, period: str) -> str:
    """The first line is the answer."""
    now, before = ("this week", "last week") if period == "week" else ("last month", "the month before")
    trend = f" ({before} {found.kept_before} of {found.came_before})" if found.came_before else ""
    kept = f"{found.kept} of {plural(found.came, 'promise')} kept {now}{trend}"
    kept = kept if found.came else f"nothing came due {now}{trend}"
    late = f"{len(found.late)} late, oldest {plural(found.oldest, 'day')}" if found.late else "Nothing late"
    return f"{name}: {kept}. {late}."


# ---- reading


def read(session: Session, told: Stretch) -> Ledger:
    """In three queries, however many owners there are. Drills are no promises of the company."""
    begin = datetime.combine(told.before, time(), UTC)
    twice = session.exec(select(Person).where(col(Person.same_as).is_not(None)))
    alias = {one.id: one.same_as for one in twice if one.same_as}
    return Ledger(
        _promises(session, told, begin, alias), _missing(session, alias), _moves(session, told.since)
    )


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
    return Promise(
        id=row.id,
        title=row.title,
        incident_id=row.incident_id,
        owner_id=alias.get(row.owner_id, row.owner_id),
        team=row.team,
        due=row.due,
        status=row.status,
        made=row.created_at.date(),
        done=row.done_at.date() if row.done_at else None,
        verified=row.verified_at.date() if row.verified_at else None,
        private=row.private,
        sample=row.sample,
    )


def _missing(session: Session, alias: dict[int, int]) -> list[Missing]:
    teams = {one.key: one.team for one in company_of(session).services}
    found = []
    for incident, draft in postmortems.unpublished(session):
        if incident.drill or draft.due_at is None:
            continue
        keys = incidents.services_of(session, incident)
        team = next((teams[key] for key in keys if teams.get(key)), None)
        owner = alias.get(draft.owner_id, draft.owner_id) if draft.owner_id else None
        found.append(
            Missing(
                incident.id, incident.title, owner, team, draft.due_at.date(), incident.private,
                incident.sample,
            )
        )  # fmt: skip
    return found


def _moves(session: Session, since: date) -> dict[int, list[datetime]]:
    begin = datetime.combine(since, time(), UTC)
    asked = select(Event).where(Event.kind == ActionMoved.__name__, col(Event.at) >= begin)
    found: dict[int, list[datetime]] = {}
    for event in session.exec(asked):
        found.setdefault(int(event.data["item"]), []).append(event.at)
    return found
