"""Who may do what: the one place that says so."""

from bot.domain.people.model import Person
from bot.lib.errors import Refused


class NotAllowed(Refused):
    """Only an administrator may do that. Ask one."""


def sees_only_own(person: Person, *, private: bool) -> bool:
    """Private incidents are there for those who take part; to a guest of the workspace, so is every other."""
    return not person.is_system and (private or person.is_guest)


def may_see(person: Person, *, private: bool, members: set[int]) -> bool:
    """Closeout itself must see everything, to serve it."""
    return not sees_only_own(person, private=private) or person.id in members


def require_admin(person: Person) -> None:
    if not (person.is_admin or person.is_system):
        raise NotAllowed
