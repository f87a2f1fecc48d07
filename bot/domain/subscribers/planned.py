"""Planned work, as subscribers hear of it: the same words as on the status page, once for each fact."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col

from bot.domain import mailings
from bot.domain import maintenance as works
from bot.domain.mailings import HERE
from bot.domain.maintenance import Maintenance, Stage
from bot.domain.maintenance.facts import OfMaintenance
from bot.domain.subscribers import rules, telling, writing
from bot.domain.subscribers.model import Subscriber
from bot.lib import db

# What cannot wait for the evening: it changes what a reader plans.
URGENT = (works.MaintenanceScheduled, works.MaintenanceMoved, works.MaintenanceCancelled)
MEANING = {
    works.MaintenanceScheduled: "planned maintenance",
    works.MaintenanceMoved: "maintenance at another time",
    works.MaintenanceBegan: "maintenance under way",
    works.MaintenanceCompleted: "maintenance completed",
    works.MaintenanceCancelled: "maintenance does not take place",
    works.MaintenanceTold: "maintenance",
}


def tell(session: Session, fact: OfMaintenance, now: datetime) -> int:
    """Queue it for all whom it concerns; answers for how many. A second time queues nothing."""
    what = db.row(session, Maintenance, fact.maintenance)
    if what is None:
        return 0
    words = words_of(what, fact, now)
    written = writing.text(session, "update", f"{words['headline']}: {words['meaning']}", words)
    mailing = mailings.write(
        session,
        key=f"maintenance/{what.id}/{type(fact).__name__}/{now.isoformat()}",
        kind="update",
        now=now,
        thread=f"maintenance/{what.id}",
        leave=writing.LEAVE,
        data=payload(what, words, now),
        **written,
    )
    if mailing is None:
        return 0
    everyone = telling.chosen(what.components).where(col(Subscriber.since) <= now)
    readers = everyone if isinstance(fact, URGENT) else telling.hearing(what.components, now)
    return mailings.queue_for(session, mailing, readers, now=now)


def words_of(what: Maintenance, fact: OfMaintenance, now: datetime) -> dict[str, Any]:
    """What the template of updates knows."""
    times = f"From {what.starts_at:%Y-%m-%d %H:%M} to {what.ends_at:%Y-%m-%d %H:%M} UTC."
    is_ahead = isinstance(fact, works.MaintenanceScheduled)
    return {
        "headline": what.title,
        "meaning": MEANING[type(fact)],
        "phase": what.stage,
        "message": "\n\n".join(filter(None, [fact.message, times if is_ahead else ""])),
        "is_correction": False,
        "components": [],
        "at": now,
        "next": None,
        "id": rules.public_id("maintenance", what.id),
        "page": f"{HERE}/status#{rules.public_id('maintenance', what.id)}",
    }


def payload(what: Maintenance, words: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What an endpoint is told: the words of Statuspage, as on our own JSON."""
    about = {
        "id": words["id"],
        "name": what.title,
        "status": Stage(what.stage),
        "scheduled_for": what.starts_at.isoformat(),
        "scheduled_until": what.ends_at.isoformat(),
        "components": [{"key": key} for key in what.components],
        "url": words["page"],
    }
    data = {
        "scheduled_maintenance": about,
        "update": {"body": words["message"], "created_at": now.isoformat()},
    }
    return {"type": "maintenance.updated", "timestamp": now.isoformat(), "data": data}
