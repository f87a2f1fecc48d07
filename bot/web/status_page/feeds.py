"""The feeds: one entry for each update, or one for each incident and maintenance that grows."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from bot.web.look import Look
from bot.web.status_page.links import Links
from bot.web.status_page.pages import month_of
from bot.web.status_page.picture import Picture, Planned, Told, public_id

UPDATES, INCIDENTS = 50, 25


def updates(look: Look, picture: Picture, links: Links) -> str:
    said: list[dict[str, Any]] = [
        {
            "id": public_id("update", each.id),
            "title": f"{told.name}: {each.phase}",
            "at": each.at,
            "key": each.id,
            "message": each.message,
            "page": _page(told, links),
        }
        for told in picture.told
        for each in told.updates
    ]
    for planned in picture.planned:
        said += [
            {
                "id": public_id("word", word.id),
                "title": f"{planned.it.title}: maintenance {word.stage.replace('_', ' ')}",
                "at": word.at,
                "key": word.id,
                "message": word.message,
                "page": f"{links.base}#{planned.id}",
            }
            for word in planned.words
        ]
    said.sort(key=lambda each: (each["at"], each["key"]), reverse=True)
    return look.text("feed.atom.j2", {"said": said[:UPDATES], "newest": picture.newest, "url": links.base})


def history(look: Look, picture: Picture, links: Links, kind: str) -> str:
    """`kind` is atom or rss."""
    entries = [
        *(_incident(told, links) for told in picture.told),
        *(_planned(one, links) for one in picture.planned),
    ]
    entries.sort(key=lambda each: each["updated"], reverse=True)
    shared = {"newest": picture.newest, "url": links.base, "rfc822": format_datetime}
    return look.text(f"history.{kind}.j2", {**shared, "entries": entries[:INCIDENTS]})


def _incident(told: Told, links: Links) -> dict[str, Any]:
    return {
        "id": told.id,
        "title": told.name,
        "began": told.began,
        "updated": told.last.at,
        "page": _page(told, links),
        "summary": told.summary,
        "lines": [(each.phase.capitalize(), each.at, each.message) for each in told.updates],
    }


def _planned(one: Planned, links: Links) -> dict[str, Any]:
    updated: datetime = one.words[0].at if one.words else one.it.scheduled_at
    return {
        "id": one.id,
        "title": f"Maintenance: {one.it.title}",
        "began": one.it.scheduled_at,
        "updated": updated,
        "page": f"{links.base}#{one.id}",
        "summary": f"{one.it.starts_at:%Y-%m-%d %H:%M} to {one.it.ends_at:%Y-%m-%d %H:%M} UTC",
        "lines": [(word.stage.replace("_", " ").capitalize(), word.at, word.message) for word in one.words],
    }


def _page(told: Told, links: Links) -> str:
    return f"{links.full_month(month_of(told.began))}#{told.id}"
