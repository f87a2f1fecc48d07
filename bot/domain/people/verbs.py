"""Meeting people and finding them again."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.company import AccessRules
from bot.domain.people.model import CLOSEOUT, PAGERDUTY, Access, Person
from bot.domain.people.roles import first_role
from bot.lib.cleaning import clean
from bot.lib.db import is_postgres
from bot.lib.errors import Refused

MENTION = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$")
MAIL = re.compile(r"^[^@\s<>]+@[^@\s<>]+$")


class NoSuchPerson(Refused):
    """Nobody of that name is known. Write @name in Slack, or an e-mail address."""


@dataclass(frozen=True)
class Introduction:
    """What a directory says of someone."""

    slack_id: str
    name: str
    email: str | None = None
    timezone: str = "UTC"
    is_guest: bool = False
    is_active: bool = True


def closeout(session: Session) -> Person:
    return get(session, CLOSEOUT)


def pagerduty(session: Session) -> Person:
    return get(session, PAGERDUTY)


def get(session: Session, id: int) -> Person:
    """The person; where two rows turned out to be one human, the row that stayed."""
    person = session.get(Person, id)
    if person is None:
        raise NoSuchPerson
    return get(session, person.same_as) if person.same_as else person


def of_slack(session: Session, slack_id: str, name: str = "") -> Person:
    """Whoever acts in Slack is a person, also when we meet them for the first time."""
    found = session.exec(select(Person).where(Person.slack_id == slack_id)).first()
    return (
        get(session, found.id) if found else _add(session, Person(name=name or slack_id, slack_id=slack_id))
    )


def of_email(session: Session, email: str, name: str = "") -> Person:
    address = email.strip().lower()
    if not MAIL.match(address):
        raise NoSuchPerson(f"{email!r} is no e-mail address. Write one like ada@example.com.")
    found = session.exec(select(Person).where(Person.email == address)).first()
    return get(session, found.id) if found else _add(session, Person(name=name or address, email=address))


def of_terminal(session: Session, login: str) -> Person:
    """Whoever types in a terminal and does not say who they are is known by the login name."""
    name = f"{login} (terminal)"
    nameless = col(Person.email).is_(None), col(Person.slack_id).is_(None)
    found = session.exec(select(Person).where(Person.name == name, *nameless)).first()
    return found or _add(session, Person(name=name, access=Access.ADMIN))


def introduce(session: Session, who: Introduction) -> Person:
    """Take over what the directory says. Two rows for one human become one, and both ids keep working."""
    person = of_slack(session, who.slack_id, who.name)
    if who.email:
        _join_by_mail(session, person, who.email.strip().lower())
    person.name, person.timezone = _line(who.name) or person.name, known_zone(who.timezone)
    person.is_guest, person.is_active = who.is_guest, who.is_active
    session.add(person)
    session.flush()
    return person


def known_zone(text: str) -> str:
    """The zone that a directory names, if this machine knows it: whoever computes with it relies on that."""
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        return "UTC"


def _join_by_mail(session: Session, person: Person, email: str) -> None:
    other = session.exec(select(Person).where(Person.email == email, Person.id != person.id)).first()
    if other is not None:
        if other.slack_id:
            return  # an address that moved to another account: the directory is asked again tomorrow
        other.email, other.same_as = None, person.id
        session.add(other)
        session.flush()
    person.email = email


def find(session: Session, text: str) -> Person | None:
    """By mention, Slack id, e-mail address or name; None where nobody or more than one fits."""
    word = text.strip()
    if found := MENTION.match(word):
        return of_slack(session, found[1])
    if MAIL.match(word):
        return session.exec(select(Person).where(Person.email == word.lower())).first()
    bare = word.removeprefix("@").lower()
    known = select(Person).where(col(Person.same_as).is_(None), col(Person.is_system).is_(False))
    exact = session.exec(known.where(func.lower(Person.name) == bare)).all()
    if not exact:
        exact = session.exec(
            known.where(func.lower(Person.name).startswith(f"{bare} ", autoescape=True))
        ).all()
    return exact[0] if len(exact) == 1 else None


def meant(session: Session, text: str) -> Person:
    """Like find, but refuses with a sentence. Someone who left cannot be given anything."""
    person = find(session, text)
    if person is None:
        raise NoSuchPerson(
            f"{text.strip()!r} is nobody I know. "
            "Write @name in Slack, or an e-mail address. Nothing was changed."
        )
    if not person.is_active:
        raise NoSuchPerson(f"{person.name} has left the workspace. Name someone else. Nothing was changed.")
    return person


def rows_of(person: Person) -> SelectOfScalar[int]:
    """All ids under which this human was ever met, for use inside a query."""
    return select(Person.id).where(or_(col(Person.id) == person.id, col(Person.same_as) == person.id))


def everybody(session: Session, most: int) -> list[Person]:
    """Whoever can be given something, by name; no more than `most`."""
    here = col(Person.same_as).is_(None), col(Person.is_system).is_(False), col(Person.is_active)
    return list(session.exec(select(Person).where(*here).order_by(func.lower(Person.name)).limit(most)))


def named(session: Session, text: str) -> Person:
    """Like meant, but an e-mail address that nobody has yet makes its owner known."""
    if MAIL.match(text.strip()) and find(session, text) is None:
        return of_email(session, text)
    return meant(session, text)


def _access_rules(session: Session) -> AccessRules:
    company = session.info.get("company")
    return company.access if company is not None else AccessRules()


def _line(name: str) -> str:
    return clean(" ".join(name.split())).strip()


def _add(session: Session, person: Person) -> Person:
    """Of two who meet somebody at the same moment, one writes them down, and both know them."""
    person.name = _line(person.name) or "Somebody"
    if not person.access_from and person.access == Access.RESPONDER:
        person.access, person.access_from = first_role(_access_rules(session), person.email)
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    row = insert(Person).values(**person.model_dump(exclude={"id"})).on_conflict_do_nothing()
    id = session.execute(row.returning(col(Person.id))).scalar()
    if id is None:
        known = Person.slack_id == person.slack_id if person.slack_id else Person.email == person.email
        id = session.exec(select(Person.id).where(known)).one()
    return get(session, id)
