"""Writing down a fact of a tracked item."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain.actions import ActionFact, ActionItem
from bot.domain.people import Person
from bot.lib.facts import record


def tell(
    session: Session, what: type[ActionFact], item: ActionItem, by: Person, now: datetime, **more: Any
) -> None:
    session.flush()
    fact = what(incident_id=item.incident_id, by=by.id, item=item.id, title=item.title, **more)
    record(session, fact, at=now)
