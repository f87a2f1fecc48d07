"""An update was published: whoever subscribed is told, in the transaction in which we heard of it."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.subscribers import telling
from bot.domain.updates import Update, UpdatePublished
from bot.lib import db
from bot.lib.facts import on


@on(UpdatePublished, name="subscribers")
def queue_for_subscribers(session: Session, fact: UpdatePublished) -> None:
    """Exactly once for each update; its key says so too."""
    update = db.row(session, Update, fact.update)
    if fact.public and update is not None:
        telling.tell(session, incidents.get(session, fact.incident_id), update)
