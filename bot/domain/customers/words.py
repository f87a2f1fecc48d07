"""A private word to one customer: drafted by anybody, sent when their account owner says so, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain import incidents, updates
from bot.domain.customers import queries, rules, wording
from bot.domain.customers.affected import count_in
from bot.domain.customers.facts import (
    QuietWordChanged,
    QuietWordDiscarded,
    QuietWordDrafted,
    QuietWordSent,
    WordChanged,
    WordDiscarded,
    WordDrafted,
    WordFact,
    WordSent,
)
from bot.domain.customers.model import Customer, CustomerReport, How, PrivateWord, WordState
from bot.domain.incidents import Incident
from bot.domain.mailings import Recipient
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.facts import record

QUIET: dict[type[WordFact], type[WordFact]] = {
    WordDrafted: QuietWordDrafted,
    WordChanged: QuietWordChanged,
    WordSent: QuietWordSent,
    WordDiscarded: QuietWordDiscarded,
}


class StaysInside(Refused):
    """Nothing of a private incident leaves the house. Nothing was drafted."""


class NobodyToWriteTo(Refused):
    """This customer has no contact yet. Add one on the customer's page. Nothing was sent."""


class Decided(Refused):
    """Somebody was quicker: this word was decided on already. Nothing was changed."""


@dataclass(frozen=True)
class Wording:
    """What is to be said. Empty: the prepared words."""

    text: str = ""
    subject: str = ""


def draft(
    session: Session,
    incident: Incident,
    customer: Customer,
    said: Wording | None = None,
    *,
    by: Person,
    now: datetime,
) -> PrivateWord:
    """A word about an incident, with prepared words where none are given. One draft waits at a time."""
    said = said or Wording()
    incidents.admit(session, incident, by)
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    if incident.private:
        raise StaysInside(
            f"{incident.ref} is private, and nothing of it leaves the house. Call {customer.name} yourself. "
            "Nothing was drafted."
        )
    if known := queries.draft_of(session, customer, incident_id=incident.id, case_id=None):
        if said.text or said.subject:
            change(session, known, said, by=by, now=now)
        return known
    subject, text = wording.of_incident(session, incident, customer)
    count_in(session, incident, customer, How.HAND, now=now)
    word = PrivateWord(
        customer_id=customer.id,
        incident_id=incident.id,
        subject=rules.line(said.subject or subject, "subject", rules.SUBJECT_MAX),
        text=incidents.rules.text(said.text or text, "message"),
        drafted_by=by.id,
        drafted_at=now,
    )
    return add(session, word, customer, by=by, now=now)


def add(session: Session, word: PrivateWord, customer: Customer, *, by: Person, now: datetime) -> PrivateWord:
    """Keep a draft, and tell whoever approves it."""
    session.add(word)
    session.flush()
    _tell(session, WordDrafted, word, customer, by=by, now=now)
    return word


def change(session: Session, word: PrivateWord, said: Wording, *, by: Person, now: datetime) -> bool:
    """Say it better. False when it says so already."""
    _hold(session, word)
    _check_open(word)
    subject = rules.line(said.subject, "subject", rules.SUBJECT_MAX) or word.subject
    text = incidents.rules.text(said.text, "message") if said.text.strip() else word.text
    if (subject, text) == (word.subject, word.text):
        return False
    word.subject, word.text = subject, text
    session.add(word)
    session.flush()
    _tell(session, WordChanged, word, queries.get(session, word.customer_id), by=by, now=now)
    return True


def approve(session: Session, word: PrivateWord, *, by: Person, now: datetime) -> PrivateWord:
    """The account owner says yes: it is on its way to all contacts, once. Of a drill nothing leaves."""
    incident = _hold(session, word)
    incidents.admit(session, incident, by)
    customer = queries.get(session, word.customer_id)
    rules.check_sends(by, customer, queries.owner(session, customer))
    _check_open(word)
    to = [Recipient(one.address, None, one.name) for one in queries.contacts(session, customer)]
    if not to:
        raise NobodyToWriteTo(
            f"{customer.name} has no contact yet. Add one on the customer's page. Nothing was sent."
        )
    if incident is not None and incident.private:
        raise StaysInside(f"{incident.ref} is private, and nothing of it leaves the house. Nothing was sent.")
    _decide(session, word, WordState.SENT, by=by, now=now)
    if incident is None or _may_leave(incident):
        word.sent_to = _queue(session, word, to, now=now)
    session.flush()
    _tell(session, WordSent, word, customer, by=by, now=now, sent_to=word.sent_to)
    return word


def discard(session: Session, word: PrivateWord, *, by: Person, now: datetime) -> PrivateWord:
    """It is not said."""
    _hold(session, word)
    _check_open(word)
    _decide(session, word, WordState.DISCARDED, by=by, now=now)
    session.flush()
    _tell(session, WordDiscarded, word, queries.get(session, word.customer_id), by=by, now=now)
    return word


def follow(session: Session, case_id: int, incident: Incident) -> None:
    """What was drafted or said about a case belongs to the incident that it became."""
    for table in (PrivateWord, CustomerReport):
        mine = col(table.case_id) == case_id, col(table.incident_id).is_(None)
        session.execute(sa.update(table).where(*mine).values(incident_id=incident.id))


def _may_leave(incident: Incident) -> bool:
    """What is practice or made up reaches nobody, whatever was approved."""
    return updates.rules.is_public(incident) and not incident.sample


def _hold(session: Session, word: PrivateWord) -> Incident | None:
    """On what is true now and not when it was read."""
    incident = incidents.get(session, word.incident_id) if word.incident_id else None
    if incident is not None:
        incidents.hold(session, incident)
    session.refresh(word)
    return incident


def _check_open(word: PrivateWord) -> None:
    if not word.is_open:
        what = "sent" if word.state == WordState.SENT else "discarded"
        raise Decided(f"Somebody was quicker: this word is {what} already. Nothing was changed.")


def _decide(session: Session, word: PrivateWord, state: WordState, *, by: Person, now: datetime) -> None:
    """Of two who decide at the same moment, one does."""
    mine = col(PrivateWord.id) == word.id, col(PrivateWord.state) == WordState.DRAFT
    done = sa.update(PrivateWord).where(*mine).values(state=state, decided_by=by.id, decided_at=now)
    if session.execute(done.returning(col(PrivateWord.id))).first() is None:
        raise Decided
    session.refresh(word)


def _queue(session: Session, word: PrivateWord, to: list[Recipient], *, now: datetime) -> int:
    """Whom to answer stands below the words: an address belongs into a mail, and into no fact."""
    owner = queries.owner(session, queries.get(session, word.customer_id))
    about: dict[str, Any] = {"key": f"word/{word.id}", "kind": "word", "incident_id": word.incident_id}
    return wording.send(session, to, subject=word.subject, text=word.text, write_to=owner, now=now, **about)


def _tell(
    session: Session,
    fact: type[WordFact],
    word: PrivateWord,
    customer: Customer,
    *,
    by: Person,
    now: datetime,
    **more: Any,
) -> None:
    about: dict[str, Any] = {"customer": customer.id, "name": customer.name, "owner": customer.owner_id}
    said = {"by": by.id, "word": word.id, "text": word.text, **about, **more}
    if word.incident_id is None:
        record(session, QUIET[fact](**said), at=now)
    else:
        record(session, fact(incident_id=word.incident_id, **said), at=now)
