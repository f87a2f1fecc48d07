"""An owner hears of an item on its day, and again each interval that it is late, in working hours."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.actions.model import STILL_DUE, ActionItem
from bot.domain.company import Company, company_of
from bot.domain.nudges import Nudge, reminder
from bot.lib.words import plural


@reminder
def action_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """To the owner, at work in their own zone; without one, to the channel."""
    company, tomorrow = company_of(session), now.date() + timedelta(days=1)  # it has begun somewhere
    asked = select(ActionItem).where(col(ActionItem.due) <= tomorrow, col(ActionItem.status).in_(STILL_DUE))
    for item in session.exec(asked.order_by(col(ActionItem.id))).all():
        owner = people.get(session, item.owner_id) if item.owner_id else None
        zone = owner.timezone if owner else company.workspace.timezone
        today = company.day(zone, now)
        if company.at_work(zone, now) and item.due is not None and item.due <= today:
            yield _nudge(company, item, item.due, today, owner.id if owner else None)


def _nudge(company: Company, item: ActionItem, due: date, today: date, to: int | None) -> Nudge:
    span, late = company.span(company.reminders.overdue_every), (today - due).days
    again = late // max(1, span.rough.days) if span else 0
    said = f"is {plural(late, 'day')} late" if late else "is due today"
    return Nudge(
        # What was said on the day itself is said again once when it is late.
        key=f"action-due/{item.id}/{due}/{again if late else 'today'}",
        incident_id=item.incident_id,
        to=to,
        text=f"{item.ref} {item.title} (INC-{item.incident_id}) {said}. See `/incident actions`",
    )
