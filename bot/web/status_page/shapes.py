"""The JSON of Statuspage's public API, so that programs that read theirs read ours."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bot.domain.updates import Phase, Update
from bot.web.status_page import words
from bot.web.status_page.days import worst
from bot.web.status_page.links import Links
from bot.web.status_page.pages import month_of
from bot.web.status_page.picture import Part, Picture, Planned, Told, public_id

MOST = 50


def answer(picture: Picture, links: Links, name: str) -> str:
    """One of `API`, as JSON."""
    said = {"page": _page(picture, links), **_PARTS[name](_Shapes(picture, links))}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _page(picture: Picture, links: Links) -> dict[str, Any]:
    id = public_id("page", links.base)
    return {
        "id": id,
        "name": "Status",
        "url": links.base,
        "time_zone": "Etc/UTC",
        "updated_at": _at(picture.newest),
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


class _Shapes:
    """The parts of which the answers are made."""

    def __init__(self, picture: Picture, links: Links) -> None:
        self.picture, self.links = picture, links
        self.page_id = public_id("page", links.base)
        self.parts = {part.key: part for part in picture.parts}

    def status(self) -> dict[str, Any]:
        said = {"indicator": words.indicator(self.picture), "description": words.headline(self.picture)}
        return {"status": said}

    def components(self) -> dict[str, Any]:
        parts, groups = (
            self.picture.parts,
            list(dict.fromkeys(p.group for p in self.picture.parts if p.group)),
        )
        found = [self._part(part, place + 1) for place, part in enumerate(parts)]
        found += [self._group(name, len(parts) + place + 1) for place, name in enumerate(groups)]
        return {"components": found}

    def incidents(self, told: Iterable[Told]) -> dict[str, Any]:
        return {"incidents": [self._incident(each) for each in list(told)[:MOST]]}

    def maintenances(self, planned: Iterable[Planned]) -> dict[str, Any]:
        shown = [
            each for each in planned if each.it.stage != "cancelled"
        ]  # to Statuspage there is no such word
        return {"scheduled_maintenances": [self._maintenance(each) for each in shown[:MOST]]}

    def _part(self, part: Part, place: int) -> dict[str, Any]:
        return {
            "id": part.id,
            "name": part.name,
            "status": part.state,
            "created_at": _at(self.picture.since),
            "updated_at": _at(self.picture.newest),
            "position": place,
            "description": part.description or None,
            "showcase": True,
            "start_date": f"{self.picture.since:%Y-%m-%d}",
            "group_id": public_id("group", part.group) if part.group else None,
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _group(self, name: str, place: int) -> dict[str, Any]:
        mine = [part for part in self.picture.parts if part.group == name]
        as_part = self._part(mine[0], place)
        state = worst(part.state for part in mine)
        own = {"id": public_id("group", name), "name": name, "status": state, "group": True, "group_id": None}
        return {**as_part, **own, "description": None, "components": [part.id for part in mine]}

    def _named(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        return [
            self._part(part, place + 1)
            for place, (key, part) in enumerate(self.parts.items())
            if key in set(keys)
        ]

    def _incident(self, each: Told) -> dict[str, Any]:
        return {
            "id": each.id,
            "name": each.name,
            "status": each.last.phase if each.is_live else Phase.RESOLVED,
            "impact": words.impact(each),
            "created_at": _at(each.began),
            "started_at": _at(each.began),
            "updated_at": _at(each.last.at),
            "monitoring_at": _at(each.first_in(Phase.MONITORING)),
            "resolved_at": _at(each.over),
            "shortlink": f"{self.links.full_month(month_of(each.began))}#{each.id}",
            "page_id": self.page_id,
            "incident_updates": [self._update(each, n) for n in range(len(each.updates))],
            "components": self._named(each.components),
            "reminder_intervals": None,
        }

    def _update(self, told: Told, place: int) -> dict[str, Any]:
        """What changed for a component is told against the update before it."""
        update = told.updates[place]
        before = told.updates[place + 1].components if place + 1 < len(told.updates) else {}
        return self._word(update, told.id, update.phase, update.message, self._affected(update, before))

    def _word(
        self, row: Any, of: str, status: str, body: str, affected: Any, what: str = "update"
    ) -> dict[str, Any]:
        return {
            "id": public_id(what, row.id),
            "incident_id": of,
            "status": status,
            "body": body,
            "created_at": _at(row.at),
            "updated_at": _at(row.at),
            "display_at": _at(row.at),
            "affected_components": affected,
            "deliver_notifications": getattr(row, "audience", "everyone") == "everyone",
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _affected(self, update: Update, before: dict[str, str]) -> list[dict[str, Any]]:
        return [
            {
                "code": public_id("component", key),
                "name": self.picture.names.get(key, key),
                "old_status": before.get(key, "operational"),
                "new_status": state,
            }
            for key, state in update.components.items()
        ]

    def _maintenance(self, each: Planned) -> dict[str, Any]:
        it, newest = each.it, each.words[0].at if each.words else each.it.scheduled_at
        return {
            "id": each.id,
            "name": it.title,
            "status": it.stage,
            "impact": "maintenance",
            "created_at": _at(it.scheduled_at),
            "started_at": _at(it.began_at or it.scheduled_at),
            "updated_at": _at(newest),
            "monitoring_at": None,
            "resolved_at": _at(it.ended_at),
            "shortlink": f"{self.links.base}#{each.id}",
            "page_id": self.page_id,
            "scheduled_for": _at(it.starts_at),
            "scheduled_until": _at(it.ends_at),
            "incident_updates": [
                self._word(word, each.id, word.stage, word.message, [], "word") for word in each.words
            ],
            "components": self._named(it.components),
            "reminder_intervals": None,
        }


def _summary(s: _Shapes) -> dict[str, Any]:
    now = [*s.picture.under_way, *s.picture.ahead]
    return s.components() | s.incidents(s.picture.live) | s.maintenances(now) | s.status()


_PARTS: dict[str, Callable[[_Shapes], dict[str, Any]]] = {
    "summary": _summary,
    "status": lambda s: s.status(),
    "components": lambda s: s.components(),
    "incidents": lambda s: s.incidents(s.picture.told),
    "incidents/unresolved": lambda s: s.incidents(s.picture.live),
    "scheduled-maintenances": lambda s: s.maintenances(s.picture.planned),
    "scheduled-maintenances/upcoming": lambda s: s.maintenances(s.picture.ahead),
    "scheduled-maintenances/active": lambda s: s.maintenances(s.picture.under_way),
}
