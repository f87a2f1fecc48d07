"""Which role closeout.toml gives to whom. Pure."""

from collections.abc import Collection

from bot.domain.company import AccessRules
from bot.domain.people.model import Access
from bot.domain.people.rights import ORDER

COMPANY, HAND = "company", "hand"


def words_of(rules: AccessRules) -> dict[Access, tuple[str, ...]]:
    """Role -> who has it: addresses, and user groups as @payments."""
    return {
        Access.VIEWER: rules.viewers,
        Access.RESPONDER: rules.responders,
        Access.MANAGER: rules.managers,
        Access.ADMIN: rules.administrators,
    }


def named_role(rules: AccessRules, email: str | None, groups: Collection[str]) -> Access | None:
    """The highest role that closeout.toml gives; None where it does not name the person."""
    known = {(email or "").lower(), *(f"@{group}" for group in groups)} - {"", "@"}
    found = [role for role, words in words_of(rules).items() if known & {word.lower() for word in words}]
    return max(found, key=ORDER.index, default=None)


def first_role(rules: AccessRules, email: str | None) -> tuple[Access, str]:
    """What whoever is met for the first time may do, and who says so."""
    named = named_role(rules, email, ())
    return (named, COMPANY) if named else (Access(rules.default), "")
