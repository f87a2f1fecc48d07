"""The whole report of a scope, as every surface shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from bot.domain import people
from bot.domain.audit.dates import first_of
from bot.domain.audit.figures import Counts, Group, Spread, by_age, groups, lengths, total
from bot.domain.audit.scope import Scope
from bot.domain.audit.series import Series, series
from bot.domain.company import company_of
from bot.domain.people import Person


@dataclass(frozen=True)
class Line:
    """One line of the breakdown. `key` filters for it; a person's is the address, or else the name."""

    key: str
    label: str
    counts: Counts


@dataclass(frozen=True)
class Report:
    """Figures of the items in scope, as of one day."""

    counts: Counts
    lines: list[Line]
    age: Spread  # of what is open, in days
    taken: Spread  # from the promise to done
    lateness: Spread  # of what is late
    ages: list[tuple[str, int]]
    series: Series


def report(session: Session, scope: Scope, *, as_: Person, today: date) -> Report:
    """What the person may know of it."""
    found = groups(session, scope, as_=as_, today=today)
    measured = lengths(session, scope, as_=as_, today=today)
    return Report(
        counts=total(found),
        lines=_lines(session, scope, found),
        age=Spread.of(measured.ages),
        taken=Spread.of(measured.taken),
        lateness=Spread.of(measured.lateness),
        ages=by_age(measured.ages),
        series=series(session, scope, as_=as_, today=today),
    )


def _lines(session: Session, scope: Scope, found: list[Group]) -> list[Line]:
    """Owners by the alphabet, who was met twice once: it is a list to find somebody in, not a ranking."""
    lines: dict[str, Line] = {}
    met = session.exec(select(Person)).all() if scope.by == "owner" else []  # all at once, not one by one
    for group in found:
        key, label = _named(session, scope, group.key)
        before = lines[key].counts if key in lines else Counts()
        lines[key] = Line(key, label, before + group.counts)
    if met:
        return sorted(lines.values(), key=lambda line: (line.key == "none", line.label.lower()))
    return list(lines.values())


def _named(session: Session, scope: Scope, key: Any) -> tuple[str, str]:
    if key is None:
        return "none", "Nobody" if scope.by == "owner" else "Not said"
    if scope.by == "owner":
        person = people.get(session, key)
        return person.email or person.name, person.name
    if scope.by == "month":
        return f"{first_of(int(key)):%Y-%m}", f"{first_of(int(key)):%b %Y}"
    company = company_of(session)
    if scope.by == "team":
        team = company.team(key)
        return key, team.name if team else key
    return key, company.severity_or_assumed(key).label if scope.by == "severity" else key.capitalize()
