"""How lengths of time, counts and long texts are written."""

from datetime import date, timedelta


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


def long_day(day: date) -> str:
    """`4 March 2026`, as a sentence says it."""
    return f"{day.day} {day:%B %Y}"
