"""Bearer tokens: each acts for one person, is shown once, and is kept only as a hash."""

import hashlib
import secrets
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from bot.domain.people.model import Person
from bot.domain.people.verbs import get
from bot.lib import db
from bot.lib.errors import Refused

PREFIX = "closeout_"  # so that scanners for leaked secrets can know one
NAME_MAX = 80


class NoSuchToken(Refused):
    """There is no such token. See them with: closeout token list"""


class Token(SQLModel, table=True):
    """A secret that was handed out. Whoever shows it acts as its person."""

    id: int = Field(default=None, primary_key=True)
    name: str
    hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    revoked_at: datetime | None = None


def digest(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create(session: Session, name: str, person: Person, *, now: datetime) -> tuple[Token, str]:
    """Make a token for a person. The second value is the secret, which is never seen again."""
    if not (label := " ".join(name.split())[:NAME_MAX]):
        raise Refused(
            "Name the token after what will use it, for example: deploy-script. Nothing was changed."
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(name=label, hash=digest(secret), person_id=person.id, created_at=now)
    session.add(token)
    session.flush()
    return token, secret


def revoke(session: Session, id: int, *, now: datetime) -> bool:
    """It opens nothing any more. False when that was so already."""
    token = db.row(session, Token, id)
    if token is None:
        raise NoSuchToken(f"There is no token {id}. See them with: closeout token list")
    if token.revoked_at is not None:
        return False
    token.revoked_at = now
    session.add(token)
    return True


def find(session: Session, secret: str) -> Person | None:
    """For whom this secret speaks; None for one that is unknown, revoked, or of someone who left."""
    # The look-up is by hash: how long it takes tells nothing about any secret.
    live = select(Token).where(Token.hash == digest(secret), col(Token.revoked_at).is_(None))
    token = session.exec(live).first()
    if token is None:
        return None
    person = get(session, token.person_id)
    return person if person.is_active else None


def all(session: Session) -> list[Token]:
    """Every token that was made, the newest first."""
    return list(session.exec(select(Token).order_by(col(Token.id).desc())))
