"""How spans, counts and long texts are written, and how people type a span."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.lib.errors import Refused

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
WEEKEND = (5, 6)


class BadSpan(Refused):
    """That is no span of time. Write it like 20m, 2h, 15d, 2w or 3bd (business days)."""


@dataclass(frozen=True)
class Span:
    """A length of time as a policy states it: by the clock, or in business days, Monday to Friday."""

    length: timedelta = timedelta()
    business_days: int = 0

    def after(self, moment: datetime) -> datetime:
        """The moment at which the span is over when it starts at the given one."""
        end = moment + self.length
        for _ in range(self.business_days):
            end += timedelta(days=1)
            while end.weekday() in WEEKEND:
                end += timedelta(days=1)
        return end

    def __str__(self) -> str:
        if self.business_days:
            return plural(self.business_days, "business day")
        return duration(self.length)


def parse_span(text: str) -> Span:
    """`20m`, `2h`, `48h`, `15d`, `2w` by the clock; `3bd` in business days."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*(bd|[mhdw])\s*", text.lower())
    if not found:
        raise BadSpan(f"{text!r} is no span of time. Write it like 20m, 2h, 15d, 2w or 3bd (business days).")
    number, unit = int(found[1]), found[2]
    if unit == "bd":
        return Span(business_days=number)
    return Span(timedelta(**{UNITS[unit]: number}))


def duration(length: timedelta) -> str:
    """The two largest units that matter: `43 min`, `1 h 12 min`, `2 d 3 h`."""
    minutes = max(0, round(length.total_seconds())) // 60
    if minutes < 1:
        return f"{max(0, round(length.total_seconds()))} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    return _two(minutes // 1440, "d", minutes % 1440 // 60, "h")


def _two(large: int, unit: str, small: int, smaller_unit: str) -> str:
    return f"{large} {unit} {small} {smaller_unit}" if small else f"{large} {unit}"


def cut(text: str, length: int) -> str:
    """At most so many characters, the last of them `…` where something is missing."""
    return text if len(text) <= length else text[: max(0, length - 1)].rstrip() + "…"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 alert`, `3 alerts`, `2 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
