"""What a sender asks and notes. Whoever may send a delivery is settled by `begin`, and by nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.domain.mailings import rules
from bot.domain.mailings.model import Delivery, Mailing, State

STALE = "too old to be of use"
NOT_KNOWN = "we stopped before the far end's word came"


@dataclass(frozen=True)
class Parcel:
    """One delivery with all that it takes to send it."""

    delivery: Delivery
    mailing: Mailing

    @property
    def id(self) -> int:
        return self.delivery.id


def is_due(session: Session, way: str, now: datetime) -> bool:
    """Is there anything to do for a sender of this way?"""
    left = select(Delivery.id).where(Delivery.way == way, Delivery.status == State.SENDING)
    waits = select(Delivery.id).where(
        Delivery.way == way, Delivery.status == State.QUEUED, col(Delivery.next_at) <= now
    )
    return any(session.exec(asked.limit(1)).first() for asked in (waits, left))


def batch(session: Session, way: str, now: datetime, most: int) -> list[Parcel]:
    """The next to be sent: what somebody waits for first, and of one thread one after the other.

    What has become too old is dropped.
    """
    earlier = aliased(Delivery)
    is_first = ~(
        sa.exists()
        .where(col(earlier.recipient) == col(Delivery.recipient), col(earlier.thread) == col(Delivery.thread))
        .where(col(earlier.id) < col(Delivery.id), col(earlier.status).in_((State.QUEUED, State.SENDING)))
    )
    due = (Delivery.way == way, Delivery.status == State.QUEUED, col(Delivery.next_at) <= now)
    asked = select(Delivery).where(*due, sa.or_(col(Delivery.thread) == "", is_first))
    found = session.exec(asked.order_by(col(Delivery.rank), col(Delivery.id)).limit(most)).all()
    texts = {id: session.get_one(Mailing, id) for id in {each.mailing_id for each in found}}
    stale = [each.id for each in found if texts[each.mailing_id].not_after < now]
    if stale:
        _end(session, stale, State.QUEUED, State.DROPPED, STALE, now)
    return [Parcel(each, texts[each.mailing_id]) for each in found if each.id not in stale]


def begin(session: Session, id: int, *, by: str) -> bool:
    """From now on the far end may have it. False where it is no longer to be sent, or another sends it.

    Commit this before the far end is given the word that makes it have it.
    """
    mine = sa.update(Delivery).where(col(Delivery.id) == id, col(Delivery.status) == State.QUEUED)
    taken = mine.values(status=State.SENDING, taken_by=by, tries=Delivery.tries + 1)
    return session.execute(taken.returning(col(Delivery.id))).scalar() is not None


def sent(session: Session, id: int, *, by: str, now: datetime) -> None:
    """The far end has it; also where somebody thought meanwhile that we were dead. Its token is forgotten."""
    ours = (col(Delivery.id) == id, col(Delivery.taken_by) == by)
    known = col(Delivery.status).in_((State.SENDING, State.UNSURE))
    noted = sa.update(Delivery).where(*ours, known)
    session.execute(noted.values(status=State.SENT, ended_at=now, note="", token=""))


def put_off(session: Session, id: int, why: str, *, now: datetime) -> None:
    """The far end has it not, and may take it later; after some tries it is given up."""
    delivery = session.get_one(Delivery, id)
    if delivery.status not in (State.QUEUED, State.SENDING):
        return
    delivery.tries += delivery.status == State.QUEUED  # it did not come as far as `begin`
    delivery.note = why[:200]
    delivery.status, delivery.next_at = State.QUEUED, now + rules.wait(delivery.tries)
    if delivery.tries >= rules.TRIES:
        delivery.status, delivery.ended_at = State.FAILED, now
    session.add(delivery)


def fail(session: Session, id: int, why: str, *, now: datetime) -> None:
    """It was refused for good."""
    _end(session, [id], State.QUEUED, State.FAILED, why, now)
    _end(session, [id], State.SENDING, State.FAILED, why, now)


def doubt(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """Nobody knows whether the far end has these. Only what may come twice is tried again, after a while."""
    asked = select(Delivery).join(Mailing).where(col(Delivery.id).in_(ids), Mailing.repeats)
    for delivery in session.exec(asked.where(Delivery.status == State.SENDING)):
        if delivery.tries < rules.TRIES:
            delivery.status, delivery.next_at = State.QUEUED, now + rules.wait(delivery.tries)
            session.add(delivery)
    session.flush()
    _end(session, ids, State.SENDING, State.UNSURE, NOT_KNOWN, now)


def take_up(
    session: Session, way: str, *, now: datetime, is_unsent: Callable[[int, str], bool] | None = None
) -> tuple[int, int]:
    """What was under way when the last sender stopped; call it when none works.

    `is_unsent` is asked for an id and the life that took it, and says yes only where it is sure: these go
    back into the queue. Answers how many did, and of how many nobody knows.
    """
    asked = select(Delivery.id, Delivery.taken_by).where(
        Delivery.way == way, Delivery.status == State.SENDING
    )
    left = session.exec(asked).all()
    unsent = [id for id, life in left if is_unsent and is_unsent(id, life)]
    again = sa.update(Delivery).where(col(Delivery.id).in_(unsent), col(Delivery.status) == State.SENDING)
    if unsent:
        session.execute(again.values(status=State.QUEUED, taken_by=""))
    if unknown := [id for id, _ in left if id not in unsent]:
        doubt(session, unknown, now=now)
    return len(unsent), len(unknown)


def _end(session: Session, ids: Sequence[int], old: State, new: State, why: str, now: datetime) -> None:
    those = sa.update(Delivery).where(col(Delivery.id).in_(ids), col(Delivery.status) == old)
    session.execute(those.values(status=new, ended_at=now, note=why[:200]))
