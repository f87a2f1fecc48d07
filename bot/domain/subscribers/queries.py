"""Questions about subscribers. Addresses are for administrators."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.people import Access, Person, require
from bot.domain.subscribers.model import Subscriber, SubscriberComponent


def counts(session: Session) -> dict[tuple[str, str], int]:
    """(way, standing) -> how many."""
    by = (col(Subscriber.way), col(Subscriber.standing))
    found = session.execute(sa.select(*by, sa.func.count()).group_by(*by))
    return {(way, standing): count for way, standing, count in found}


def listed(
    session: Session, *, as_: Person, after: int = 0, limit: int = 100, standing: str = ""
) -> list[tuple[Subscriber, tuple[str, ...]]]:
    """Each with the components it chose, the oldest first. For administrators: raises NotAllowed."""
    require(as_, Access.ADMIN)
    asked = select(Subscriber).where(col(Subscriber.id) > after)
    if standing:
        asked = asked.where(Subscriber.standing == standing)
    found = session.exec(asked.order_by(col(Subscriber.id)).limit(limit)).all()
    wished = chosen(session, [each.id for each in found])
    return [(each, wished.get(each.id, ())) for each in found]


def chosen(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Subscriber -> the components it chose; who is not in it hears of everything."""
    found: dict[int, tuple[str, ...]] = {}
    asked = select(SubscriberComponent).where(col(SubscriberComponent.subscriber_id).in_(ids))
    for each in session.exec(asked.order_by(col(SubscriberComponent.component))):
        found[each.subscriber_id] = (*found.get(each.subscriber_id, ()), each.component)
    return found
