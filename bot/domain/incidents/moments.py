"""A moment as people write it: 10:05, or 2026-03-02 10:05, in their own zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.lib.errors import Refused

FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


class BadMoment(Refused):
    """Write a time as 10:05, or with its day as 2026-03-02T10:05."""


def parse_moment(text: str, *, now: datetime, zone: str = "UTC") -> datetime:
    """A bare time is the newest such moment that is not in the future. An offset or Z wins over the zone."""
    try:
        return _parse(text.strip(), now, zone)
    except OverflowError:  # a day at either end of the calendar
        raise BadMoment(f"{text.strip()!r} is out of range. Nothing was changed.") from None


def _parse(word: str, now: datetime, zone: str) -> datetime:
    place = ZoneInfo(zone)
    if clock := _read(word, ("%H:%M", "%H:%M:%S")):
        local = now.astimezone(place)
        moment = datetime.combine(local.date(), clock.time(), place)
        return (moment if moment <= now else moment - timedelta(days=1)).astimezone(now.tzinfo)
    if day := _read(word.removesuffix(" UTC"), FORMS):
        return day.replace(tzinfo=ZoneInfo("UTC") if word.endswith(" UTC") else place).astimezone(now.tzinfo)
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise BadMoment(
            f"{word!r} is no time. Write 10:05, or 2026-03-02T10:05. Nothing was changed."
        ) from None
    return (
        moment.astimezone(now.tzinfo)
        if moment.tzinfo
        else moment.replace(tzinfo=place).astimezone(now.tzinfo)
    )


def _read(word: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(word, form)  # noqa: DTZ007  its zone is put on by the caller
        except ValueError:
            continue
    return None
