"""Whether it worked is owed to be said: asked three times in a month; after that it stays in the lists."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain import actions
from bot.domain.actions import ItemStatus
from bot.domain.company import company_of
from bot.domain.nudges import Owed, Told, owed
from bot.domain.recurrences.effects import begun_at, is_judged, questions, verify_after
from bot.lib import words

EFFECT = "effect"
ASKED_AFTER = (0, 7, 21)  # days
LOUD_FOR = timedelta(days=30)  # so that a history that was taken over does not ask everything at once


def told(session: Session, id: int, today: date) -> Told | None:
    """The question; nothing once it is answered, or the item is open again."""
    item = actions.get(session, id)
    if item.status != ItemStatus.VERIFIED or item.verified_at is None or is_judged(item):
        return None
    note = f"verified on {words.long_day(item.verified_at)}. Did it work?"
    return Told(item.ref, item.title, item.incident_id, note, f"actions/{item.ref}")


@owed(EFFECT, told)
def to_judge(session: Session, now: datetime) -> Iterator[Owed]:
    """Asked of the one who answers for the incident."""
    company = company_of(session)
    wait = verify_after(company)
    for item, incident, to in questions(session, now, begun_since=now - wait - LOUD_FOR):
        day = company.day(to.timezone, begun_at(item) + wait)
        yield Owed(
            EFFECT, item.id, incident.id, day, to.id, item.team, since=day,
            late=ASKED_AFTER, goes_on=False, private=incident.private,
        )  # fmt: skip
