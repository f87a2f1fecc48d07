"""What nobody answers for: no owner, no team whose manager could; its incident's channel hears of it.

What somebody owes is in owing.py, and said once a day to each person.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.actions.model import STILL_DUE, ActionItem
from bot.domain.actions.owing import Crowd
from bot.domain.company import Company, company_of
from bot.domain.nudges import Nudge, reminder
from bot.lib.words import plural


@reminder
def action_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """On its day, and again each interval that it is late, in the company's working hours."""
    company = company_of(session)
    zone = company.workspace.timezone
    if not company.at_work(zone, now):
        return
    today, crowd = company.day(zone, now), Crowd(session, company)
    asked = select(ActionItem).where(col(ActionItem.due) <= today, col(ActionItem.status).in_(STILL_DUE))
    for item in session.exec(asked.order_by(col(ActionItem.id))).all():
        is_quiet = item.snoozed_until is not None and today < item.snoozed_until
        if is_quiet or item.due is None:
            continue
        if crowd.responsible(item, incidents.get(session, item.incident_id)) is None:
            yield _nudge(company, item, item.due, today)


def _nudge(company: Company, item: ActionItem, due: date, today: date) -> Nudge:
    span, late = company.span(company.reminders.overdue_every), (today - due).days
    again = late // max(1, span.rough.days) if span else 0
    said = f"is {plural(late, 'day')} late" if late else "is due today"
    return Nudge(
        # What was said on the day itself is said again once when it is late.
        key=f"action-due/{item.id}/{due}/{again if late else 'today'}",
        incident_id=item.incident_id,
        text=f"{item.ref} {item.title} (INC-{item.incident_id}) {said} and nobody owns it. "
        "Take it: `/incident actions`",
    )
