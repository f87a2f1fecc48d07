"""Asking, confirming, changing, ending."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.subscribers.model import Standing, Subscriber


def bounced(session: Session, recipient: str, why: str, *, now: datetime) -> bool:
    """Mail to that address comes back: it gets no more. False where nobody there subscribed."""
    theirs = sa.update(Subscriber).where(
        col(Subscriber.recipient) == recipient, col(Subscriber.standing) != Standing.STOPPED
    )
    stop = theirs.values(standing=Standing.STOPPED, stopped_at=now, reason=why[:200], confirm_hash=None)
    return bool(session.execute(stop.returning(col(Subscriber.id))).scalar())
