"""What is counted: the tallies of all items in scope, as one text that the database hands over.

Rows of a hundred thousand items take many times as long to fetch as to count; their characters do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.actions import TALLY, ActionItem, number, parts
from bot.domain.audit.dates import day_of, month_of
from bot.domain.audit.scope import ANY, Condition, Scope, quickly
from bot.domain.incidents import Incident
from bot.domain.people import Person

BETWEEN = "\x1f"


@dataclass(frozen=True)
class Gathered:
    """The items in scope: a character of each in each text, and a word of each, all in one order."""

    parts: dict[str, str]
    words: Sequence[str]  # what the breakdown needs to know; empty where the tally says it
    severities: dict[str, str | None]  # by the id of the incident, where they are asked for
    same: dict[str, str]  # who was met twice -> who stayed

    @cached_property
    def owners(self) -> Sequence[str]:
        """Their ids; empty for what nobody has."""
        return [self.same.get(word, word) for word in self.words] if self.same else self.words

    def keys(self, by: str) -> Sequence[Any]:
        """By what each item is counted: a key, or a month's number; nothing where nobody has said."""
        if by == "month":
            months = {letter: month_of(day_of(number(letter))) for letter in set(self.parts["made"])}
            return [months[letter] for letter in self.parts["made"]]
        if by == "severity":
            return [self.severities[word] for word in self.words]
        if by == "owner":
            return [ANY if word else None for word in self.words]
        return self.words


def gather(session: Session, scope: Scope, wanted: Condition) -> Gathered:
    """What is counted of the items of this condition."""
    together: list[Any] = [sa.func.aggregate_strings(TALLY, "")]
    if scope.by != "month":
        together.append(sa.func.aggregate_strings(_word(scope.by), BETWEEN))
    asked = quickly(sa.select(*together).select_from(ActionItem).where(wanted), scope)
    tallies, *words = session.execute(asked).one()
    return Gathered(
        parts=parts(tallies or ""),
        words=words[0].split(BETWEEN) if tallies and words else [],
        severities=_severities(session) if scope.by == "severity" else {},
        same=_same(session) if scope.by == "owner" else {},
    )


def _word(by: str) -> Any:
    if by in ("severity", "owner"):
        id = col(ActionItem.incident_id if by == "severity" else ActionItem.owner_id)
        return sa.func.coalesce(sa.cast(id, sa.Text), "")
    return sa.func.coalesce(getattr(ActionItem, by), "")


def _severities(session: Session) -> dict[str, str | None]:
    found = session.execute(sa.select(col(Incident.id), col(Incident.severity)))
    return {str(id): severity for id, severity in found}


def _same(session: Session) -> dict[str, str]:
    twice = select(Person.id, Person.same_as).where(col(Person.same_as).is_not(None))
    return {str(id): str(stayed) for id, stayed in session.exec(twice)}
