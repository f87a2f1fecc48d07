"""The letters of the inbox, and how they are opened: in order, many in one transaction."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.lib.db import is_postgres

log = logging.getLogger(__name__)

BATCH = 500
TRIES = 5
DRAINING = 0x1B0C5  # the advisory lock of who drains


class Letter(SQLModel, table=True):
    """One delivery of one source, as it came."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.UniqueConstraint("source", "delivery", name="inbox_source_delivery"),
        sa.Index(
            "ix_inbox_unopened",
            "source",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    source: str
    delivery: str  # the sender's id of it: a second delivery of the same is known already
    received_at: datetime
    body: str
    done_at: datetime | None = None  # opened, or given up after TRIES
    attempts: int = 0
    error: str | None = None
    again_at: datetime | None = None  # not before, after a failure


Opener = Callable[[Session, list[Letter]], None]


def open_batch(session: Session, openers: Mapping[str, Opener], *, now: datetime, most: int = BATCH) -> int:
    """Open the next batch; answer how many letters were dealt with."""
    if not _alone(session):
        return 0
    letters = _next(session, list(openers), now, most)
    for source, those in groupby(letters, key=lambda letter: letter.source):
        _open_all(session, openers[source], list(those), now)
    return len(letters)


def forget(session: Session, before: datetime) -> None:
    """Delete what was opened before that: keep letters for longer than any sender repeats its deliveries."""
    session.execute(sa.delete(Letter).where(col(Letter.done_at) < before))


def _alone(session: Session) -> bool:
    """One replica drains at a time, so that letters are opened in order."""
    if not is_postgres(session):
        return True
    return bool(session.execute(select(sa.func.pg_try_advisory_xact_lock(DRAINING))).scalar())


def _next(session: Session, sources: list[str], now: datetime, most: int) -> list[Letter]:
    is_due = sa.or_(col(Letter.again_at).is_(None), col(Letter.again_at) <= now)
    unopened = select(Letter).where(col(Letter.done_at).is_(None), is_due, col(Letter.source).in_(sources))
    return list(session.exec(unopened.order_by(col(Letter.id)).limit(most)))


def _open_all(session: Session, opener: Opener, letters: list[Letter], now: datetime) -> None:
    try:
        with session.begin_nested():
            opener(session, letters)
    except sa.exc.OperationalError:
        raise  # the database is away: no letter's fault
    except Exception as error:
        if len(letters) > 1:
            for letter in letters:  # one of them is bad; the others shall not wait for it
                _open_all(session, opener, [letter], now)
        else:
            _note_failure(letters[0], error, now)
    else:
        for letter in letters:
            letter.done_at = now


def _note_failure(letter: Letter, error: Exception, now: datetime) -> None:
    letter.attempts += 1
    letter.error = f"{type(error).__name__}: {error}"[:1000]
    letter.again_at = now + timedelta(seconds=5 * 4 ** (letter.attempts - 1))
    if letter.attempts >= TRIES:
        letter.done_at = now
        log.error("Letter %s of %s is given up: %s", letter.id, letter.source, letter.error)
    else:
        log.warning("Letter %s of %s could not be opened", letter.id, letter.source, exc_info=error)
