"""The Idempotency-Key header: a request that is sent twice is done once."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from bot.domain.people import Person
from bot.lib.db import is_postgres
from bot.web.api.problems import Mistaken

KEPT_FOR = timedelta(days=7)


class Repeat(SQLModel, table=True):
    """What a key was first used for, and what came of it."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    asked: str  # a hash of the first request's body
    incident_id: int | None = None
    at: datetime = Field(index=True)


def first_time(session: Session, key: str, body: BaseModel, *, by: Person, now: datetime) -> Repeat | None:
    """None when the key is new and ours; else what it was used for. Of two at once, one waits."""
    if not 1 <= len(key) <= 255:
        raise Mistaken("Idempotency-Key must have between 1 and 255 characters. Nothing was changed.")
    session.execute(sa.delete(Repeat).where(col(Repeat.at) < now - KEPT_FOR))
    asked = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    claim = insert(Repeat).values(key=key, person_id=by.id, asked=asked, at=now).on_conflict_do_nothing()
    if session.execute(claim.returning(col(Repeat.key))).first() is not None:
        return None
    before = session.get_one(Repeat, (key, by.id))
    if before.asked != asked:
        raise Mistaken(
            f"Idempotency-Key {key!r} was used for another request. Take a new one. Nothing was changed."
        )
    return before


def remember(session: Session, key: str, incident_id: int, *, by: Person) -> None:
    """What came of it, in the transaction that did it."""
    row = session.get_one(Repeat, (key, by.id))
    row.incident_id = incident_id
    session.add(row)
