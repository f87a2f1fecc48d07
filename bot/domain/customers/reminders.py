"""A word to a customer waits for its yes."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.customers import queries
from bot.domain.customers.model import PrivateWord, WordState
from bot.domain.nudges import Nudge, reminder


@reminder
def word_waits(session: Session, now: datetime) -> Iterator[Nudge]:
    """Said once to the account owner, and once in the channel, where somebody can reach them."""
    wait = company_of(session).span(company_of(session).customers.approve_within)
    assert wait is not None
    asked = select(PrivateWord).where(
        PrivateWord.state == WordState.DRAFT,
        col(PrivateWord.incident_id).is_not(None),
        col(PrivateWord.drafted_at) <= now - wait.rough,
    )
    for word in session.exec(asked):
        incident = incidents.get(session, word.incident_id or 0)
        if not incident.is_live:
            continue
        customer = queries.get(session, word.customer_id)
        who = queries.owner(session, customer)
        whose = f"{who.name}'s yes" if who else "the yes of a manager, for nobody looks after the account"
        text = (
            f"{incident.ref}: the private word to {customer.name} waits for {whose}, since "
            f"{word.drafted_at:%H:%M} UTC. Read it: `/incident customers`"
        )
        key = f"word-waits/{word.id}"
        yield Nudge(key=key, incident_id=incident.id, text=text)
        if who is not None:
            yield Nudge(key=f"{key}/to", incident_id=incident.id, text=text, to=who.id)
