"""Small charts as inline SVG: labelled axes, the values written down, no script and no colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 520, 220
LEFT, TOP, RIGHT, BOTTOM = 40, 20, 8, 44
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
NARROW = 20  # pixels of a bar below which its number is left to the table
FEW_LABELS = 9
NICE = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One bar; `more` stands on it in another pattern."""

    label: str
    value: int
    more: int = 0

    @property
    def total(self) -> int:
        return self.value + self.more


def top_of(most: int) -> int:
    """A round number that is not below it: 1, 2, 4, 6 or 10 times a power of ten, and at least 4."""
    power = 1
    while True:
        for step in (4, 6, 8, 10, 20):
            if most <= step * power:
                return step * power
        power *= 10


def bars(title: str, unit: str, found: Sequence[Bar]) -> Markup:
    """Bars beside one another, each with its number above; `unit` says what is counted along the bottom."""
    top = top_of(max((bar.total for bar in found), default=0))
    place = INNER_WIDTH / max(1, len(found))
    wide = min(64.0, place * 0.7)
    parts = _frame(top)
    for number, bar in enumerate(found):
        x = LEFT + number * place + (place - wide) / 2
        parts += _bar(bar, x, wide, top)
    parts += _labels([bar.label for bar in found], place, place / 2)
    return _svg(title, unit, parts)


def _bar(bar: Bar, x: float, wide: float, top: int) -> list[str]:
    base = TOP + INNER_HEIGHT
    low, high = (part / top * INNER_HEIGHT for part in (bar.value, bar.more))
    parts = [_box("b", x, base - low, wide, low)] if bar.value else []
    parts += [_box("b2", x, base - low - high, wide, high)] if bar.more else []
    if bar.total and wide >= NARROW / 2:
        parts.append(_text("v", x + wide / 2, base - low - high - 4, bar.total))
    return parts


def _box(kind: str, x: float, y: float, wide: float, high: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'


def _text(kind: str, x: float, y: float, words: object) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(str(words))}</text>'


def curves(title: str, unit: str, labels: Sequence[str], found: Sequence[Sequence[int]]) -> Markup:
    """Lines over the same steps, the upper one first; the last value of each stands at its end."""
    top = top_of(max((max(values, default=0) for values in found), default=0))
    place = INNER_WIDTH / max(1, len(labels) - 1)
    parts = _frame(top)
    for number, given in enumerate(found, 1):
        values = [*given, *given] if len(given) == 1 else given  # of one step a level line
        points = [
            (LEFT + at * place, TOP + INNER_HEIGHT * (1 - value / top)) for at, value in enumerate(values)
        ]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="l{number}" points="{drawn}"/>')
        if points:
            x, y = points[-1]
            beside = y - 6 if number == 1 else min(y + 16, TOP + INNER_HEIGHT - 4)
            parts.append(_text("e", x - 2, beside, values[-1]))
    return _svg(title, unit, parts + _labels(labels, place, 0))


def _frame(top: int) -> list[str]:
    """Lines at the quarters of the height, each with its number."""
    parts = []
    for quarter in range(5):
        y = TOP + INNER_HEIGHT * (1 - quarter / 4)
        kind = "grid" if quarter else "axis"
        parts.append(f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text("y", LEFT - 6, y + 4, f"{top * quarter / 4:g}"))
    return parts


def _labels(labels: Sequence[str], place: float, offset: float) -> list[str]:
    """As many as can be read."""
    every = max(1, -(-len(labels) // FEW_LABELS))
    y = TOP + INNER_HEIGHT + 16
    return [
        _text(_anchor(number, len(labels), offset), LEFT + number * place + offset, y, label)
        for number, label in enumerate(labels)
        if number % every == 0
    ]


def _anchor(number: int, count: int, offset: float) -> str:
    """The labels at either end of a curve stay within the picture."""
    if offset or 0 < number < count - 1:
        return "x"
    return "x first" if number == 0 else "x last"


def _svg(title: str, unit: str, parts: list[str]) -> Markup:
    under = f'<text class="u" x="{LEFT + INNER_WIDTH / 2:.1f}" y="{HEIGHT - 6}">{escape(unit)}</text>'
    inside = Markup("".join([*parts, under]))
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, title, inside
    )
