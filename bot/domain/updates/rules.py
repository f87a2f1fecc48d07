"""When customers must hear from us, and what may be told. Pure: no session, no clock, no I/O."""

from datetime import datetime, timedelta

from bot.domain.company import Severity
from bot.domain.incidents import Incident
from bot.domain.updates.model import Update
from bot.lib.errors import Refused
from bot.lib.spans import parse_span

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=31)


class TooFar(Refused):
    """Promise the next word within a month. Nothing was published."""


def is_public(incident: Incident) -> bool:
    """What is private or practice never leaves the house."""
    return not (incident.private or incident.drill)


def next_update_by(next_in: str | None, now: datetime) -> datetime | None:
    """The moment that was promised, where one was."""
    if next_in is None or not next_in.strip():
        return None
    moment = parse_span(next_in).after(now)
    if not SOONEST <= moment - now <= LATEST:
        raise TooFar
    return moment


def first_due(severity: Severity, started: datetime) -> datetime | None:
    """Until when customers expect the first word."""
    return parse_span(severity.first_update).after(started) if severity.first_update else None


def next_due(severity: Severity, last: Update) -> datetime | None:
    """What was promised, else what the severity's policy promises for us."""
    if last.next_update_by:
        return last.next_update_by
    return parse_span(severity.update_every).after(last.at) if severity.update_every else None


def nag(severity: Severity, promised: datetime, now: datetime) -> int:
    """How often the nag has come round since the promise ran out: 0 at once, 1 an interval later."""
    if not severity.update_every:
        return 0
    return (now - promised) // parse_span(severity.update_every).rough
