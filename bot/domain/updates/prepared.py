"""Prepared texts: a first wording for each phase, from templates/updates. They never say what is internal."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.updates.model import Phase
from bot.lib.errors import Refused
from bot.lib.templates import environment, folder

ENDING = ".md.j2"


class BrokenTemplate(Refused):
    """A prepared text cannot be read. Mend it."""


@dataclass(frozen=True)
class Prepared:
    """`name` is the file's: `identified`, or `identified-provider` for another wording of that phase."""

    name: str
    phase: Phase
    text: str


def names(where: Path, phase: Phase) -> list[str]:
    """The plain wording first, then the others by name."""
    found = sorted(path.name.removesuffix(ENDING) for path in where.glob(f"*{ENDING}"))
    return [name for name in found if name == phase or name.startswith(f"{phase}-")]


def prepared(
    session: Session, incident: Incident, phase: str | None = None, next_in: str = ""
) -> list[Prepared]:
    """The wordings for a phase, filled in as far as we know; a person reads them before customers do."""
    where = folder(session, "updates")
    meant = Phase.parse(phase or incident.status)
    known = {"services": _said_outside(company_of(session), incidents.services_of(session, incident))}
    words = {**known, "next_in": next_in, "phase": meant.value}
    return [Prepared(name, meant, _render(where, name, words)) for name in names(where, meant)]


def _said_outside(company: Company, keys: tuple[str, ...]) -> str:
    """Services by the names that customers know: "Checkout and Search"."""
    known = {service.key: service.component or service.name for service in company.services}
    shown = [known.get(key, key) for key in keys]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def _render(where: Path, name: str, words: Mapping[str, Any]) -> str:
    try:
        return " ".join(_environment(where).get_template(name + ENDING).render(words).split())
    except (TemplateError, TypeError, ValueError) as error:
        raise BrokenTemplate(f"templates/updates/{name}{ENDING}: {error}. Mend it, then try again.") from None


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    return environment(where)
