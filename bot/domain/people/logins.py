"""One-time links by which a person whom we know from elsewhere signs in to the pages."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from bot.domain.people.model import Person
from bot.domain.people.tokens import digest
from bot.domain.people.verbs import get
from bot.lib.errors import Refused

GOOD_FOR = timedelta(minutes=10)


class LinkSpent(Refused):
    """This link cannot be used. It works once, for 10 minutes. Ask for a new one: /incident web"""


class Login(SQLModel, table=True):
    """A link that was handed out; of its secret only the hash is kept."""

    hash: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    expires_at: datetime
    used_at: datetime | None = None


def issue(session: Session, person: Person, *, now: datetime) -> str:
    """The path of a link that signs this person in, once, within ten minutes."""
    session.execute(sa.delete(Login).where(col(Login.expires_at) < now - GOOD_FOR))
    secret = secrets.token_urlsafe(32)
    session.add(Login(hash=digest(secret), person_id=person.id, expires_at=now + GOOD_FOR))
    session.flush()
    return f"/login/{secret}"


def look(session: Session, secret: str, *, now: datetime) -> Person:
    """Whom the link would sign in; looking does not use it up. Raises LinkSpent."""
    login = session.get(Login, digest(secret))
    if login is None or login.used_at is not None or login.expires_at <= now:
        raise LinkSpent
    person = get(session, login.person_id)
    if not person.is_active:
        raise LinkSpent
    return person


def use(session: Session, secret: str, *, now: datetime) -> Person:
    """Sign in. Of two who come with the same link, one is refused."""
    person = look(session, secret, now=now)
    mine = col(Login.hash) == digest(secret), col(Login.used_at).is_(None)
    claim = sa.update(Login).where(*mine).values(used_at=now)
    if session.execute(claim.returning(col(Login.hash))).first() is None:
        raise LinkSpent
    return person
