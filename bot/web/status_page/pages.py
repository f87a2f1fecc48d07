"""The pages for readers: the status, and the history of a month."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.lib.words import plural
from bot.web.look import Look
from bot.web.status_page import words
from bot.web.status_page.days import DAYS, MARKS, OPERATIONAL, WORDS, Day
from bot.web.status_page.links import Links
from bot.web.status_page.picture import Part, Picture, Told, span_of

BAR = 5  # the width of a day in the picture of ninety of them, with its gap
MARK = "@@mark@@"
# In letters: for updates on the first page, at least, and what a component and a bad day take of it.
LETTERS, LEAST, PART, SIGN = 25_000, 3_000, 500, 85
PAST, NAMED, LISTED = 12, 4, 40  # incidents; days that a picture names to who cannot see it, and in the table
TOP = {"under_maintenance": 8, "degraded_performance": 6, "partial_outage": 3, "major_outage": 0}


def page(look: Look, picture: Picture, links: Links) -> str:
    live, room = _fitting(picture.live, _room(picture), at_least=1)
    past, _ = _fitting(picture.past[:PAST], room, at_least=0)
    return _render(
        look,
        "status.html.j2",
        picture,
        links,
        headline=words.headline(picture),
        tone=words.tone(picture),
        live=live,
        past=past,
        groups=groups(picture.parts),
        promise=_promise(picture),
        under_way=picture.under_way,
        ahead=picture.ahead,
        over=[each for each in picture.before if each.it.stage == "completed"][:3],
        troubled=_troubled(picture.parts),
    )


def month(look: Look, picture: Picture, links: Links, name: str) -> str:
    place = picture.months.index(name)
    return _render(
        look,
        "status_month.html.j2",
        picture,
        links,
        name=name,
        title=month_words(name),
        told=picture.told,
        over=picture.before,
        older=picture.months[place + 1] if place + 1 < len(picture.months) else "",
        newer=picture.months[place - 1] if place else "",
    )


def missing(look: Look, picture: Picture, links: Links) -> str:
    """For a month of which nothing can be known."""
    return _render(
        look,
        "status_month.html.j2",
        picture,
        links,
        name="",
        title="No such month",
        told=(),
        over=(),
        older="",
        newer="",
    )


def _render(look: Look, template: str, picture: Picture, links: Links, **more: Any) -> str:
    """The mark in the page is of all that it says, so that a page that is open knows when it is old."""
    shared = {
        "picture": picture,
        "links": links,
        "names": picture.names,
        "sheet": look.status_sheet,
        "script": look.status_script,
        "month_words": month_words,
        "month_of": month_of,
        "mark": MARK,
        "marks": MARKS,
        "state_words": WORDS,
    }
    said = look.text(template, {**shared, **more, "now": picture.at})
    return said.replace(MARK, hashlib.sha256(said.encode()).hexdigest()[:16], 1)


def _promise(picture: Picture) -> datetime | None:
    """When the next word is due, of all that is live."""
    return min((each.last.next_update_by for each in picture.live if each.last.next_update_by), default=None)


def _room(picture: Picture) -> int:
    """For updates: what the components leave of a page that is read on a bad line."""
    bars = sum(bool(day.took) for part in picture.parts for day in part.days)
    return max(LEAST, LETTERS - PART * len(picture.parts) - SIGN * bars)


def _troubled(parts: Iterable[Part]) -> list[tuple[str, Day]]:
    """The days of trouble, the newest first."""
    found = [(part.name, day) for part in parts for day in part.days if day.took]
    return sorted(found, key=lambda each: each[1].day, reverse=True)[:LISTED]


def _fitting(told: Iterable[Told], room: int, at_least: int) -> tuple[list[dict[str, Any]], int]:
    """Each incident with as many of its newest updates as there is room for, and how many are left out."""
    shown: list[dict[str, Any]] = []
    for each in told:
        count = 0
        for update in each.updates:
            room -= len(update.message) + 120
            if room < 0 and count >= at_least:
                break
            count += 1
        shown.append({"it": each, "updates": each.updates[:count], "left": len(each.updates) - count})
    return shown, max(0, room)


def groups(parts: Iterable[Part]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Components in their groups, in the order of the company's file; those without a group come first."""
    ordered = list(parts)
    names = list(dict.fromkeys(part.group for part in ordered))
    found = {
        name: list(some)
        for name, some in groupby(sorted(ordered, key=lambda p: names.index(p.group)), lambda p: p.group)
    }
    names.sort(key=bool)
    return [(name, [_row(part) for part in found[name]]) for name in names]


def _row(part: Part) -> dict[str, Any]:
    troubled = [(n, day) for n, day in enumerate(part.days) if day.state != OPERATIONAL or not day.is_known]
    bars = [_bar(n, day) for n, day in troubled if day.is_known]
    unknown = sum(not day.is_known for day in part.days)
    return {"it": part, "bars": bars, "unknown": unknown * BAR, "label": label(part)}


def _bar(place: int, day: Day) -> dict[str, Any]:
    return {
        "x": place * BAR,
        "y": TOP[day.state],
        "state": day.state,
        "said": f"{day_words(day)}: {day.words}",
    }


def label(part: Part) -> str:
    """The picture of ninety days in words."""
    troubled = [day for day in reversed(part.days) if day.took]
    if not troubled:
        return f"{part.name}, the last {DAYS} days: no trouble."
    named = "; ".join(f"{day_words(day)}: {day.words}" for day in troubled[:NAMED])
    more = f"; and {plural(len(troubled) - NAMED, 'day')} more" if len(troubled) > NAMED else ""
    return f"{part.name}, the last {DAYS} days: trouble on {plural(len(troubled), 'day')}. {named}{more}."


def day_words(day: Day) -> str:
    return f"{day.day.day} {day.day:%B}"


def month_words(name: str) -> str:
    """`October 2026`"""
    return f"{span_of(name)[0]:%B %Y}"


def month_of(moment: datetime) -> str:
    return f"{moment:%Y-%m}"
