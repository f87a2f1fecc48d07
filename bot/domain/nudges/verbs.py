"""Sending what a rule finds due, each key once, on however many replicas."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from bot.domain.nudges.model import Nudge, Nudged, NudgeRow
from bot.domain.nudges.rules import Rule
from bot.domain.people import closeout
from bot.lib.db import is_postgres
from bot.lib.facts import record

BATCH = 300


def run(session: Session, rule: Rule, now: datetime) -> int:
    """Nudge all whom this rule finds; answers how many were new."""
    return sum(_send(session, nudge, now) for nudge in rule(session, now))


def _send(session: Session, nudge: Nudge, now: datetime) -> bool:
    if not claim(session, {nudge.key: nudge.incident_id}, now):
        return False
    fact = Nudged(incident_id=nudge.incident_id, by=closeout(session).id, text=nudge.text, to=nudge.to)
    record(session, fact, at=now)
    return True


def claim(session: Session, keys: Mapping[str, int], now: datetime) -> set[str]:
    """Who inserts a key may send; the second replica inserts nothing. Answers which are new."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    found: set[str] = set()
    for part in batched(sorted(keys)):
        rows = [{"key": key, "incident_id": keys[key], "at": now} for key in part]
        new = insert(NudgeRow).values(rows).on_conflict_do_nothing(index_elements=["key"])
        found.update(session.execute(new.returning(sa.column("key"))).scalars())
    return found


def unclaim(session: Session, keys: Collection[str]) -> None:
    """It could not be said when it should have been: it may be said another day."""
    for part in batched(sorted(keys)):
        session.execute(sa.delete(NudgeRow).where(col(NudgeRow.key).in_(part)))


def batched(keys: list[str]) -> Iterator[list[str]]:
    """As many as one statement takes."""
    yield from (keys[n : n + BATCH] for n in range(0, len(keys), BATCH))
