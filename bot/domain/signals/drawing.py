"""A series in one line: a small chart of letters, and values as people say them. Pure."""

import math
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bot.lib.words import duration

STEPS = "▁▂▃▄▅▆▇█"
WIDE = 24  # letters
SECONDS = ("s", "sec", "seconds")
EXACT = 600  # seconds from which on only minutes matter


def spark(points: Sequence[Sequence[float]], width: int = WIDE) -> str:
    """The newest on the right; each letter is the highest of its part."""
    values = [value for _, value in points]
    if not values:
        return ""
    parts = min(width, len(values))
    edges = [round(n * len(values) / parts) for n in range(parts + 1)]
    tops = [max(values[start:end]) for start, end in pairwise(edges)]
    low, high = min(values), max(tops)
    span = high - low
    if span <= 0:
        return STEPS[0] * parts
    return "".join(STEPS[min(len(STEPS) - 1, int((top - low) / span * len(STEPS)))] for top in tops)


def said(value: float, unit: str) -> str:
    """`14 min`, `1.2 s`, `350 /min`: three digits are enough to compare."""
    if unit in SECONDS and 60 <= value < EXACT:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    if unit in SECONDS and value >= EXACT:
        return duration(timedelta(seconds=value))
    return f"{short(value)} {unit}".strip()


def short(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 6)}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"
