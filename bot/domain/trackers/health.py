"""How a tracker fares: a failure that lasts is said once, and so is its end."""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.domain import actions, people
from bot.domain.trackers.facts import TrackerBack, TrackerBroke, TrackingAsked
from bot.domain.trackers.model import Tracker, TrackerLink
from bot.domain.trackers.sides import Kept
from bot.lib.db import is_postgres
from bot.lib.facts import record
from bot.lib.words import cut

PATIENCE = timedelta(minutes=2)  # what passes by itself within that is not worth a message
REASON_MAX = 200
AT_ONCE = 200  # links that one sweep sends again


def failed(
    session: Session, kept: Kept, reason: str, *, for_good: bool, incident_id: int | None, now: datetime
) -> bool:
    """True when it was said now: at once where waiting does not help, else when it has lasted a while."""
    row = _row(session, kept.name)
    row.reason = cut(" ".join(reason.split()), REASON_MAX)
    row.failing_since = row.failing_since or now
    session.add(row)
    where = incident_id or _latest(session, kept.name)
    is_new = row.told_at is None and where is not None
    if not is_new or not (for_good or now - row.failing_since >= PATIENCE):
        return False
    row.told_at, row.told_in = now, where
    session.flush()
    more = {"tracker": kept.name, "label": kept.label, "reason": row.reason}
    record(session, TrackerBroke(incident_id=where, by=people.closeout(session).id, **more), at=now)
    return True


def fails(session: Session, name: str) -> Tracker | None:
    """The tracker while it fails."""
    row = session.get(Tracker, name)
    return row if row is not None and row.failing_since is not None else None


def works(session: Session, kept: Kept, *, now: datetime) -> bool:
    """It answered. True when that was news to somebody."""
    row = _row(session, kept.name)
    told_in, row.failing_since, row.told_at, row.told_in, row.reason = row.told_in, None, None, None, ""
    session.add(row)
    session.flush()
    if told_in is None:
        return False
    fact = TrackerBack(
        incident_id=told_in, by=people.closeout(session).id, tracker=kept.name, label=kept.label
    )
    record(session, fact, at=now)
    return True


def sweep_from(session: Session, kept: Kept, *, now: datetime) -> datetime | None:
    """From when on changes are wanted; None while nothing is tracked there."""
    oldest = select(TrackerLink.created_at).where(TrackerLink.tracker == kept.name)
    first = session.exec(oldest.order_by(col(TrackerLink.created_at)).limit(1)).first()
    if first is None:
        return None
    return _row(session, kept.name).swept_at or first


def swept(session: Session, kept: Kept, at: datetime) -> int:
    """All until then was heard. What of ours is not there yet is sent again, by the ear of its incident."""
    row = _row(session, kept.name)
    row.swept_at = at
    session.add(row)
    waits = TrackerLink.tracker == kept.name, col(TrackerLink.owed_at) <= at - PATIENCE
    owed = session.exec(select(TrackerLink).where(*waits).order_by(col(TrackerLink.owed_at)).limit(AT_ONCE))
    for link in (found := list(owed)):
        incident_id = actions.get(session, link.item_id).incident_id
        closeout = people.closeout(session).id
        fact = TrackingAsked(incident_id=incident_id, by=closeout, item=link.item_id, tracker=kept.name)
        record(session, fact, at=at)
    return len(found)


def _latest(session: Session, name: str) -> int | None:
    """The newest incident that has something there: whoever works on it wants to know."""
    link = session.exec(
        select(TrackerLink)
        .where(TrackerLink.tracker == name)
        .order_by(col(TrackerLink.item_id).desc())
        .limit(1)
    ).first()
    return actions.get(session, link.item_id).incident_id if link else None


def _row(session: Session, name: str) -> Tracker:
    """Locked until the commit: of two replicas one says it."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    session.execute(insert(Tracker).values(name=name, reason="").on_conflict_do_nothing())
    asked = select(Tracker).where(Tracker.name == name).with_for_update()
    return session.exec(asked.execution_options(populate_existing=True)).one()
