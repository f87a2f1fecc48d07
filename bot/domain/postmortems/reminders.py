"""A postmortem that is missing: said to its owner, in working hours; to the channel where it has none."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain import people
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Nudge, reminder
from bot.domain.postmortems.model import Postmortem
from bot.domain.postmortems.queries import unpublished
from bot.lib.words import duration


@reminder
def postmortem_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """Ahead of its day, on it, and again each `overdue_every` while it is late."""
    company = company_of(session)
    for incident, postmortem in unpublished(session):
        owner = people.get(session, postmortem.owner_id) if postmortem.owner_id else None
        zone = owner.timezone if owner else company.workspace.timezone
        if company.at_work(zone, now) and (said := _said(company, postmortem, now)):
            key, words = said
            yield Nudge(
                key=f"postmortem-due/{incident.id}/{key}",
                incident_id=incident.id,
                text=f"{_which(incident)} {words} Write it: `/incident postmortem`",
                to=owner.id if owner else None,
            )


def _which(incident: Incident) -> str:
    return f"The postmortem of {incident.ref} ({incident.title})"


def _said(company: Company, postmortem: Postmortem, now: datetime) -> tuple[str, str] | None:
    """The key of what is due to be said now, and its words."""
    due = postmortem.due_at
    assert due is not None
    day = f"{due:%Y%m%dT%H%M}"
    if now >= due:
        every = company.span(company.reminders.overdue_every)
        again = (now - due) // max(timedelta(hours=1), every.rough) if every else 0
        return f"{day}/late/{again}", f"is {duration(now - due)} late."
    ahead = [span for text in company.reminders.before_due if (span := company.span(text))]
    if passed := [span.rough for span in ahead if now >= due - span.rough > postmortem.opened_at]:
        return f"{day}/before/{min(passed)}", f"is due {due:%a %H:%M} UTC, in {duration(due - now)}."
    return None
