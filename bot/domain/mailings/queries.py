"""Questions about what was sent, and what waits."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from markupsafe import escape
from sqlmodel import Session, col, func, select

from bot.domain.mailings.model import HERE, NAME, TOKEN, Delivery, Mailing, State


@dataclass(frozen=True)
class Sent:
    """How far one mailing is."""

    key: str
    kind: str
    subject: str
    at: datetime
    counts: dict[str, int]  # state -> deliveries; only those that are there


def recent(session: Session, limit: int = 20) -> list[Sent]:
    """Mailings to many, the newest first."""
    lists = select(Mailing).where(Mailing.leave != "").order_by(col(Mailing.id).desc()).limit(limit)
    found = session.exec(lists).all()
    by = (col(Delivery.mailing_id), col(Delivery.status))
    counted = sa.select(*by, func.count()).where(by[0].in_([one.id for one in found])).group_by(*by)
    counts: dict[int, dict[str, int]] = {}
    for mailing, status, count in session.execute(counted):
        counts.setdefault(mailing, {})[status] = count
    return [Sent(one.key, one.kind, one.subject, one.created_at, counts.get(one.id, {})) for one in found]


def waiting(session: Session) -> dict[str, int]:
    """Way -> how many wait to be sent."""
    asked = select(Delivery.way, func.count()).where(Delivery.status == State.QUEUED).group_by(Delivery.way)
    return {way: count for way, count in session.exec(asked)}


def unsure(session: Session) -> int:
    """How many deliveries may have been sent or not; nobody knows."""
    return session.exec(select(func.count()).where(Delivery.status == State.UNSURE)).one()


def filled(text: str, delivery: Delivery, here: str, *, html: bool = False) -> str:
    """The text as this recipient gets it."""
    name = " ".join(delivery.name.split())
    words = {NAME: str(escape(name)) if html else name, TOKEN: delivery.token, HERE: here}
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
