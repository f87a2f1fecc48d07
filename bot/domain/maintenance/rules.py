"""When a maintenance may lie, and what may become of it. Pure: no session, no clock, no I/O."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.incidents.moments import parse_moment
from bot.domain.maintenance.model import Maintenance, Stage
from bot.domain.people import NotAllowed, Person
from bot.lib.errors import Refused
from bot.lib.spans import FORM, parse_span

CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
SLACK = timedelta(minutes=5)  # who writes the present minute means now
LONGEST, FARTHEST = timedelta(days=31), timedelta(days=400)
WORDS = {
    Stage.SCHEDULED: "",
    Stage.IN_PROGRESS: "The maintenance has begun.",
    Stage.COMPLETED: "The maintenance is completed.",
    Stage.CANCELLED: "The maintenance will not take place.",
}


class BadTimes(Refused):
    """A maintenance begins in the future and ends after it begins. Nothing was changed."""


class WrongStage(Refused):
    """That cannot be done with this maintenance any more. Nothing was changed."""


def moment_ahead(text: str, *, now: datetime, zone: str = "UTC") -> datetime:
    """`22:00` is the next such moment, `2h` is in two hours, `now` is now; else as parse_moment reads it."""
    word = text.strip()
    if word.lower() == "now":
        return now
    if FORM.match(word):
        return parse_span(word).after(now, zone)
    moment = parse_moment(word, now=now, zone=zone)
    if CLOCK.fullmatch(word) and moment < now - SLACK:
        there = moment.astimezone(ZoneInfo(zone))
        return datetime.combine(there.date() + timedelta(days=1), there.time(), ZoneInfo(zone)).astimezone(
            now.tzinfo
        )
    return moment


def span_or_moment(text: str, start: datetime, *, now: datetime, zone: str = "UTC") -> datetime:
    """The end of what starts then: `2h` after the start, or a moment; a bare `02:00` is the next after it."""
    word = text.strip()
    if FORM.match(word):
        return parse_span(word).after(start, zone)
    return moment_ahead(word, now=start if CLOCK.fullmatch(word) else now, zone=zone)


def check_person(person: Person) -> None:
    """It is said to everybody outside, so a guest does not say it."""
    if person.is_guest:
        raise NotAllowed("A guest cannot plan maintenance. Ask someone of the company. Nothing was changed.")


def check_times(starts: datetime, ends: datetime, now: datetime) -> None:
    if starts < now - SLACK:
        raise BadTimes(
            f"{starts:%Y-%m-%d %H:%M} UTC is over. Name a start in the future. Nothing was changed."
        )
    if starts - now > FARTHEST:
        raise BadTimes("Plan it 400 days ahead at the most. Nothing was changed.")
    check_end(starts, ends, now)


def check_end(starts: datetime, ends: datetime, now: datetime) -> None:
    if ends <= max(starts, now):
        raise BadTimes(
            f"It would end at {ends:%Y-%m-%d %H:%M} UTC, which is not after "
            f"{'its start' if ends <= starts else 'this moment'}. Name a later end. Nothing was changed."
        )
    if ends - starts > LONGEST:
        raise BadTimes("A maintenance lasts 31 days at the most. Name an earlier end. Nothing was changed.")


def check_stage(what: Maintenance, *may: Stage) -> None:
    if what.stage not in may:
        raise WrongStage(f"{what.ref} is {Stage(what.stage).words} already. Nothing was changed.")
