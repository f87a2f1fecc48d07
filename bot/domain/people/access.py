"""Who has which role: closeout.toml names them by address or Slack user group; else an administrator does."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain.company import AccessRules, Company, company_of
from bot.domain.people.facts import AccessChanged
from bot.domain.people.model import Access, Person
from bot.domain.people.roles import COMPANY, HAND, named_role, words_of
from bot.domain.people.verbs import closeout
from bot.lib.choices import one_of
from bot.lib.errors import Refused
from bot.lib.facts import record


class SaidElsewhere(Refused):
    """closeout.toml says what this person may do. Change it there, then start again. Nothing was changed."""


def groups_named(company: Company) -> set[str]:
    """The handles of all Slack user groups that closeout.toml gives a role."""
    return {word[1:] for words in words_of(company.access).values() for word in words if word.startswith("@")}


def appoint(session: Session, *, now: datetime) -> int:
    """Give everyone the role that closeout.toml says; answers how many have another one than before."""
    rules = company_of(session).access
    people = session.exec(select(Person).where(col(Person.is_system).is_(False)).order_by(col(Person.id)))
    return sum(_appoint(session, rules, person, now) for person in people.all())


def _appoint(session: Session, rules: AccessRules, person: Person, now: datetime) -> bool:
    said = named_role(rules, person.email, person.groups.split())
    if said is None and person.access_from != COMPANY:
        return False  # an administrator's word, or the role with which everyone begins
    new, person.access_from = (said, COMPANY) if said else (Access(rules.default), "")
    session.add(person)
    return _change(session, person, new, by=closeout(session), now=now, why="closeout.toml says so")


def give(session: Session, person: Person, role: str, *, by: Person, now: datetime) -> bool:
    """An administrator gives a role. False when it was theirs. Raises SaidElsewhere."""
    new = one_of("role", role, {each.value: each for each in Access} | {"administrator": Access.ADMIN})
    if person.access_from == COMPANY:
        if new != person.access:
            raise SaidElsewhere
        return False
    person.access_from = HAND
    session.add(person)
    return _change(session, person, new, by=by, now=now)


def _change(
    session: Session, person: Person, new: Access, *, by: Person, now: datetime, why: str = ""
) -> bool:
    old = person.access
    if old == new:
        return False
    # Said before it is true: nobody may pass the gate with the role that they just gave themselves.
    record(session, AccessChanged(by=by.id, person=person.id, old=old, new=new, why=why), at=now)
    person.access = new
    session.flush()
    return True


def join_groups(session: Session, members: Mapping[str, Collection[str]], *, now: datetime) -> None:
    """Take over who is in which Slack user group: handle -> Slack ids. Roles follow."""
    by_id: dict[str, list[str]] = {}
    for handle, ids in members.items():
        for id in ids:
            by_id.setdefault(id, []).append(handle)
    known = session.exec(select(Person).where(col(Person.slack_id).is_not(None))).all()
    for person in known:
        person.groups = " ".join(sorted(by_id.get(person.slack_id or "", [])))
        session.add(person)
    session.flush()
    appoint(session, now=now)
