"""An update was published: whoever subscribed is told, in the transaction in which we heard of it."""

from sqlmodel import Session

from bot.domain import incidents, maintenance
from bot.domain.maintenance.facts import OfMaintenance
from bot.domain.subscribers import planned, telling
from bot.domain.updates import Update, UpdatePublished
from bot.lib import db
from bot.lib.facts import moment, on


@on(UpdatePublished, name="subscribers")
def queue_for_subscribers(session: Session, fact: UpdatePublished) -> None:
    """Exactly once for each update; its key says so too."""
    update = db.row(session, Update, fact.update)
    if fact.public and update is not None:
        telling.tell(session, incidents.get(session, fact.incident_id), update)


@on(*maintenance.FACTS, name="subscribers-maintenance")
def queue_planned_work(session: Session, fact: OfMaintenance) -> None:
    """Each word about a maintenance, once."""
    planned.tell(session, fact, moment(session))
