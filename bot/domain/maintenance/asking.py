"""What people type about a maintenance, read once for every surface."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain.maintenance import rules, verbs
from bot.domain.maintenance.model import Maintenance
from bot.domain.people import Person
from bot.lib.choices import one_of
from bot.lib.errors import Refused

DEEDS = ("begin", "extend", "move", "tell", "complete", "cancel")


class Unsaid(Refused):
    """Say when it starts and when it ends, as 22:00 and 2h. Nothing was changed."""


@dataclass(frozen=True)
class Plan:
    """Times as they are typed: `22:00`, `2026-03-07 22:00`, `2h`; in the zone of whoever typed them."""

    title: str
    starts: str
    ends: str
    affects: tuple[str, ...] = ()
    message: str = ""
    zone: str = "UTC"


def plan(session: Session, what: Plan, *, by: Person, now: datetime) -> Maintenance:
    starts, ends = times(what.starts, what.ends, now, what.zone)
    return verbs.schedule(
        session, what.title, starts, ends, by=by, now=now, affects=what.affects, message=what.message
    )


def times(starts: str, ends: str, now: datetime, zone: str) -> tuple[datetime, datetime]:
    if not (starts.strip() and ends.strip()):
        raise Unsaid
    begin = rules.moment_ahead(starts, now=now, zone=zone)
    return begin, rules.span_or_moment(ends, begin, now=now, zone=zone)


def extend(
    session: Session,
    what: Maintenance,
    ends: str,
    message: str = "",
    *,
    by: Person,
    now: datetime,
    zone: str = "UTC",
) -> bool:
    """`30m` is so much longer than planned; else the moment at which it ends."""
    if not ends.strip():
        raise Unsaid("Say how much longer, as 30m, or until when, as 23:30. Nothing was changed.")
    until = rules.span_or_moment(ends, what.ends_at, now=now, zone=zone)
    return verbs.extend(session, what, until, message, by=by, now=now)


def move(
    session: Session, what: Maintenance, starts: str, *, by: Person, now: datetime, zone: str = "UTC"
) -> bool:
    """To another start; it takes as long as before."""
    if not starts.strip():
        raise Unsaid("Say when it starts, as 22:00 or 2026-03-07 22:00. Nothing was changed.")
    begin = rules.moment_ahead(starts, now=now, zone=zone)
    return verbs.move(session, what, begin, begin + (what.ends_at - what.starts_at), by=by, now=now)


def do(
    session: Session, what: Maintenance, deed: str, text: str, *, by: Person, now: datetime, zone: str = "UTC"
) -> None:
    """One of `DEEDS`, with what stands behind the word. Raises NoSuchChoice, which names them."""
    first, _, rest = text.strip().partition(" ")
    match one_of("word for a maintenance", deed, {each: each for each in DEEDS}):
        case "begin":
            verbs.begin(session, what, text, by=by, now=now)
        case "extend":
            extend(session, what, first, rest, by=by, now=now, zone=zone)
        case "move":
            move(session, what, text, by=by, now=now, zone=zone)
        case "tell":
            verbs.tell(session, what, text, by=by, now=now)
        case "complete":
            verbs.complete(session, what, text, by=by, now=now)
        case "cancel":
            verbs.cancel(session, what, text, by=by, now=now)
