"""The public status page, its feed and its summary: what was published, and nothing else."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import incidents, updates
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.updates import Phase, Update
from bot.lib.courier import Courier
from bot.web.guard import with_styles
from bot.web.look import Look

log = logging.getLogger(__name__)
SHOWN = 30  # incidents
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = "public, max-age=15, must-revalidate"


@dataclass(frozen=True)
class Told:
    """An incident as the public knows it. Its title and severity were never published."""

    id: str
    components: tuple[str, ...]
    updates: tuple[Update, ...]  # the newest first
    is_live: bool
    is_sample: bool = False  # seen in the practice workspace alone

    @property
    def name(self) -> str:
        return f"Trouble with {', '.join(self.components)}" if self.components else "Trouble"

    @property
    def last(self) -> Update:
        return self.updates[0]

    @property
    def began(self) -> datetime:
        return self.updates[-1].at


def public_id(what: str, id: int | str) -> str:
    """The same for ever, and no count of our incidents."""
    return hashlib.sha256(f"{what}/{id}".encode()).hexdigest()[:12]


def told(session: Session) -> list[Told]:
    return [_told(session, incident, said) for incident, said in updates.published(session, SHOWN)]


def _told(session: Session, incident: Incident, said: list[Update]) -> Told:
    named = {service.key: service.component for service in company_of(session).services}
    parts = [named.get(key) for key in incidents.services_of(session, incident)]
    return Told(
        id=public_id("incident", incident.id),
        components=tuple(dict.fromkeys(part for part in parts if part)),
        updates=tuple(said),
        is_live=said[0].phase != Phase.RESOLVED and not incident.is_over,
        is_sample=incident.sample,
    )


def headline(live: list[Told]) -> str:
    """Is it working?"""
    if not live:
        return "Everything works."
    if all(each.last.phase == Phase.MONITORING for each in live):
        return "It works again. We are watching it."
    is_open = any(each.last.phase == Phase.INVESTIGATING for each in live)
    we = "We are on it." if is_open else "We know why and are on it."
    parts = list(dict.fromkeys(part for each in live for part in each.components))
    if not parts:
        return f"Something does not work as it should. {we}"
    if len(parts) == 1:
        return f"{parts[0]} does not work as it should. {we}"
    return f"{_and(parts)} do not work as they should. {we}"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


class StatusPage:
    """Asked for most when all else is on fire: one request, no script, the last good copy kept."""

    def __init__(self, courier: Courier, company: Company, look: Look, public_url: str) -> None:
        self.courier, self.look, self.url = courier, look, public_url
        self.components = (
            list(dict.fromkeys(s.component for s in company.services if s.component)) if company else []
        )
        self.kept: dict[str, bytes] = {}
        policy = with_styles(f"<style>{look.style}</style>")["Content-Security-Policy"]
        self.policy = policy.replace("'self' 'sha256", "'sha256")

    def routes(self) -> list[Route]:
        return [
            Route("/status", self.page),
            Route("/status/feed.atom", self.feed),
            Route("/status/api/v2/summary.json", self.summary),
        ]

    def page(self, request: Request) -> Response:
        return self._answer(request, "text/html", self._page, {"Content-Security-Policy": self.policy})

    def feed(self, request: Request) -> Response:
        return self._answer(request, "application/atom+xml", self._feed, {})

    def summary(self, request: Request) -> Response:
        shared = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return self._answer(request, "application/json", self._summary, shared)

    def _answer(
        self, request: Request, kind: str, make: Callable[[list[Told]], bytes], headers: dict[str, str]
    ) -> Response:
        try:
            with self.courier.reading() as session:
                self.kept[kind] = make(told(session))
        except SQLAlchemyError as error:
            log.warning("The status page shows its last copy: no database (%s)", type(error).__name__)
            if kind not in self.kept:
                return Response("The status is not known at the moment. Try again shortly.\n", 503)
        body = self.kept[kind]
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        sent = {**headers, "ETag": tag, "Cache-Control": FRESH}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=sent)
        return Response(body, 200, sent, media_type=kind)

    def _page(self, found: list[Told]) -> bytes:
        live, down = self._live(found)
        words = {
            "headline": headline(live),
            "is_watched": bool(live) and all(each.last.phase == Phase.MONITORING for each in live),
            "live": live,
            "past": [each for each in found if not each.is_live],
            "components": [(name, name in down) for name in self.components],
            "sheet": self.look.style,
        }
        return self.look.text("status.html.j2", words).encode()

    def _live(self, found: list[Told]) -> tuple[list[Told], set[str]]:
        live = [each for each in found if each.is_live]
        return live, {
            part for each in live for part in each.components if each.last.phase != Phase.MONITORING
        }

    def _feed(self, found: list[Told]) -> bytes:
        said = [(each, update) for each in found for update in each.updates]
        said.sort(key=lambda pair: (pair[1].at, pair[1].id), reverse=True)
        newest = said[0][1].at if said else LONG_AGO
        words = {"said": said[:50], "newest": newest, "url": self.url, "name_of": public_id}
        return self.look.text("feed.atom.j2", words).encode()

    def _summary(self, found: list[Told]) -> bytes:
        live, down = self._live(found)
        newest = max((each.last.at for each in found), default=LONG_AGO)
        page = {"id": public_id("page", self.url), "name": "Status", "url": f"{self.url}/status"}
        trouble = "major" if down or any(each.last.phase != Phase.MONITORING for each in live) else "minor"
        said: dict[str, Any] = {
            "page": {**page, "time_zone": "Etc/UTC", "updated_at": newest.isoformat()},
            "components": [
                self._component(page["id"], n, name, name in down) for n, name in enumerate(self.components)
            ],
            "incidents": [self._incident(page, each) for each in live],
            "scheduled_maintenances": [],
            "status": {"indicator": trouble if live else "none", "description": headline(live)},
        }
        return json.dumps(said, ensure_ascii=False).encode()

    def _component(self, page_id: str, place: int, name: str, is_down: bool) -> dict[str, Any]:
        return {
            "id": public_id("component", name),
            "name": name,
            "status": "partial_outage" if is_down else "operational",
            "position": place + 1,
            "description": None,
            "group_id": None,
            "group": False,
            "page_id": page_id,
            "showcase": False,
            "only_show_if_degraded": False,
        }

    def _incident(self, page: dict[str, str], each: Told) -> dict[str, Any]:
        said = [
            {
                "id": public_id("update", update.id),
                "incident_id": each.id,
                "status": update.phase,
                "body": update.message,
                "created_at": update.at.isoformat(),
                "updated_at": update.at.isoformat(),
                "display_at": update.at.isoformat(),
            }
            for update in each.updates
        ]
        return {
            "id": each.id,
            "name": each.name,
            "status": each.last.phase,
            "impact": "minor" if each.last.phase == Phase.MONITORING else "major",
            "created_at": each.began.isoformat(),
            "started_at": each.began.isoformat(),
            "updated_at": each.last.at.isoformat(),
            "monitoring_at": next(
                (one.at.isoformat() for one in each.updates if one.phase == Phase.MONITORING), None
            ),
            "resolved_at": None,
            "shortlink": f"{page['url']}#{each.id}",
            "page_id": page["id"],
            "incident_updates": said,
            "components": [{"id": public_id("component", name), "name": name} for name in each.components],
        }
