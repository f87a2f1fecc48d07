"""Keeping the register: one customer, or a whole file of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.company import company_of
from bot.domain.customers import rules
from bot.domain.customers.affected import follow_services
from bot.domain.customers.facts import CustomerRemoved, CustomerSaved, CustomersImported
from bot.domain.customers.model import Contact, Customer, PrivateWord, Use, WordState
from bot.domain.customers.queries import contacts, services
from bot.domain.customers.rules import BadCustomer
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.facts import record

COLUMNS = ("key", "name", "tier", "owner", "contacts", "services", "note")
MOST_BYTES, MOST_ROWS = 8_000_000, 50_000


@dataclass(frozen=True)
class Entry:
    """What is known of a customer. None leaves a field as it is."""

    name: str = ""
    key: str = ""
    tier: str | None = None
    owner: str | None = None  # a name or an address; empty: nobody
    contacts: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    note: str | None = None


@dataclass
class Imported:
    """What a file brought."""

    added: int = 0
    changed: int = 0
    same: int = 0
    keys: set[str] = field(default_factory=set)


def save(session: Session, entry: Entry, *, by: Person, now: datetime) -> tuple[Customer, bool]:
    """Add a customer, or change the one with this key. False when it was so already."""
    customer, fields, is_new = _save(session, entry, by=by, now=now)
    if fields:
        said = {"key": customer.key, "name": customer.name, "fields": tuple(fields), "is_new": is_new}
        record(session, CustomerSaved(by=by.id, **said), at=now)
    return customer, bool(fields)


def load(session: Session, text: str, *, by: Person, now: datetime) -> Imported:
    """Take over a CSV file, all of it or nothing. Raises BadCustomer with the line that is wrong."""
    rules.check_sees(by)
    people.require(by, "responder")
    done = Imported()
    for number, row in _rows(text):
        try:
            entry = _entry(row)
            customer, fields, is_new = _save(session, entry, by=by, now=now, follow=False)
        except Refused as refusal:
            raise BadCustomer(f"Line {number}: {_bare(refusal)} Nothing was imported.") from None
        if customer.key in done.keys:
            raise BadCustomer(f"Line {number}: {customer.key} stands there twice. Nothing was imported.")
        done.keys.add(customer.key)
        done.added, done.changed = done.added + is_new, done.changed + (bool(fields) and not is_new)
        done.same += not fields
    if not done.keys:
        raise BadCustomer(f"There is no customer in it. Its first line names: {','.join(COLUMNS)}.")
    if done.added or done.changed:
        follow_services(session, now=now)
        record(session, CustomersImported(by=by.id, added=done.added, changed=done.changed), at=now)
    return done


def remove(session: Session, customer: Customer, *, by: Person, now: datetime) -> None:
    """Forget whom to write to. What happened to them stays in the history, under their name."""
    record(session, CustomerRemoved(by=by.id, key=customer.key, name=customer.name), at=now)
    session.execute(sa.delete(Contact).where(col(Contact.customer_id) == customer.id))
    session.execute(sa.delete(Use).where(col(Use.customer_id) == customer.id))
    unsent = sa.update(PrivateWord).where(
        col(PrivateWord.customer_id) == customer.id, col(PrivateWord.state) == WordState.DRAFT
    )
    session.execute(unsent.values(state=WordState.DISCARDED, decided_by=by.id, decided_at=now))
    customer.removed_at, customer.owner_id, customer.note = now, None, ""
    session.add(customer)
    session.flush()


def _save(
    session: Session, entry: Entry, *, by: Person, now: datetime, follow: bool = True
) -> tuple[Customer, list[str], bool]:
    rules.check_sees(by)
    people.require(by, "responder")
    name = rules.line(entry.name, "name")
    if not (name or entry.key.strip()):
        raise BadCustomer
    word = rules.key(entry.key.strip().lower() or name)
    known = session.exec(select(Customer).where(Customer.key == word)).first()
    customer = known or Customer(key=word, name=name or word, created_at=now)
    fields = _set_plain(session, customer, entry, name)
    if known is None or known.removed_at is not None:
        customer.removed_at, fields = None, fields or ["name"]
    session.add(customer)
    session.flush()
    fields += _set_contacts(session, customer, entry.contacts)
    changed = _set_services(session, customer, entry.services)
    if changed and follow:
        follow_services(session, customer=customer, now=now)
    fields += changed
    return customer, fields, known is None


def _set_plain(session: Session, customer: Customer, entry: Entry, name: str) -> list[str]:
    wanted: dict[str, object] = {"name": name or customer.name}
    if entry.tier is not None:
        wanted["tier"] = rules.line(entry.tier, "tier", 40)
    if entry.note is not None:
        wanted["note"] = entry.note.strip()[: rules.NOTE_MAX]
    if entry.owner is not None:
        said = entry.owner.strip()
        wanted["owner_id"] = people.named(session, said).id if said else None
    changed = [key for key, value in wanted.items() if getattr(customer, key) != value]
    for key in changed:
        setattr(customer, key, wanted[key])
    return [key.removesuffix("_id") for key in changed]


def _set_contacts(session: Session, customer: Customer, texts: Iterable[str] | None) -> list[str]:
    if texts is None:
        return []
    wanted = rules.contacts(texts)
    known = {row.address: row.name for row in contacts(session, customer)}
    if wanted == known:
        return []
    session.execute(sa.delete(Contact).where(col(Contact.customer_id) == customer.id))
    session.add_all(
        Contact(customer_id=customer.id, address=address, name=name) for address, name in wanted.items()
    )
    session.flush()
    return ["contacts"]


def _set_services(session: Session, customer: Customer, names: Iterable[str] | None) -> list[str]:
    if names is None:
        return []
    company = company_of(session)
    wanted = {company.service(name).key for name in names if name.strip()}
    if wanted == set(services(session, customer)):
        return []
    session.execute(sa.delete(Use).where(col(Use.customer_id) == customer.id))
    session.add_all(Use(customer_id=customer.id, service=key) for key in sorted(wanted))
    session.flush()
    return ["services"]


def _rows(text: str) -> Iterable[tuple[int, Mapping[str, str]]]:
    if len(text) > MOST_BYTES:
        raise BadCustomer("The file is too large: 8 MB is the most. Import it in parts.")
    lines = text.removeprefix("\ufeff")
    dialect = ";" if ";" in lines.partition("\n")[0] and "," not in lines.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(lines), delimiter=dialect, strict=True)
    heads = [head.strip().lower() for head in reader.fieldnames or ()]
    if unknown := [head for head in heads if head not in COLUMNS]:
        raise BadCustomer(
            f"{unknown[0][:40]!r} is no column. Choose from: {', '.join(COLUMNS)}. Nothing was imported."
        )
    reader.fieldnames = heads
    try:
        for number, row in enumerate(reader, 2):
            if number > MOST_ROWS + 1:
                raise BadCustomer(f"More than {MOST_ROWS:,} customers. Import them in parts.")
            if None in row:
                raise BadCustomer(f"Line {number} has too many columns. Nothing was imported.")
            yield number, {head: value or "" for head, value in row.items()}
    except csv.Error as error:
        raise BadCustomer(f"Line {reader.line_num} cannot be read: {error}. Nothing was imported.") from None


def _entry(row: Mapping[str, str]) -> Entry:
    """A column that is not there leaves the field as it is; an empty one empties it."""
    many = {
        name: tuple(part.strip() for part in row[name].split(";") if part.strip())
        for name in ("contacts", "services")
        if name in row
    }
    plain = {name: row[name] for name in ("tier", "owner", "note") if name in row}
    return Entry(name=row.get("name", ""), key=row.get("key", ""), **plain, **many)  # type: ignore[arg-type]


def _bare(refusal: Refused) -> str:
    return str(refusal).removesuffix("Nothing was changed.").strip()
