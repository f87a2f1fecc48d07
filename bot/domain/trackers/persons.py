"""Who an account of a tracker is: closeout.toml says so, else an e-mail address that both sides know."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.company import company_of
from bot.domain.people import Person, rows_of
from bot.domain.trackers.model import TrackerPerson


def account_of(session: Session, tracker: str, person: Person) -> str:
    """Empty where it is not known."""
    for account, email in company_of(session).accounts(tracker).items():
        if person.email and email.lower() == person.email.lower():
            return account
    rows = TrackerPerson.tracker == tracker, col(TrackerPerson.person_id).in_(rows_of(person))
    return session.exec(select(TrackerPerson.far_id).where(*rows).limit(1)).first() or ""


def person_of(
    session: Session, tracker: str, account: str, emails: Iterable[tuple[str, str]] = ()
) -> Person | None:
    """None where nobody said who that is. An address alone must be that of somebody whom we know already."""
    if not account:
        return None
    for known, email in company_of(session).accounts(tracker).items():
        if known.lower() == account.lower():
            return people.of_email(session, email)
    row = session.get(TrackerPerson, (tracker, account))
    if row is not None:
        return people.get(session, row.person_id)
    shown = next((email for known, email in emails if known == account and "@" in email), "")
    return people.find(session, shown) if shown else None


def learn(session: Session, tracker: str, account: str, person_id: int) -> None:
    """Remember an account that was found by an e-mail address."""
    session.merge(TrackerPerson(tracker=tracker, far_id=account, person_id=person_id))
    session.flush()
