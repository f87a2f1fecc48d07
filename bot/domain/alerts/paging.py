"""Ringing someone: the verb here, the ring in the integration that can."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.alerts.facts import NobodyOnCall, Paged, PageSent, SourceRefused
from bot.domain.alerts.marks import claim
from bot.domain.company import Service, company_of
from bot.domain.incidents import Incident, enter, get, hold
from bot.domain.incidents.facts import person as mention
from bot.domain.people import Person, find, meant, pagerduty
from bot.lib.errors import Refused
from bot.lib.facts import Event, listeners_of, record
from bot.lib.words import cut

TEXT_MAX = 800  # characters; the far end takes 1,024 for text, target and reference


class CannotRing(Refused):
    """Nobody can be rung: PagerDuty is not connected. Set PAGERDUTY_ROUTING_KEY, then start again."""


class NobodyToPage(Refused):
    """Say whom to page: a service or a person. Nothing was changed."""


def page(
    session: Session, incident: Incident, target: str, text: str = "", *, by: Person, now: datetime
) -> Event:
    """Ring a service's on-call or a person. That it rang, or why it did not, follows as a fact.

    In a drill it is written down, and nobody is rung.
    """
    hold(session, incident)
    if incident.is_over:
        raise Refused(f"{incident.ref} is {incident.status}. Reopen it first: /incident reopen <reason>")
    if not incident.drill and not _can_ring(session):
        raise CannotRing
    service, person = _target(session, target)
    fact = Paged(
        incident_id=incident.id,
        by=by.id,
        target=f"{service.name} on-call" if service else mention(person.id if person else None),
        text=cut(" ".join(text.split()), TEXT_MAX),
        service=service.key if service else None,
        person=person.id if person else None,
        drill=incident.drill,
    )
    event = record(session, fact, at=now)
    if person:
        enter(session, incident, person, by=by, now=now)
    return event


def _can_ring(session: Session) -> bool:
    """Who rings hears of pages alone; others only tell of them, and ring nobody."""
    return any(listener.kinds == {Paged.__name__} for listener in listeners_of(session).values())


def _target(session: Session, target: str) -> tuple[Service | None, Person | None]:
    word = target.strip()
    if not word:
        raise NobodyToPage
    services = company_of(session).services
    for service in services:
        if word.lower() in (service.key.lower(), service.name.lower()):
            return service, None
    if "@" in word:
        return None, meant(session, word)
    if (person := find(session, word)) and person.is_active:
        return None, person
    known = ", ".join(service.key for service in services) or "none is set up in closeout.toml"
    raise NobodyToPage(f"{word!r} is no service and nobody I know. Services: {known}. Nothing was changed.")


def page_sent(
    session: Session, incident_id: int, key: str, target: str, *, source: str, now: datetime
) -> None:
    """The far end took the ring; said once for each page."""
    if claim(session, source, [f"answer/{key}"], now=now):
        fact = PageSent(incident_id=incident_id, by=pagerduty(session).id, source=source, target=target)
        record(session, fact, at=now)


def refused(
    session: Session, incident_id: int, key: str, what: str, why: str, *, source: str, now: datetime
) -> None:
    """The far end will not do what we asked; said once for each thing asked."""
    if claim(session, source, [f"answer/{key}"], now=now):
        said = {"source": source, "what": what, "why": cut(why, 500)}
        fact = SourceRefused(incident_id=incident_id, by=pagerduty(session).id, **said)
        record(session, fact, at=now)


def nobody_on_call(session: Session, incident_id: int, service: str, *, source: str, now: datetime) -> None:
    if claim(session, source, [f"nobody/{incident_id}"], now=now):
        incident = get(session, incident_id)
        fact = NobodyOnCall(incident_id=incident.id, by=pagerduty(session).id, source=source, service=service)
        record(session, fact, at=now)
