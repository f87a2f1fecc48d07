"""Who owes a postmortem, by when, and when it is done. Pure: no session, no clock, no I/O."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.company import Company
from bot.domain.incidents import Incident, Status
from bot.domain.incidents.rules import TooLong
from bot.domain.people import Person
from bot.domain.postmortems.model import Postmortem
from bot.lib.choices import one_of
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.spans import Span, parse_span

STANDARD, LIGHTWEIGHT, SECURITY = "standard", "lightweight", "security"
TEXT_MAX = 20_000
ENDED_WITHOUT = (Status.CANCELLED, Status.MERGED)


class TooEarly(Refused):
    """It is not resolved yet. Resolve it first: /incident resolve. Nothing was published."""


class Overtaken(Refused):
    """Somebody else has changed this section since you began. Both versions are kept; choose, then save."""

    def __init__(self, section: str, text: str, by: int, revision: int) -> None:
        super().__init__(str(self.__doc__))
        self.section, self.text, self.by, self.revision = section, text, by, revision


class AlreadyPublished(Refused):
    """It is published already. Nothing was changed."""


class NotApproved(Refused):
    """Somebody other than its authors must approve it first. Hand it in for review. Nothing was published."""


class NoTemplates(Refused):
    """There is no template for postmortems. Put one into templates/postmortems, named like standard.md.j2."""


def due(company: Company, incident: Incident) -> Span | None:
    """How long after its end the postmortem is owed; None where none is."""
    if incident.status in ENDED_WITHOUT:
        return None
    return company.span(company.severity_or_assumed(incident.severity).postmortem_due)


def owed(company: Company, incident: Incident) -> bool:
    return due(company, incident) is not None


def due_at(company: Company, incident: Incident) -> datetime | None:
    """The moment by which it is owed; business days are those of the workspace's time zone."""
    span = due(company, incident)
    if span is None or incident.resolved_at is None:
        return None
    return company.after(span, incident.resolved_at)


def review_span(company: Company) -> Span:
    return parse_span(company.postmortems.review_within)


def is_done(incident: Incident, postmortem: Postmortem | None) -> bool:
    """Published after it was resolved for the last time: before a reopening is half the story."""
    if postmortem is None or postmortem.published_at is None or incident.resolved_at is None:
        return False
    return postmortem.is_published and postmortem.published_at >= incident.resolved_at


def template(company: Company, incident: Incident, templates: Sequence[str]) -> str:
    """The one to begin with; what is kept private is, as a rule, about security."""
    if not templates:
        raise NoTemplates
    wanted = SECURITY if incident.private else STANDARD if owed(company, incident) else LIGHTWEIGHT
    return next((name for name in (wanted, STANDARD) if name in templates), templates[0])


def check_template(name: str, templates: Sequence[str]) -> str:
    """The template that was meant; an unknown one is refused with the right ones."""
    if not templates:
        raise NoTemplates
    return one_of("template", name.removesuffix(".md.j2"), {name: name for name in templates})


def check_seen(postmortem: Postmortem, section: str, seen: int | None, by: Person) -> None:
    """Raises Overtaken where another person wrote the section after the writer had looked."""
    there = postmortem.sections.get(section)
    if seen is None or there is None or there["by"] == by.id:
        return
    if int(there.get("revision", 0)) != seen:
        raise Overtaken(section, there["text"], there["by"], int(there.get("revision", 0)))


def check_text(text: str) -> str:
    if len(said := clean(text).strip()) > TEXT_MAX:
        raise TooLong(f"That has {len(said):,} characters; {TEXT_MAX:,} is the most. Nothing was changed.")
    return said
