"""When customers must hear from us, and what may be told. Pure: no session, no clock, no I/O."""

from datetime import datetime, timedelta

from bot.domain.company import Severity
from bot.domain.incidents import Incident
from bot.domain.updates.model import Phase
from bot.lib.errors import Refused
from bot.lib.spans import parse_span

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=31)


class TooFar(Refused):
    """Promise the next word in a minute at the soonest, in a month at the latest. Nothing was published."""


def is_public(incident: Incident) -> bool:
    """What is private or practice never leaves the house."""
    return not (incident.private or incident.drill)


def promise(next_in: str | None, phase: Phase, severity: Severity, now: datetime) -> datetime | None:
    """When customers hear again: as was said, else by policy; after the last word nothing is promised."""
    said = (next_in or "").strip() or severity.update_every
    if phase is Phase.RESOLVED or not said:
        return None
    moment = parse_span(said).after(now)
    if not SOONEST <= moment - now <= LATEST:
        raise TooFar
    return moment


def first_due(severity: Severity, started: datetime) -> datetime | None:
    """Until when customers expect the first word."""
    return parse_span(severity.first_update).after(started) if severity.first_update else None


def nag(severity: Severity, promised: datetime, now: datetime) -> int:
    """How often the nag has come round since the promise ran out: 0 at once, 1 an interval later."""
    if not severity.update_every:
        return 0
    return (now - promised) // parse_span(severity.update_every).rough
