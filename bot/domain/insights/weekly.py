"""The week in numbers: open, late, kept. What is private or practice is not in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import postmortems
from bot.domain.actions import STILL_DUE, ActionItem
from bot.domain.incidents import LIVE, Incident
from bot.domain.postmortems import Postmortem

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """Seven days that end at `until`."""

    until: datetime
    declared: int
    live: list[Incident]
    late: list[ActionItem]
    due_next: list[ActionItem]
    verified: int
    postmortems_owed: list[tuple[Incident, Postmortem]]

    @property
    def is_quiet(self) -> bool:
        return not (self.declared or self.live or self.late or self.due_next or self.postmortems_owed)


def week(session: Session, until: datetime) -> Week:
    """What everyone may know of the seven days before this moment, and of the seven after."""
    today, since = until.date(), until - WEEK
    declared = _shown().where(col(Incident.declared_at) > since, col(Incident.declared_at) <= until)
    due = _items().where(col(ActionItem.status).in_(STILL_DUE)).order_by(col(ActionItem.due))
    verified = _items().where(col(ActionItem.verified_at) > since, col(ActionItem.verified_at) <= until)
    return Week(
        until=until,
        declared=len(session.exec(declared).all()),
        live=list(session.exec(_shown().where(col(Incident.status).in_(LIVE)))),
        late=list(session.exec(due.where(col(ActionItem.due) < today))),
        due_next=list(
            session.exec(due.where(col(ActionItem.due) >= today, col(ActionItem.due) < today + WEEK))
        ),
        verified=len(session.exec(verified).all()),
        postmortems_owed=_owed(session, until),
    )


def _shown() -> SelectOfScalar[Incident]:
    return select(Incident).where(col(Incident.private).is_(False), col(Incident.drill).is_(False))


def _items() -> SelectOfScalar[ActionItem]:
    shown = select(Incident.id).where(col(Incident.private).is_(False), col(Incident.drill).is_(False))
    return select(ActionItem).where(col(ActionItem.incident_id).in_(shown))


def _owed(session: Session, until: datetime) -> list[tuple[Incident, Postmortem]]:
    """Not those of incidents that came later: a digest may be told after its week."""
    owed = postmortems.unpublished(session)
    shown = [(one, draft) for one, draft in owed if not (one.private or one.drill)]
    return [(one, draft) for one, draft in shown if one.declared_at <= until]
