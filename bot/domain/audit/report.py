"""The whole report of a scope, as every surface shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from bot.domain.audit.dates import first_of
from bot.domain.audit.figures import Counts, Spread, by_age, counts_by, lengths
from bot.domain.audit.gathering import gather
from bot.domain.audit.owners import PerOwner, per_owner
from bot.domain.audit.scope import ANY, NONE, Scope, condition
from bot.domain.audit.series import Series, series
from bot.domain.company import company_of
from bot.domain.people import Person

ORDERS = {"priority": ["high", "medium", "low"], "kind": ["prevent", "detect", "mitigate", "process"]}


@dataclass(frozen=True)
class Line:
    """One line of the breakdown. `key` filters for it."""

    key: str
    label: str
    counts: Counts


@dataclass(frozen=True)
class Report:
    """Figures of the items in scope, as of one day."""

    counts: Counts
    lines: list[Line]
    owners: list[PerOwner]  # where it is broken down by owner
    age: Spread  # of what is open, in days
    taken: Spread  # from the promise to done
    lateness: Spread  # of what is late
    ages: list[tuple[str, int]]
    series: Series


def report(session: Session, scope: Scope, *, as_: Person, today: date) -> Report:
    """What the person may know of it."""
    found = gather(session, scope, condition(session, scope, as_=as_, today=today))
    parts = counts_by(found.keys(scope.by), found, today)
    measured = lengths(found, today)
    return Report(
        counts=sum(parts.values(), Counts()),
        lines=_lines(session, scope, parts),
        owners=per_owner(found, today) if scope.by == "owner" else [],
        age=Spread.of(measured.ages),
        taken=Spread.of(measured.taken),
        lateness=Spread.of(measured.lateness),
        ages=by_age(measured.ages),
        series=series(found, scope, today),
    )


def _lines(session: Session, scope: Scope, parts: dict[Any, Counts]) -> list[Line]:
    """Severities and priorities from the worst on; all else by the alphabet; what nobody said comes last."""
    severities = [each.key for each in company_of(session).severities]
    order = severities if scope.by == "severity" else ORDERS.get(scope.by, [])

    def place(key: Any) -> tuple[int, Any]:
        if not key:
            return 2, ""
        return (0, order.index(key)) if key in order else (1, key)

    return [Line(*_named(session, scope, key), parts[key]) for key in sorted(parts, key=place)]


def _named(session: Session, scope: Scope, key: Any) -> tuple[str, str]:
    if not key:
        return NONE, "Nobody" if scope.by == "owner" else "Not said"
    if scope.by == "owner":
        return ANY, "Somebody"
    if scope.by == "month":
        return f"{first_of(key):%Y-%m}", f"{first_of(key):%b %Y}"
    company = company_of(session)
    if scope.by == "team":
        team = company.team(key)
        return key, team.name if team else key
    return key, company.severity_or_assumed(key).label if scope.by == "severity" else key.capitalize()
