"""How customers are named and reached, and who may do what with them. Pure: no session, no clock, no I/O."""

import re
import unicodedata
from collections.abc import Iterable
from email.utils import parseaddr

from bot.domain import mailings
from bot.domain.customers.model import Customer
from bot.domain.people import NotAllowed, Person, may
from bot.lib.cleaning import clean
from bot.lib.errors import Refused

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TAKEN = ("add", "import")  # the pages have these addresses
NAME_MAX, NOTE_MAX, SUBJECT_MAX, TEXT_MAX = 120, 2000, 150, 3000
MOST_CONTACTS = 50


class BadCustomer(Refused):
    """A customer needs a name. Nothing was changed."""


class NotTheOwner(NotAllowed):
    """Only the account owner, or a manager in their place, sends a word to a customer."""


def key(text: str) -> str:
    """Small letters, digits, - and _; a name becomes one by itself."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:40].rstrip("-_")
    if not KEY.fullmatch(slug) or slug in TAKEN:
        raise BadCustomer(
            f"{text.strip()[:60]!r} makes no key. Give the customer one of small letters, digits, - and _, "
            "like acme. Nothing was changed."
        )
    return slug


def line(text: str, what: str, most: int = NAME_MAX) -> str:
    """One line without anything unseen."""
    words = clean(" ".join(text.split())).strip()
    if len(words) > most:
        raise BadCustomer(f"The {what} has {len(words)} characters; {most} is the most. Nothing was changed.")
    return words


def contact(text: str) -> tuple[str, str]:
    """`ada@example.com` or `Ada <ada@example.com>`: the address in small letters, and the name."""
    if any(character in text for character in "\r\n\0"):
        raise BadCustomer("A contact stands on one line. Nothing was changed.")
    name, found = parseaddr(text.strip())
    try:
        return mailings.address(found), line(name, "contact's name")
    except mailings.BadAddress:
        raise BadCustomer(
            f"{text.strip()[:80]!r} is no mail address. Write one like ada@example.com. Nothing was changed."
        ) from None


def contacts(texts: Iterable[str]) -> dict[str, str]:
    """Address -> name; the same address once."""
    found = dict(contact(text) for text in texts if text.strip())
    if len(found) > MOST_CONTACTS:
        raise BadCustomer(f"A customer has {MOST_CONTACTS} contacts at most. Nothing was changed.")
    return found


def check_sees(person: Person) -> None:
    """The register is the company's; a guest is not of the company."""
    if person.is_guest or not person.is_active:
        raise NotAllowed("The register of customers is not for guests. Ask someone of the company.")


def sees_contacts(person: Person) -> bool:
    return may(person, "responder") and not person.is_guest


def check_sends(person: Person, customer: Customer, owner: Person | None) -> None:
    """The account owner knows how these people are spoken to. A manager may step in."""
    if (owner is not None and owner.id == person.id) or may(person, "manager"):
        return
    if owner is None:
        raise NotTheOwner(
            f"Nobody looks after {customer.name} yet, so a manager sends this. Name an account owner on the "
            "customer's page. Nothing was sent."
        )
    raise NotTheOwner(f"{owner.name} looks after {customer.name}, and sends this. Nothing was sent.")
