"""Spans as people write them: 20m, 2h, 15d, and 3bd for business days."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.lib.errors import Refused

FORM = re.compile(r"^\s*(\d{1,5})\s*(m|min|h|d|bd|w)\s*$", re.IGNORECASE)
UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SATURDAY = 5


class BadSpan(Refused, ValueError):
    """Write a span as 20m, 2h, 3d, 1w, or 3bd for business days."""


@dataclass(frozen=True)
class Span:
    """A length of time; business days are counted on a calendar, so their length depends on the start."""

    length: timedelta
    business_days: int = 0

    def after(self, moment: datetime, zone: str = "UTC", holidays: Collection[date] = ()) -> datetime:
        """The moment that lies this span later; business days keep the hour in the given zone."""
        if not self.business_days:
            return moment + self.length
        local, left = moment.astimezone(ZoneInfo(zone)), self.business_days
        while left:
            local += timedelta(days=1)
            left -= local.weekday() < SATURDAY and local.date() not in holidays
        return local.astimezone(moment.tzinfo)

    @property
    def rough(self) -> timedelta:
        """For comparing: a business day counts as a day."""
        return self.length + timedelta(days=self.business_days)


def parse_span(text: str) -> Span:
    """Read 20m, 2h, 3d, 1w or 3bd. Raises BadSpan."""
    if not (found := FORM.match(text)):
        raise BadSpan(f"{text!r} is no span. Write 20m, 2h, 3d, 1w, or 3bd for business days.")
    number, unit = int(found[1]), found[2].lower()
    if unit == "bd":
        return Span(timedelta(), number)
    return Span(timedelta(**{UNITS[unit]: number}))
