"""The chain of seals. Whoever alters, drops or slips in an event afterwards breaks it for all to see.

It does not keep somebody who owns the database from making a whole new chain. Against that, note the head
from time to time in another place: `verify` is told what the head was, and says whether the chain runs
through it.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.incidents import Incident
from bot.domain.trail.model import Seal
from bot.lib.errors import Refused
from bot.lib.facts import Event, line_up

START = "0" * 64
SETTLE = timedelta(seconds=5)  # a number that was drawn is committed by then, also a smaller one beside it
LATE = timedelta(minutes=10)  # clocks of replicas and long transactions differ by less
LOOK_BACK = 10_000  # events that may be under way beside one that is sealed
BATCH = 2_000
NOTED = re.compile(r"^\s*(\d{1,15}):([0-9a-fA-F]{64})\s*$")
TRAIL = 0  # no incident has this number, so its line is the trail's


class NotThatChain(Refused):
    """The trail does not run through that head. Compare it with another note; one of the two was altered."""


class BadHead(Refused):
    """That is no head. Write it as it was printed: number:hash, as in 42:9f86d0 with all 64 letters."""


@dataclass(frozen=True)
class Head:
    """The newest seal: what is worth noting elsewhere."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """What `closeout audit head` printed. Raises BadHead."""
        if not (found := NOTED.match(text)):
            raise BadHead
        return cls(int(found[1]), found[2].lower())


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold, and why."""

    number: int
    event_id: int
    said: str


def seal(session: Session, now: datetime, batch: int = BATCH) -> int:
    """Bind what has happened since, oldest first; one process at a time. Answers how many were sealed."""
    line_up(session, TRAIL)
    last = head(session)
    since = session.exec(select(func.max(Seal.event_id))).one() or 0
    # Not from the beginning: each look would read the whole trail.
    recent = _unsealed(now - SETTLE).where(col(Event.id) > since - LOOK_BACK)
    found = session.exec(recent.order_by(col(Event.id)).limit(batch)).all()
    for number, event in enumerate(found, last.number + 1):
        last = Head(number, _bind(last.hash, event))
        session.add(Seal(number=number, event_id=event.id, hash=last.hash))
    session.flush()
    return len(found)


def _unsealed(until: datetime) -> SelectOfScalar[Event]:
    """Events without a seal. What was made up as sample data proves nothing, and may be cleared."""
    asked = select(Event).outerjoin(Seal, col(Seal.event_id) == col(Event.id))
    samples = select(Incident.id).where(col(Incident.sample))
    asked = asked.where(col(Event.incident_id).not_in(samples), col(Event.at) <= until)
    return asked.where(col(Seal.number).is_(None))


def head(session: Session) -> Head:
    """The newest seal; number 0 before the first."""
    newest = session.exec(select(Seal).order_by(col(Seal.number).desc()).limit(1)).first()
    return Head(newest.number, newest.hash) if newest else Head(0, START)


def _bind(before: str, event: Event) -> str:
    said = [
        event.id,
        event.at.astimezone(UTC).isoformat(),
        event.kind,
        event.incident_id,
        event.by,
        event.data,
    ]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def verify(session: Session, noted: Head | None = None) -> Break | None:
    """Walk the whole chain; answers the first entry that does not hold, or None. Raises NotThatChain."""
    before, was_there = START, noted is None or noted.number == 0
    latest: datetime | None = None
    for place, (one, event) in enumerate(_walk(session), 1):
        if broken := _check(one, event, place, before):
            return broken
        if event and latest and event.at < latest - LATE and not _is_echo(session, event):
            return Break(place, one.event_id, "it was slipped in after its time")
        before, latest = one.hash, max(event.at, latest or event.at) if event else latest
        was_there = was_there or (noted is not None and (one.number, one.hash) == (noted.number, noted.hash))
    if not was_there:
        raise NotThatChain
    return _left_out(session)


def _left_out(session: Session) -> Break | None:
    """An event that is older than what is sealed, and was passed over: it came later, by another way."""
    newest = session.exec(select(func.max(Seal.event_id))).one() or 0
    asked = _unsealed(datetime.max.replace(tzinfo=UTC)).where(col(Event.id) <= newest - LOOK_BACK)
    if found := session.exec(asked.order_by(col(Event.id)).limit(1)).first():
        return Break(0, found.id, "it was slipped in, and never sealed")
    return None


def _is_echo(session: Session, event: Event) -> bool:
    """What follows from a fact tells that fact's time, also when Closeout was away for hours in between."""
    same = select(Event.id).where(Event.at == event.at, col(Event.id) < event.id)
    return session.exec(same.limit(1)).first() is not None


def _check(one: Seal, event: Event | None, place: int, before: str) -> Break | None:
    if one.number != place:
        return Break(place, one.event_id, f"seal {place} is missing")
    if event is None:
        return Break(place, one.event_id, "its event was taken away")
    if _bind(before, event) != one.hash:
        return Break(place, one.event_id, "it does not say what it said when it was sealed")
    return None


def _walk(session: Session) -> Iterator[tuple[Seal, Event | None]]:
    """All seals with their events, a page at a time, so that memory stays flat."""
    last = 0
    while True:
        asked = select(Seal, Event).outerjoin(Event, col(Event.id) == col(Seal.event_id))
        page = session.exec(
            asked.where(col(Seal.number) > last).order_by(col(Seal.number)).limit(BATCH)
        ).all()
        yield from page
        if len(page) < BATCH:
            return
        last = page[-1][0].number
        session.expunge_all()
