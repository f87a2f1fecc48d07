"""An owner hears of an item when it falls due, and again each week that it is late."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain.actions.model import STILL_DUE, ActionItem
from bot.domain.company import company_of
from bot.domain.nudges import Nudge, reminder
from bot.domain.people import get
from bot.lib.spans import parse_span
from bot.lib.words import plural


@reminder
def action_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """To the owner, in the morning of the day in their own zone; without one, to the channel."""
    every = max(1, parse_span(company_of(session).reminders.overdue_every).rough.days)
    asked = select(ActionItem).where(col(ActionItem.due) <= now.date(), col(ActionItem.status).in_(STILL_DUE))
    for item in session.exec(asked):
        assert item.due is not None
        late = (now.date() - item.due).days
        said = "is due today" if late == 0 else f"is {plural(late, 'day')} late"
        yield Nudge(
            key=f"action-due/{item.id}/{item.due}/{late // every}",
            incident_id=item.incident_id,
            to=get(session, item.owner_id).id if item.owner_id else None,
            text=f"{item.ref} {item.title} (INC-{item.incident_id}) {said}. Done? Say so: `/incident actions`",
        )
