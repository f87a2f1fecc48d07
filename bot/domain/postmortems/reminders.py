"""A postmortem that is missing and has nobody who writes it: its channel hears of it.

What somebody owes is in owing.py, and said once a day to each person.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Nudge, reminder
from bot.domain.postmortems.model import Postmortem
from bot.domain.postmortems.owing import answers
from bot.domain.postmortems.queries import unpublished
from bot.lib.words import duration


@reminder
def postmortem_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """Ahead of its day, on it, and again each `overdue_every` while it is late."""
    company = company_of(session)
    if not company.at_work(company.workspace.timezone, now):
        return
    for incident, postmortem in unpublished(session):
        said = _said(company, postmortem, now)
        if said and answers(session, incident, postmortem) is None:
            key, words = said
            yield Nudge(
                key=f"postmortem-due/{incident.id}/{key}",
                incident_id=incident.id,
                text=f"{_which(incident)} {words} and nobody writes it. Write it: `/incident postmortem`",
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
        return f"{day}/late/{again}", f"is {duration(now - due)} late"
    ahead = [span for text in company.reminders.before_due if (span := company.span(text))]
    if passed := [span.rough for span in ahead if now >= due - span.rough > postmortem.opened_at]:
        return f"{day}/before/{min(passed)}", f"is due {due:%a %H:%M} UTC, in {duration(due - now)},"
    return None
