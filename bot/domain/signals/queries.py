"""Questions about signals and cases. A guest sees none."""

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.customers import Customer, check_sees
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.signals.model import Case, Series
from bot.lib import db
from bot.lib.errors import Refused


class NoSuchCase(Refused):
    """There is no such case. See the open ones: /incident customers"""


def case(session: Session, id: int, *, as_: Person) -> Case:
    check_sees(as_)
    found = db.row(session, Case, id)
    if found is None:
        raise NoSuchCase
    return found


def open_cases(session: Session, *, as_: Person, limit: int = 100) -> list[Case]:
    """What is unusual now, the newest first, without what is an incident already."""
    check_sees(as_)
    asked = select(Case).where(col(Case.ended_at).is_(None), col(Case.incident_id).is_(None))
    return list(session.exec(asked.order_by(col(Case.id).desc()).limit(limit)))


def recent_cases(
    session: Session, *, as_: Person, customer: Customer | None = None, limit: int = 50, before: int = 0
) -> list[Case]:
    """All, the newest first."""
    check_sees(as_)
    asked = select(Case)
    if customer is not None:
        asked = asked.where(Case.customer_id == customer.id)
    if before:
        asked = asked.where(col(Case.id) < before)
    return list(session.exec(asked.order_by(col(Case.id).desc()).limit(limit)))


def incident_of(session: Session, one: Case, *, as_: Person) -> Incident | None:
    """What became of it, where the person may know."""
    found = session.get(Incident, one.incident_id) if one.incident_id else None
    return found if found and incidents.visible(session, found, as_) else None


def series_of(session: Session, customer: Customer) -> list[Series]:
    asked = select(Series).where(Series.customer == customer.key).order_by(col(Series.signal))
    return list(session.exec(asked))


def strangers(session: Session, *, as_: Person, limit: int = 20) -> list[str]:
    """Who sends signals and is in no register: their cases cannot be opened."""
    check_sees(as_)
    known = select(Customer.key).where(col(Customer.removed_at).is_(None))
    asked = select(Series.customer).where(col(Series.customer).not_in(known)).distinct()
    return list(session.exec(asked.order_by(col(Series.customer)).limit(limit)))


def is_named(word: str) -> bool:
    """`C-12` is how a case is called."""
    return word.upper().startswith("C-") and word[2:].isdecimal()


def named(session: Session, word: str, *, as_: Person) -> Case:
    number = word.strip().upper().removeprefix("C-")
    if not number.isdecimal() or len(number) > 9:
        raise NoSuchCase(f"{word.strip()[:40]!r} is no case. Write one like C-7. Nothing was changed.")
    return case(session, int(number), as_=as_)
