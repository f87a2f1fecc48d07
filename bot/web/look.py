"""How pages are made: templates in, HTML out, with the words and filters that they share."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.domain.company import Company
from bot.lib.clock import Clock
from bot.lib.templates import environment
from bot.lib.words import cut, duration, plural

MARKS = ("●", "◆", "▲", "■")  # from the worst severity to the mildest; also read without colour
STYLE = "closeout.css"
NO_XML = dict.fromkeys([0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


class Look:
    """One for each process; the wording lies in templates/pages."""

    def __init__(self, templates: Path, company: Company, clock: Clock, here: str) -> None:
        self.company, self.clock = company, clock
        self.env = environment(templates / "pages", html=True)
        self.style = (templates / "pages" / STYLE).read_text(encoding="utf-8")
        self.style_tag = hashlib.sha256(self.style.encode()).hexdigest()[:12]
        self.env.globals.update(
            style=f"/assets/{STYLE}?v={self.style_tag}", severity=self.severity, plural=plural, here=here
        )
        self.env.filters.update(
            time=clock_time, stamp=stamp, cut=cut, lines=lines, day=day, printable=printable
        )

    def page(self, template: str, words: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.text(template, words), status, {"Cache-Control": "no-store"})

    def text(self, template: str, words: Mapping[str, Any]) -> str:
        now = self.clock()
        shown = {"now": now, "ago": lambda moment: duration(now - moment), "me": None, "csrf": "", **words}
        return self.env.get_template(template).render(shown)

    def severity(self, key: str | None) -> dict[str, str]:
        """Mark, words and rank (the name of its colour) of a severity; without one it says so."""
        if key is None:
            return {"mark": "○", "label": "Severity not said", "short": "Not said", "rank": "none"}
        meant, rank = self.company.severity_or_assumed(key), self.company.rank(key)
        place = min(rank, len(MARKS) - 1)
        return {"mark": MARKS[place], "label": meant.label, "short": meant.key.upper(), "rank": str(place)}

    def stylesheet(self, _: Request) -> Response:
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.style, 200, kept, media_type="text/css")


def clock_time(moment: datetime) -> Markup:
    """`10:02`, with the whole of it on hover."""
    return _time(moment, f"{moment.astimezone(UTC):%H:%M}")


def stamp(moment: datetime) -> Markup:
    """`2 Mar 10:02 UTC`, with the whole of it on hover."""
    there = moment.astimezone(UTC)
    return _time(moment, f"{there.day} {there:%b %H:%M} UTC")


def day(moment: datetime) -> str:
    """`Monday, 2 March 2026`."""
    there = moment.astimezone(UTC)
    return f"{there:%A}, {there.day} {there:%B %Y}"


def _time(moment: datetime, words: str) -> Markup:
    there = moment.astimezone(UTC)
    mark = Markup('<time datetime="{}" title="{}">{}</time>')
    return mark.format(there.isoformat(), f"{there:%Y-%m-%d %H:%M:%S} UTC", words)


def printable(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(
        letter for letter in text if letter in "\n\t" or letter.isprintable() or letter > "\x9f"
    ).translate(NO_XML)


def lines(text: str) -> Markup:
    """What a person wrote, with its line breaks and nothing else of it."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())
