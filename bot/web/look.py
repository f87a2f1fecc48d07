"""How pages are made: templates in, HTML out, with the words and filters that they share."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain.company import Company
from bot.lib.clock import Clock
from bot.lib.templates import environment
from bot.lib.words import cut, duration, plural
from bot.web.spoken import on_page

MARKS = ("●", "◆", "▲", "■")  # from the worst severity to the mildest; also read without colour
ASSETS = {"closeout.css": "text/css", "closeout.js": "text/javascript", "writing.js": "text/javascript"}
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # a change has another address
NOBODY: dict[str, Any] = {
    "me": None,
    "csrf": "",
    "at": "",
    "live": "",
    "live_mark": "",
    "said": "",
    "is_same": False,
}
MOMENT = re.compile(r"\b(20\d\d-[01]\d-[0-3]\d) ([0-2]\d:[0-5]\d) UTC\b")
NO_XML = dict.fromkeys([0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


class Look:
    """One for each process; the wording lies in templates/pages."""

    def __init__(self, templates: Path, company: Company, clock: Clock, here: str) -> None:
        self.company, self.clock = company, clock
        self.env = environment(templates / "pages", html=True)
        self.assets = {name: (templates / "pages" / name).read_text(encoding="utf-8") for name in ASSETS}
        self.status_sheet, self.status_script = (
            (templates / "pages" / name).read_text(encoding="utf-8") for name in ("status.css", "status.js")
        )
        style, script, writing = (f"/assets/{name}?v={tag_of(text)}" for name, text in self.assets.items())
        self.env.globals.update(style=style, script=script, writing_script=writing)
        self.env.globals.update(severity=self.severity, plural=plural, here=here)
        self.env.filters.update(
            told=told,
            shown=shown,
            on_page=on_page,
            time=clock_time,
            stamp=stamp,
            cut=cut,
            lines=lines,
            day=day,
            printable=printable,
            picked=picked,
        )

    def page(self, template: str, words: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.text(template, words), status, {"Cache-Control": "no-store"})

    def text(self, template: str, words: Mapping[str, Any]) -> str:
        now = self.clock()
        shown = {**NOBODY, "now": now, "ago": lambda moment: duration(now - moment), **words}
        return self.env.get_template(template).render(shown)

    def severity(self, key: str | None) -> dict[str, str]:
        """Mark, words and rank (the name of its colour) of a severity; without one it says so."""
        if key is None:
            return {"mark": "○", "label": "Severity not said", "short": "Not said", "rank": "none"}
        meant, rank = self.company.severity_or_assumed(key), self.company.rank(key)
        place = min(rank, len(MARKS) - 1)
        return {"mark": MARKS[place], "label": meant.label, "short": meant.key.upper(), "rank": str(place)}

    @property
    def style(self) -> str:
        """The sheet itself, for a page that carries it."""
        return self.assets["closeout.css"]

    def routes(self) -> list[Route]:
        return [Route(f"/assets/{name}", self._asset(name)) for name in self.assets]

    def _asset(self, name: str) -> Callable[[Request], Response]:
        answer = Response(self.assets[name], 200, KEPT, media_type=ASSETS[name])
        return lambda _: answer


def tag_of(text: str) -> str:
    """Changes with the text, so that what a browser keeps is never too old."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@pass_context
def clock_time(context: Context, moment: datetime) -> Markup:
    """`10:02` where the reader is, with the whole of it on hover."""
    return _time(moment, f"{there(context, moment):%H:%M}")


@pass_context
def stamp(context: Context, moment: datetime) -> Markup:
    """`2 Mar 10:02 UTC`, or as the reader's own zone writes it, with the whole of it in UTC on hover."""
    here, now = there(context, moment), context.get("now")
    year = f" {here.year}" if now and here.year != now.year else ""
    return _time(moment, f"{here.day} {here:%b}{year} {here:%H:%M} {here:%Z}")


def there(context: Context, moment: datetime) -> datetime:
    """The moment in the zone of whoever is signed in; the public reads UTC."""
    reader = context.get("me")
    return moment.astimezone(ZoneInfo(reader.timezone) if reader else UTC)


def day(moment: datetime) -> str:
    """`Monday, 2 March 2026`, of the zone that the moment is in."""
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def _time(moment: datetime, words: str) -> Markup:
    at = moment.astimezone(UTC)
    mark = Markup('<time datetime="{}" title="{}">{}</time>')
    return mark.format(at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S} UTC", words)


def picked(word: str) -> tuple[str, str]:
    """A choice whose name is what it says."""
    return word, word.replace("_", " ").capitalize()


@pass_context
def told(context: Context, text: str) -> Markup:
    """A sentence of ours, its moments where the reader is."""
    return _localised(context, str(lines(text)))


@pass_context
def shown(context: Context, html: Markup) -> Markup:
    """A document of ours: the moments of its head where the reader is. What people wrote stays as it is."""
    head, below, rest = html.partition("<h2")
    return _localised(context, head) + Markup(below) + Markup(rest)


def _localised(context: Context, html: str) -> Markup:
    """What is escaped already, with `2026-03-02 10:02 UTC` as a moment of the reader's zone."""

    def there_and_then(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
        return str(stamp(context, at))

    return Markup(MOMENT.sub(there_and_then, html))  # escaped by the callers


def printable(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(
        letter for letter in text if letter in "\n\t" or letter.isprintable() or letter > "\x9f"
    ).translate(NO_XML)


def lines(text: str) -> Markup:
    """What a person wrote, with its line breaks and nothing else of it."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())
