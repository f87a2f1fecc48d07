"""The evidence of a quiet case as inline SVG: the samples, what is usual, and from where on it is far out."""

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 220
LEFT, TOP, RIGHT, BOTTOM = 8, 16, 96, 28
FAR_LEFT = LEFT + 4
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


def chart(
    points: Sequence[Sequence[float]],
    usual: float,
    limit: float,
    *,
    said: Callable[[float], str],
    clock: Callable[[float], str],
) -> Markup:
    """One line of samples between two that do not move. Labels stand at the right, where the newest is."""
    if not points:
        return Markup("")
    times, values = [at for at, _ in points], [value for _, value in points]
    low, high = min(*values, usual, 0.0), max(*values, usual)
    shows_limit = low <= limit <= high * 1.2
    high = max(high, limit) if shows_limit else high
    place = _scale(times[0], times[-1], low, high or 1.0)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    parts = [_level("grid", usual, f"usual {said(usual)}", place, times[0], FAR_LEFT)]
    if shows_limit:
        # Beside the other label, for the two levels may lie closer than letters are high.
        parts.append(_level("l1 far", limit, f"far out {said(limit)}", place, times[0], INNER_WIDTH // 2))
    x, y = place(times[-1], values[-1])
    parts.append(f'<polyline class="l2" points="{line}"/><circle class="b" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
    parts.append(_text(x + 8, y + 4, "v now", said(values[-1])))
    parts.append(_text(LEFT, HEIGHT - 8, "x first", clock(times[0])))
    parts.append(_text(LEFT + INNER_WIDTH, HEIGHT - 8, "x last", clock(times[-1])))
    label = escape(
        f"From {clock(times[0])} to {clock(times[-1])}: last {said(values[-1])}, usual {said(usual)}"
    )
    head = f'<svg class="chart evidence" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return Markup(head + "".join(parts) + "</svg>")  # every word in it went through escape


def _scale(
    start: float, end: float, low: float, high: float
) -> Callable[[float, float], tuple[float, float]]:
    across, up = max(end - start, 1.0), max(high - low, 1e-12)

    def place(at: float, value: float) -> tuple[float, float]:
        return LEFT + (at - start) / across * INNER_WIDTH, TOP + (high - value) / up * INNER_HEIGHT

    return place


def _level(
    kind: str,
    value: float,
    words: str,
    place: Callable[[float, float], tuple[float, float]],
    start: float,
    at: int,
) -> str:
    _, y = place(start, value)
    right = LEFT + INNER_WIDTH
    line = f'<line class="{kind}" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(at, y - 4, "x first", words)


def _text(x: float, y: float, kind: str, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
