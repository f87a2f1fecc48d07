"""Who may do what: the one place that says so."""

from bot.domain.people.model import Person
from bot.lib.errors import Refused


class NotAllowed(Refused):
    """Only an administrator may do that. Ask one."""


def may_see(person: Person, *, private: bool, members: set[int]) -> bool:
    """A private incident is there for its members; Closeout itself must see it too, to serve it."""
    return not private or person.is_system or person.id in members


def require_admin(person: Person) -> None:
    if not (person.is_admin or person.is_system):
        raise NotAllowed
