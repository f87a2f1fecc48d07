"""Prepared texts: a first wording for each phase, from templates/updates. They never say what is internal."""

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session

from bot.domain import components, incidents
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.updates import deeds, rules
from bot.domain.updates.model import Phase
from bot.lib.errors import Refused
from bot.lib.spans import BadSpan, parse_span
from bot.lib.templates import environment, folder

ENDING = ".md.j2"
UNITS = (("week", 10_080), ("day", 1440), ("hour", 60), ("minute", 1))


class BrokenTemplate(Refused):
    """A prepared text cannot be read. Mend it."""


@dataclass(frozen=True)
class Prepared:
    """`name` is the file's: `identified`, or `identified-provider` for another wording of that phase."""

    name: str
    phase: Phase
    text: str


def names(where: Path, phase: Phase, severity: str = "", others: Collection[str] = ()) -> list[str]:
    """That of the severity first, then the plain one, then the others; not those of other severities."""
    found = sorted(path.name.removesuffix(ENDING) for path in where.glob(f"*{ENDING}"))
    meant = [name for name in found if name == phase or name.startswith(f"{phase}-")]
    foreign = {f"{phase}-{key}" for key in others if key != severity}
    order = (f"{phase}-{severity}", phase.value)
    kept = [name for name in meant if name not in foreign]
    return sorted(kept, key=lambda name: order.index(name) if name in order else len(order))


def prepared(
    session: Session,
    incident: Incident,
    phase: str | None = None,
    next_in: str = "",
    *,
    told_so_far: str = "",
    from_timeline: bool = True,
) -> list[Prepared]:
    """The wordings for a phase, filled in as far as we know; a person reads them before customers do.

    What was done is told in words of our own, never in those of the timeline; `told_so_far` is not repeated.
    """
    where, company = folder(session, "updates"), company_of(session)
    meant = Phase.parse(phase or incident.status)
    severity = company.severity_or_assumed(incident.severity).key
    done = deeds.done(session, incident, told_so_far) if from_timeline else ""
    words = {
        "services": _said_outside(company, incidents.services_of(session, incident)),
        "next_in": spoken(next_in),
        "phase": meant.value,
        "since": _since(incident) if from_timeline else "",
        "done": done,
    }
    found = names(where, meant, severity, [one.key for one in company.severities])
    return [Prepared(name, meant, _render(where, name, words)) for name in found]


def spoken(next_in: str) -> str:
    """A span as customers read it: `20m` is "20 minutes"; other words stay."""
    try:
        span = parse_span(next_in)
    except BadSpan:
        return next_in
    if span.business_days:
        return f"{span.business_days} business day{'s' if span.business_days > 1 else ''}"
    minutes = round(span.length.total_seconds() / 60)
    unit, size = next((unit, size) for unit, size in UNITS if minutes % size == 0)
    return f"{minutes // size} {unit}{'s' if minutes // size != 1 else ''}"


def _since(incident: Incident) -> str:
    """When customers began to notice, where somebody said so; a day of its own is for a person to add."""
    began: datetime | None = incident.impact_started_at
    return f"{began:%H:%M} UTC" if began else ""


def _said_outside(company: Company, keys: tuple[str, ...]) -> str:
    """Services by the names that customers know: "Checkout and Search"."""
    known = {service.key: service.component or service.name for service in company.services}
    shown = [components.name_of(company, known.get(key, key)) for key in keys]
    return rules.in_words(list(dict.fromkeys(shown)))


def _render(where: Path, name: str, words: Mapping[str, Any]) -> str:
    try:
        return " ".join(_environment(where).get_template(name + ENDING).render(words).split())
    except (TemplateError, TypeError, ValueError) as error:
        raise BrokenTemplate(f"templates/updates/{name}{ENDING}: {error}. Mend it, then try again.") from None


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    return environment(where)
