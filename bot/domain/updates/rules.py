"""When customers must hear from us, and what may be told. Pure: no session, no clock, no I/O."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.company import Severity
from bot.domain.components import ComponentState
from bot.domain.incidents import Incident
from bot.domain.incidents.moments import BadMoment, parse_moment
from bot.domain.incidents.rules import TooLong as TooManyWords
from bot.domain.updates.model import Audience, Phase
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.spans import BadSpan, parse_span

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=31)
HEADLINE_MAX = 120
BY_RANK = (ComponentState.MAJOR_OUTAGE, ComponentState.PARTIAL_OUTAGE)


class TooFar(Refused):
    """Promise the next word in a minute at the soonest, in a month at the latest. Nothing was published."""


class Past(BadSpan):
    """That moment has passed. Promise one that lies ahead. Nothing was published."""


class NotWell(Refused):
    """Resolved means that everything works: choose monitoring, or leave the component operational.
    Nothing was published."""


class TooLong(TooManyWords):
    """The headline is too long. Nothing was published."""


def is_public(incident: Incident) -> bool:
    """What is private or practice never leaves the house."""
    return not (incident.private or incident.drill)


def needs_approval(severity: Severity, incident: Incident, audience: Audience) -> bool:
    """Does somebody else have to say yes? In a drill too, so that it is practised; not for colleagues."""
    return severity.update_approval and audience is not Audience.INSIDE and not incident.private


def promise(
    next_in: str | None, phase: Phase, severity: Severity, now: datetime, zone: str = "UTC"
) -> datetime | None:
    """When customers hear again: as was said, else by policy; after the last word nothing is promised.

    Said as a span (`30m`), or as a moment (`14:30`, `2026-03-02 14:30`) on the clock of the zone.
    """
    said = (next_in or "").strip() or severity.update_every
    if phase is Phase.RESOLVED or not said:
        return None
    moment = _moment(said, now, zone)
    if not SOONEST <= moment - now <= LATEST:
        raise TooFar
    return moment


def _moment(said: str, now: datetime, zone: str) -> datetime:
    try:
        return parse_span(said).after(now)
    except BadSpan as not_a_span:
        try:
            moment = _on_the_clock(said, now, zone) or parse_moment(said, now=now, zone=zone)
        except BadMoment:
            raise not_a_span from None
    if moment <= now:
        raise Past(f"{said!r} has passed. Promise a moment that lies ahead. Nothing was published.")
    return moment


def _on_the_clock(said: str, now: datetime, zone: str) -> datetime | None:
    """Today's moment of that time: one that has passed was not meant for tomorrow."""
    try:
        clock = time.fromisoformat(said)
    except ValueError:
        return None
    place = ZoneInfo(zone)
    return datetime.combine(now.astimezone(place).date(), clock, place).astimezone(now.tzinfo)


def first_due(severity: Severity, started: datetime) -> datetime | None:
    """Until when customers expect the first word."""
    return parse_span(severity.first_update).after(started) if severity.first_update else None


def nag(severity: Severity, promised: datetime, now: datetime) -> int:
    """How often the nag has come round since the promise ran out: 0 at once, 1 an interval later."""
    if not severity.update_every:
        return 0
    return (now - promised) // parse_span(severity.update_every).rough


def headline(text: str) -> str:
    """One line of at most 120 characters."""
    words = clean(" ".join(text.split())).strip()
    if len(words) > HEADLINE_MAX:
        raise TooLong(
            f"The headline has {len(words)} characters; {HEADLINE_MAX} is the most. Nothing was published."
        )
    return words


def default_headline(names: Iterable[str]) -> str:
    """What the public reads as the title, where nobody wrote one."""
    shown = list(dict.fromkeys(names))
    return f"Trouble with {in_words(shown)}" if shown else "Trouble"


def in_words(words: list[str]) -> str:
    """`Checkout, Search and Mail`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def proposed(
    phase: Phase, before: Mapping[str, str], touched: Iterable[str], rank: int
) -> dict[str, ComponentState]:
    """Component key -> the state that this phase suggests, until somebody says another.

    While the cause is looked for, what was said before stands; where nothing was, the severity guesses for
    the components that the incident's services show. When it is mended, they work.
    """
    keys = [*before] or [*touched]
    if phase in (Phase.MONITORING, Phase.RESOLVED):
        return dict.fromkeys(keys, ComponentState.OPERATIONAL)
    if any(state != ComponentState.OPERATIONAL for state in before.values()):
        return {key: ComponentState(state) for key, state in before.items()}
    guess = BY_RANK[rank] if rank < len(BY_RANK) else ComponentState.DEGRADED_PERFORMANCE
    return dict.fromkeys(keys, guess)


def touching(said: Mapping[str, ComponentState], known: Collection[str]) -> dict[str, str]:
    """Without what works and was never touched: a form says it of every component, and it is no news."""
    return {
        key: state.value
        for key, state in said.items()
        if key in known or state is not ComponentState.OPERATIONAL
    }


def check_well(phase: Phase, states: Mapping[str, str]) -> None:
    """Nobody is told in one breath that it is over and that something is down."""
    if phase is Phase.RESOLVED and any(state != ComponentState.OPERATIONAL for state in states.values()):
        raise NotWell
