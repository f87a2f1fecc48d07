"""How the work is spread over those who own it: distributions, never a list of persons with their rates."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import compress

from bot.domain.audit.figures import NEVER, Spread, are_late, in_classes
from bot.domain.audit.gathering import Gathered

CLASSES = ((0, "none"), (1, "1"), (3, "2 to 3"), (7, "4 to 7"), (None, "8 or more"))


@dataclass(frozen=True)
class PerOwner:
    """How many of the owners have how many such items, and how many an owner has."""

    what: str  # promised, still due or late
    state: str  # the filter that lists such items
    owners: list[tuple[str, int]]
    each: Spread  # of the items of an owner


def per_owner(found: Gathered, today: date) -> list[PerOwner]:
    """Of all who own an item in scope."""
    part, all = found.parts, set(found.owners) - {""}
    flags = (
        ("promised", "promised", map(NEVER.__eq__, part["dropped"])),
        ("still due", "due", map(NEVER.__ne__, part["aging"])),
        ("late", "late", are_late(found, today)),
    )
    return [_spread(what, state, Counter(compress(found.owners, fits)), all) for what, state, fits in flags]


def _spread(what: str, state: str, items: Counter[str], all: set[str]) -> PerOwner:
    sizes = Counter(items[owner] for owner in all)
    return PerOwner(what, state, in_classes(sizes, CLASSES), Spread.of(sizes))
