"""A day's many updates in one mail, when the day ends where the reader is."""

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import incidents, mailings
from bot.domain.mailings import HERE
from bot.domain.subscribers import rules, telling, writing
from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent
from bot.domain.updates import Update
from bot.domain.updates.model import Audience
from bot.lib.db import is_postgres
from bot.lib.words import plural

LONGEST = timedelta(days=3)  # what we could not tell for so long is no news; it stands on the status page
ONE_AT_A_TIME = 0x5DA7  # the advisory lock of who writes the daily mails
PART = 500
Told = tuple[Update, dict[str, Any], set[str]]  # an update, its words, the components of its incident


def zones(session: Session, now: datetime) -> dict[str, datetime]:
    """Zone -> the end of day that is due there. Cheap: it is asked often, and mostly nothing is due."""
    readers = (col(Subscriber.standing) == Standing.ACTIVE, col(Subscriber.pace) == Pace.DAILY)
    asked = sa.select(col(Subscriber.timezone), sa.func.min(col(Subscriber.since))).where(*readers)
    found = session.execute(asked.group_by(col(Subscriber.timezone))).all()
    ends = {zone: (since, rules.day_end(zone, now)) for zone, since in found}
    return {zone: end for zone, (since, end) in ends.items() if since < end}


def send(session: Session, zone: str, end: datetime, *, now: datetime) -> int:
    """Queue the day's mails of one zone; answers for how many readers. A second time queues nothing."""
    if is_postgres(session):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    due = (
        col(Subscriber.standing) == Standing.ACTIVE,
        col(Subscriber.pace) == Pace.DAILY,
        col(Subscriber.timezone) == zone,
        col(Subscriber.since) < end,
    )
    readers = session.execute(sa.select(col(Subscriber.id), col(Subscriber.since)).where(*due)).all()
    told = _told(session, min((since for _, since in readers), default=end), end)
    queued = 0
    if told:
        queued = sum(
            _write(session, [told[n] for n in which], ids, zone, end, now)
            for which, ids in _groups(session, told, readers).items()
        )
    session.execute(sa.update(Subscriber).where(*due).values(since=end))
    return queued


def _told(session: Session, since: datetime, end: datetime) -> list[Told]:
    """What was published for subscribers, the oldest first."""
    asked = select(Update).where(
        col(Update.at) > max(since, end - LONGEST),
        col(Update.at) <= end,
        Update.public,
        Update.audience == Audience.EVERYONE,
    )
    found: list[Told] = []
    for update in session.exec(asked.order_by(col(Update.at), col(Update.id))):
        incident = incidents.get(session, update.incident_id)
        if telling.is_for_subscribers(session, incident, update):
            words = telling.words_of(session, incident, update)
            found.append((update, words, telling.affected(session, incident)))
    return found


def _groups(session: Session, told: list[Told], readers: Any) -> dict[tuple[int, ...], list[int]]:
    """Which of them -> whose mail they make. Those who get the same are written to once."""
    wished: dict[int, set[str]] = defaultdict(set)
    for id, component in session.execute(
        sa.select(col(SubscriberComponent.subscriber_id), col(SubscriberComponent.component))
    ):
        wished[id].add(component)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for id, since in readers:
        wish = wished.get(id, set())
        which = tuple(
            n
            for n, (update, _, about) in enumerate(told)
            if update.at > since and (not wish or not about or wish & about)
        )
        if which:
            groups[which].append(id)
    return groups


def _write(
    session: Session, told: list[Told], ids: list[int], zone: str, end: datetime, now: datetime
) -> int:
    words = {"day": end.astimezone(ZoneInfo(zone)), "zone": zone, "incidents": _by_incident(told, zone)}
    subject = f"Status: {plural(len(told), 'update')} on {words['day']:%-d %B}"
    written = writing.text(session, "daily", subject, {**words, "page": f"{HERE}/status"})
    which = hashlib.sha256(",".join(str(update.id) for update, _, _ in told).encode()).hexdigest()[:16]
    mailing = mailings.write(
        session,
        key=f"daily/{zone}/{end:%Y%m%dT%H%M}/{which}",
        kind="daily",
        now=now,
        leave=writing.LEAVE,
        **written,
    )
    if mailing is None:
        return 0
    queued = 0
    for start in range(0, len(ids), PART):
        theirs = telling.chosen(()).where(col(Subscriber.id).in_(ids[start : start + PART]))
        queued += mailings.queue_for(session, mailing, theirs, now=now)
    return queued


def _by_incident(told: list[Told], zone: str) -> list[dict[str, Any]]:
    """Each incident with what was said of it, in the reader's own time."""
    found: dict[str, dict[str, Any]] = {}
    for update, words, _ in told:
        each = found.setdefault(words["id"], {"updates": []})
        each.update(headline=words["headline"], meaning=words["meaning"], page=words["page"])
        at = update.at.astimezone(ZoneInfo(zone))
        each["updates"].append({**words, "time": f"{at:%a %H:%M}"})
    return list(found.values())
