"""Sending what a rule finds due, each key once, on however many replicas."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.domain.nudges.model import Nudge, Nudged, NudgeRow
from bot.domain.nudges.rules import Rule
from bot.domain.people import closeout
from bot.lib.db import is_postgres
from bot.lib.facts import record


def run(session: Session, rule: Rule, now: datetime) -> int:
    """Nudge all whom this rule finds; answers how many were new."""
    return sum(_send(session, nudge, now) for nudge in rule(session, now))


def _send(session: Session, nudge: Nudge, now: datetime) -> bool:
    if not _claim(session, nudge, now):
        return False
    fact = Nudged(incident_id=nudge.incident_id, by=closeout(session).id, text=nudge.text, to=nudge.to)
    record(session, fact, at=now)
    return True


def _claim(session: Session, nudge: Nudge, now: datetime) -> bool:
    """Who inserts the key may send; the second replica inserts nothing."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    row = insert(NudgeRow).values(key=nudge.key, incident_id=nudge.incident_id, at=now)
    claimed = session.execute(row.on_conflict_do_nothing(index_elements=["key"]).returning(sa.column("key")))
    return claimed.first() is not None
