"""The figures of an audit: counts, rates and lengths. It ranks nobody."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import compress
from typing import Any

from bot.domain.actions import Fate, number
from bot.domain.audit.dates import number_of
from bot.domain.audit.gathering import Gathered

NEVER = chr(32)  # of a tally: it does not apply


@dataclass(frozen=True)
class Counts:
    """How many items. Promised are all but those declined and those that were the same as another."""

    on_time: int = 0  # done on the due day or before
    done_late: int = 0
    done_undated: int = 0  # nobody had promised a day
    open: int = 0  # and not late
    late: int = 0
    declined: int = 0
    duplicate: int = 0
    verified: int = 0
    first_kept: int = 0  # done by the day that was promised first, before any move
    moved: int = 0
    moves: int = 0  # how often, of all
    reopened: int = 0

    @property
    def done(self) -> int:
        return self.on_time + self.done_late + self.done_undated

    @property
    def promised(self) -> int:
        return self.done + self.open + self.late

    @property
    def all(self) -> int:
        return self.promised + self.declined + self.duplicate

    @property
    def completion(self) -> float | None:
        """The part of what was promised that is done; None where nothing was."""
        return _part(self.done, self.promised)

    @property
    def kept(self) -> float | None:
        """The part of what was promised that was done on time."""
        return _part(self.on_time, self.promised)

    @property
    def checked(self) -> float | None:
        """The part of what is done that was verified."""
        return _part(self.verified, self.done)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def _part(some: int, of: int) -> float | None:
    return some / of if of else None


@dataclass(frozen=True)
class Spread:
    """Whole numbers, mostly of days. Empty where there is nothing to measure."""

    count: int
    median: int | None
    p90: int | None
    longest: int | None

    @classmethod
    def of(cls, days: dict[int, int]) -> "Spread":
        return cls(sum(days.values()), percentile(days, 0.5), percentile(days, 0.9), max(days, default=None))


def percentile(days: dict[int, int], part: float) -> int | None:
    """The nearest rank: the least number of days that at least this part of them does not exceed."""
    wanted = max(1, math.ceil(part * sum(days.values())))
    for length in sorted(days):
        wanted -= days[length]
        if wanted <= 0:
            return length
    return None


def counts_by(keys: Sequence[Any], found: Gathered, today: date) -> dict[Any, Counts]:
    """The counts of the items of each key."""
    fates, moves = found.parts["fate"], found.parts["moved"]
    sums: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    flags = {fate: _flags(Fate(number(fate))) for fate in set(fates)}
    for (key, fate, moved), many in Counter(zip(keys, fates, moves, strict=True)).items():
        for flag in flags[fate]:
            sums[key][flag] += many
        if times := number(moved):
            sums[key]["moved"] += many
            sums[key]["moves"] += many * times
    for key, late in Counter(compress(keys, are_late(found, today))).items():
        sums[key]["open"] -= late
        sums[key]["late"] = late
    return {key: Counts(**one) for key, one in sums.items()}


def _flags(fate: Fate) -> list[str]:
    """The fields of Counts that count such an item. Whatever is still due counts as open."""
    is_timed = bool(fate & (Fate.ON_TIME | Fate.UNDATED))
    found = {
        "on_time": Fate.ON_TIME in fate,
        "done_late": Fate.DONE in fate and not is_timed,
        "done_undated": Fate.UNDATED in fate,
        "open": not fate & (Fate.DONE | Fate.DECLINED | Fate.DUPLICATE),
        "declined": Fate.DECLINED in fate,
        "duplicate": Fate.DUPLICATE in fate,
        "verified": Fate.VERIFIED in fate,
        "first_kept": Fate.FIRST_KEPT in fate,
        "reopened": Fate.REOPENED in fate,
    }
    return [name for name, fits in found.items() if fits]


def are_late(found: Gathered, today: date) -> Iterable[bool]:
    """Of each item: is it late?"""
    due, until = found.parts["due"], number_of(today)
    late = {letter for letter in set(due) if 0 < number(letter) < until}
    return map(late.__contains__, due)


def numbers(letters: str) -> dict[int, int]:
    """How many say each number; those to which it does not apply say none."""
    return {number(letter): many for letter, many in Counter(letters.replace(NEVER, "")).items()}


@dataclass(frozen=True)
class Lengths:
    """How old the open ones are, how long the others took, how late the late ones are: days -> how many."""

    ages: dict[int, int]
    taken: dict[int, int]
    lateness: dict[int, int]


def lengths(found: Gathered, today: date) -> Lengths:
    """Counted from the day on which an item was promised; a late one from its due day."""
    now, part = number_of(today), found.parts
    return Lengths(
        ages={now - made: many for made, many in numbers(part["aging"]).items()},
        taken={days - 1: many for days, many in numbers(part["took"]).items()},
        lateness={now - due: many for due, many in numbers(part["due"]).items() if due < now},
    )


AGES = ((7, "0 to 7"), (30, "8 to 30"), (90, "31 to 90"), (None, "over 90"))


def by_age(ages: dict[int, int]) -> list[tuple[str, int]]:
    """The open items in four classes of age."""
    return in_classes(ages, AGES)


def in_classes(numbers: dict[int, int], classes: Sequence[tuple[int | None, str]]) -> list[tuple[str, int]]:
    """How many are in each class; a class ends with its number, the last one never."""
    found, least = [], -1
    for most, label in classes:
        top = most if most is not None else max(numbers, default=0)
        found.append((label, sum(count for size, count in numbers.items() if least < size <= top)))
        least = most if most is not None else least
    return found
