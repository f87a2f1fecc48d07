"""Questions about customers. Whoever asks for a person sees only what that person may see."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from bot.domain import people
from bot.domain.company import Company, company_of
from bot.domain.customers import rules
from bot.domain.customers.model import (
    AffectedCustomer,
    Contact,
    Customer,
    CustomerReport,
    PrivateWord,
    Use,
    WordState,
)
from bot.domain.incidents import Incident, visible
from bot.domain.people import Person
from bot.lib import db
from bot.lib.errors import Refused


class NoSuchCustomer(Refused):
    """There is no such customer. See them: /incident customers"""


class NoSuchWord(Refused):
    """There is no such word to a customer."""


@dataclass(frozen=True)
class Hit:
    """Somebody who is affected, why, and how far we are with them."""

    customer: Customer
    row: AffectedCustomer
    word: PrivateWord | None  # the newest that was not discarded
    report: CustomerReport | None  # the first


def get(session: Session, id: int) -> Customer:
    """For our own use."""
    if customer := session.get(Customer, id):
        return customer
    raise NoSuchCustomer


def of_key(session: Session, key: str) -> Customer | None:
    """By the key alone, as a signal names it."""
    asked = select(Customer).where(Customer.key == key.strip().lower(), col(Customer.removed_at).is_(None))
    return session.exec(asked).first()


def of_address(session: Session, address: str) -> Customer | None:
    """Whose contact writes from there; None where that is nobody's, or more than one's."""
    asked = select(Customer).join(Contact, col(Contact.customer_id) == col(Customer.id))
    named = asked.where(Contact.address == address.lower(), col(Customer.removed_at).is_(None))
    found = session.exec(named.limit(2)).all()
    return found[0] if len(found) == 1 else None


def find(session: Session, text: str, *, as_: Person) -> Customer:
    """By key or by name, or by how the name begins where only one does so."""
    rules.check_sees(as_)
    word = text.strip()
    here = select(Customer).where(col(Customer.removed_at).is_(None))
    named = or_(Customer.key == word.lower(), func.lower(Customer.name) == word.lower())
    found = session.exec(here.where(named).limit(2)).all()
    if not found and word:
        begins = func.lower(Customer.name).startswith(word.lower(), autoescape=True)
        found = session.exec(here.where(begins).limit(2)).all()
    if len(found) == 1:
        return found[0]
    why = "names more than one customer" if found else "is no customer that I know"
    raise NoSuchCustomer(
        f"{word[:60]!r} {why}. Write the key or the whole name; see them: /incident customers. "
        "Nothing was changed."
    )


def page(
    session: Session, *, as_: Person, text: str = "", tier: str = "", limit: int = 50, after: str = ""
) -> list[Customer]:
    """The register by name; `after` is the key of the last one of the page before."""
    rules.check_sees(as_)
    asked = select(Customer).where(col(Customer.removed_at).is_(None))
    if text.strip():
        word = text.strip().lower()
        asked = asked.where(
            or_(
                func.lower(Customer.name).contains(word, autoescape=True),
                col(Customer.key).contains(word, autoescape=True),
            )
        )
    if tier:
        asked = asked.where(func.lower(Customer.tier) == tier.lower())
    if after:
        asked = asked.where(col(Customer.key) > after)
    return list(session.exec(asked.order_by(col(Customer.key)).limit(limit)))


def count(session: Session) -> int:
    asked = select(func.count()).select_from(Customer).where(col(Customer.removed_at).is_(None))
    return session.exec(asked).one()


def tiers(session: Session) -> list[str]:
    """All that are used, in the company's order."""
    asked = select(Customer.tier).where(col(Customer.removed_at).is_(None), Customer.tier != "").distinct()
    order = tier_order(company_of(session))
    return sorted(session.exec(asked), key=lambda tier: (order(tier), tier.lower()))


def tier_order(company: Company) -> Callable[[str], int]:
    """How far to the front a tier stands; one that closeout.toml does not name comes last."""
    known = [tier.lower() for tier in company.customers.tiers]
    return lambda tier: known.index(tier.lower()) if tier.lower() in known else len(known)


def contacts(session: Session, customer: Customer) -> list[Contact]:
    asked = select(Contact).where(Contact.customer_id == customer.id).order_by(col(Contact.address))
    return list(session.exec(asked))


def services(session: Session, customer: Customer) -> tuple[str, ...]:
    asked = select(Use.service).where(Use.customer_id == customer.id).order_by(col(Use.service))
    return tuple(session.exec(asked))


def owner(session: Session, customer: Customer) -> Person | None:
    return people.get(session, customer.owner_id) if customer.owner_id else None


def owners(session: Session, of: Iterable[Customer]) -> dict[int, Person]:
    """Customer -> who looks after the account."""
    rows = {one.id: one.owner_id for one in of if one.owner_id}
    known = {id: people.get(session, id) for id in set(rows.values())}
    return {customer: known[id] for customer, id in rows.items()}


# ---- who is affected


def affected(session: Session, incident: Incident) -> list[Hit]:
    """Those who are affected: the most important tier first, then by name."""
    asked = (
        select(Customer, AffectedCustomer)
        .join(AffectedCustomer, col(AffectedCustomer.customer_id) == col(Customer.id))
        .where(AffectedCustomer.incident_id == incident.id, col(AffectedCustomer.is_out).is_(False))
    )
    order = tier_order(company_of(session))
    rows = sorted(session.exec(asked), key=lambda row: (order(row[0].tier), row[0].name.lower()))
    words, reports = _words(session, incident), _reports(session, incident)
    return [Hit(customer, row, words.get(customer.id), reports.get(customer.id)) for customer, row in rows]


def is_affected(session: Session, incident: Incident, customer: Customer) -> bool:
    row = session.get(AffectedCustomer, (incident.id, customer.id))
    return row is not None and not row.is_out


def live_for(session: Session, customer: Customer) -> Incident | None:
    """The newest live incident that everybody may see and that affects this customer."""
    asked = (
        select(Incident)
        .join(AffectedCustomer, col(AffectedCustomer.incident_id) == col(Incident.id))
        .where(AffectedCustomer.customer_id == customer.id, col(AffectedCustomer.is_out).is_(False))
        .where(col(Incident.resolved_at).is_(None), col(Incident.drill).is_(False))
        .where(col(Incident.private).is_(False), col(Incident.closed_at).is_(None))
        .order_by(col(Incident.id).desc())
    )
    return next((one for one in session.exec(asked) if one.is_live), None)


def _words(session: Session, incident: Incident) -> dict[int, PrivateWord]:
    asked = select(PrivateWord).where(
        PrivateWord.incident_id == incident.id, PrivateWord.state != WordState.DISCARDED
    )
    return {word.customer_id: word for word in session.exec(asked.order_by(col(PrivateWord.id)))}


def _reports(session: Session, incident: Incident) -> dict[int, CustomerReport]:
    asked = select(CustomerReport).where(CustomerReport.incident_id == incident.id)
    return {one.customer_id: one for one in session.exec(asked.order_by(col(CustomerReport.at).desc()))}


# ---- words


def word(session: Session, id: int, *, as_: Person) -> PrivateWord:
    """One that is about an incident which the person may not see is not there."""
    rules.check_sees(as_)
    found = db.row(session, PrivateWord, id)
    if found is None or not _is_seen(session, found, as_):
        raise NoSuchWord
    return found


def waiting(session: Session, *, as_: Person, mine: bool = False, limit: int = 100) -> list[PrivateWord]:
    """Drafts that nobody has decided on, the oldest first; perhaps only those that wait for this person."""
    asked = select(PrivateWord).where(PrivateWord.state == WordState.DRAFT)
    if mine:
        held = select(Customer.id).where(col(Customer.owner_id).in_(people.rows_of(as_)))
        asked = asked.where(col(PrivateWord.customer_id).in_(held))
    found = session.exec(asked.order_by(col(PrivateWord.id)).limit(limit))
    return [one for one in found if _is_seen(session, one, as_)]


def words_to(session: Session, customer: Customer, *, as_: Person, limit: int = 20) -> list[PrivateWord]:
    asked = select(PrivateWord).where(PrivateWord.customer_id == customer.id)
    found = session.exec(asked.order_by(col(PrivateWord.id).desc()).limit(limit))
    return [one for one in found if _is_seen(session, one, as_)]


def draft_of(
    session: Session, customer: Customer, *, incident_id: int | None, case_id: int | None
) -> PrivateWord | None:
    """The one that waits already."""
    asked = select(PrivateWord).where(
        PrivateWord.customer_id == customer.id, PrivateWord.state == WordState.DRAFT
    )
    if incident_id is not None:
        asked = asked.where(PrivateWord.incident_id == incident_id)
    else:
        asked = asked.where(col(PrivateWord.incident_id).is_(None), PrivateWord.case_id == case_id)
    return session.exec(asked.order_by(col(PrivateWord.id).desc())).first()


def of_case(session: Session, case_id: int) -> PrivateWord | None:
    """The newest word about a case that was not discarded."""
    asked = select(PrivateWord).where(
        PrivateWord.case_id == case_id, PrivateWord.state != WordState.DISCARDED
    )
    return session.exec(asked.order_by(col(PrivateWord.id).desc())).first()


def _is_seen(session: Session, one: PrivateWord, as_: Person) -> bool:
    from_incident = session.get(Incident, one.incident_id) if one.incident_id else None
    return from_incident is None or visible(session, from_incident, as_)


def summary(hits: Sequence[Hit], most: int = 3) -> str:
    """`14 customers: Acme, Globex, Initech and 11 more`."""
    if not hits:
        return ""
    names = [hit.customer.name for hit in hits[:most]]
    left = len(hits) - len(names)
    told = f"{', '.join(names)} and {left} more" if left else ", ".join(names)
    return f"{len(hits)} {'customer' if len(hits) == 1 else 'customers'}: {told}"
