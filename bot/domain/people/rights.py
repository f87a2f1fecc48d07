"""Who may do what: the one place that says so."""

from sqlmodel import Session

from bot.domain.people.model import Access, Person
from bot.lib.errors import Refused
from bot.lib.facts import Fact


class NotAllowed(Refused):
    """Only an administrator may do that. Ask one."""


ORDER = (Access.VIEWER, Access.RESPONDER, Access.MANAGER, Access.ADMIN)  # each may do what those before may


def may(person: Person, least: str) -> bool:
    """Does the person's role reach so far? What is no human acts for Closeout itself."""
    if person.is_system:
        return True
    return person.is_active and ORDER.index(Access(person.access)) >= ORDER.index(Access(least))


def require(person: Person, least: str) -> None:
    """Refuse with what is missing, and whom to ask."""
    if not person.is_active:
        raise NotAllowed(f"{person.name} has left the workspace. Nothing was changed.")
    if may(person, least):
        return
    if person.access == Access.VIEWER:
        raise NotAllowed(
            f"You may look, and change nothing. Ask an administrator to make you {WORDS[least]}. "
            "Nothing was changed."
        )
    raise NotAllowed(f"That takes {WORDS[least]}. Ask one to do it. Nothing was changed.")


WORDS = {
    "viewer": "a viewer",
    "responder": "a responder",
    "manager": "a manager",
    "admin": "an administrator",
}


def gate(session: Session, fact: Fact) -> None:
    """Stands before every fact: whoever may not let it become true, does not. No verb can forget it."""
    person = session.get(Person, fact.by)
    if person is not None:
        require(person, fact.needs)


def sees_only_own(person: Person, *, private: bool) -> bool:
    """Private incidents are there for those who take part; to a guest of the workspace, so is every other."""
    return not person.is_system and (private or person.is_guest)


def may_see(person: Person, *, private: bool, members: set[int]) -> bool:
    """Closeout itself must see everything, to serve it."""
    return not sees_only_own(person, private=private) or person.id in members


def require_admin(person: Person) -> None:
    if not may(person, Access.ADMIN):
        raise NotAllowed
