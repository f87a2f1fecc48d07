"""What an audit counts of an action item: a few characters that the database itself keeps up to date.

A page counts a hundred thousand items at once. The database hands their tallies over as one text, in which
each number is one character, so that nothing is made of a row but what is counted.
"""

from collections.abc import Sequence
from enum import IntFlag
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

ZERO = 32  # the character that stands for 0; those before it control terminals
MOST = 50_000  # the largest number; the characters soon after its own are no text


class Fate(IntFlag):
    """What became of it. One that is still due has none of the first four."""

    DONE = 1  # also where it was verified since
    VERIFIED = 2
    DECLINED = 4
    DUPLICATE = 8
    ON_TIME = 16  # done on the due day or before
    UNDATED = 32  # done, and nobody had promised a day
    FIRST_KEPT = 64  # done by the day that was promised first, before any move
    REOPENED = 128


# The characters in their order. Days are since 1970; where a number does not apply stands 0.
PARTS = (
    "fate",
    "made",  # the day of the promise
    "dropped",  # the same, where it was declined or is a duplicate
    "aging",  # the same, where it is still due
    "due",  # the due day, where it is still due
    "kept",  # the day on which it was done, where that was on time
    "other",  # the day on which it was done otherwise
    "took",  # days from the promise until it was done, and one
    "moved",  # how often its day was moved
)


def parts(tallies: str) -> dict[str, str]:
    """The characters of many tallies that stand behind one another, by what they say."""
    return {name: tallies[at :: len(PARTS)] for at, name in enumerate(PARTS)}


def number(letter: str) -> int:
    return ord(letter) - ZERO


class Tally(sa.ColumnElement[str]):
    """As each database spells it. A change of it needs a revision: what the old one made stays."""

    inherit_cache = True
    type = sa.Text()


@compiles(Tally, "sqlite")
def _on_sqlite(_tally: Tally, _compiler: Any, **_: Any) -> str:
    names = {"letter": "char", "least": "min", "most": "max"}
    return _spelt(**names, of="substr({}, 1, 10)", days="CAST(julianday({}) - 2440587.5 AS INTEGER)")


@compiles(Tally, "postgresql")
def _on_postgres(_tally: Tally, _compiler: Any, **_: Any) -> str:
    names = {"letter": "chr", "least": "LEAST", "most": "GREATEST"}
    return _spelt(**names, of="({} AT TIME ZONE 'UTC')::date", days="({} - '1970-01-01'::date)")


def _spelt(*, letter: str, least: str, most: str, of: str, days: str) -> str:
    day = f"{most}(1, {least}({days}, {MOST}))"  # 0 says that there is none
    numbers = _numbers(of.format("created_at"), of.format("done_at"), day)
    numbers = (*numbers, f"{most}(0, {least}(moved, {MOST}))")
    return " || ".join(f"{letter}({ZERO} + {each})" for each in numbers)


def _numbers(made: str, done: str, days: str) -> Sequence[str]:
    """In the order of PARTS, but for the last, which is no day."""
    finished, due = _any("done", "verified"), _any("open", "in_progress", "blocked")
    made_on, done_on, due_on = days.format(made), days.format(done), days.format("due")
    kept = f"{finished} AND {done} <= due"
    flags = {
        Fate.DONE: finished,
        Fate.VERIFIED: _any("verified"),
        Fate.DECLINED: _any("declined"),
        Fate.DUPLICATE: _any("duplicate"),
        Fate.ON_TIME: kept,
        Fate.UNDATED: f"{finished} AND (due IS NULL OR done_at IS NULL)",
        Fate.FIRST_KEPT: f"{finished} AND {done} <= COALESCE(first_due, due)",
        Fate.REOPENED: "reopened > 0",
    }
    return (
        " + ".join(_when(fits, str(int(flag))) for flag, fits in flags.items()),
        made_on,
        _when(_any("declined", "duplicate"), made_on),
        _when(due, made_on),
        _when(f"{due} AND due IS NOT NULL", due_on),
        _when(kept, done_on),
        _when(f"{finished} AND done_at IS NOT NULL AND (due IS NULL OR {done} > due)", done_on),
        _when(f"{finished} AND done_at >= created_at", f"{done_on} - {made_on} + 1"),
    )


def _any(*statuses: str) -> str:
    """Spelt out, since PostgreSQL says IN in other words when it is asked how the column is made."""
    return "(" + " OR ".join(f"status = '{each}'" for each in statuses) + ")"


def _when(fits: str, value: str, other: str = "0") -> str:
    return f"CASE WHEN {fits} THEN {value} ELSE {other} END"
