"""The web floor: REST under /api, the pages, the public status page, and what monitors ask."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount

from bot.domain.company import Company
from bot.domain.people import logins, tokens
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.inbox import Inbox
from bot.web import api, health, openid, status_page
from bot.web.actions import ActionPages
from bot.web.audit import AuditPages
from bot.web.customers import CustomerPages
from bot.web.digests import DigestPages
from bot.web.drills import DrillPages
from bot.web.feedback import FeedbackPages
from bot.web.guard import middleware
from bot.web.incidents import IncidentPages
from bot.web.live import Live, LivePages
from bot.web.look import Look
from bot.web.maintenance import MaintenancePages
from bot.web.postmortems import PostmortemPages
from bot.web.report import ReportPages
from bot.web.settings import WebSettings
from bot.web.setup import Check, SetupPages
from bot.web.sign_in import Entrance, SlackEntrance
from bot.web.status_page import StatusDoor, StatusSite
from bot.web.subscribe import SubscribePages
from bot.web.subscribers import SubscriberPages
from bot.web.trail import TrailPage
from bot.web.visits import Doorman, Passes

__all__ = [
    "Live",
    "StatusSite",
    "WebSettings",
    "logins",
    "middleware",
    "missing",
    "routes",
    "status_door",
    "status_site",
    "tokens",
]

Missing = Callable[[Request, Exception], Awaitable[Response]]


def missing(courier: Courier, clock: Clock, company: Company, settings: WebSettings) -> Missing:
    """What stands where there is no page: a page that leads back, and for programs a line."""
    look = Look(courier.info["templates"], company, clock, settings.public_url)

    async def not_there(request: Request, _: Exception) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("Not Found", 404)
        return look.page("sorry.html.j2", {"said": "There is no such page here.", "status": 404}, 404)

    return not_there


def routes(
    courier: Courier,
    inbox: Inbox,
    clock: Clock,
    company: Company,
    settings: WebSettings,
    *,
    slack: openid.Slack | None = None,
    check: Check | None = None,
    live: Live | None = None,
    site: StatusSite | None = None,
) -> list[BaseRoute]:
    """All doors of this floor; whoever mounts them adds `middleware`. With `slack`, people sign in by it.

    `check` takes the looks of the set-up page. Whoever gives `live` closes it, before the server waits.
    Whoever gives `site` may put `status_door` before everything else.
    """
    look = Look(courier.info["templates"], company, clock, settings.public_url)
    look.env.globals["with_slack"] = slack is not None
    live = live or Live(courier)
    site = site or StatusSite(
        courier, clock, look, settings.public_url, elsewhere=company.status.elsewhere, fresh=0
    )
    doorman = Doorman(courier, clock, Passes(settings), look)
    found: list[BaseRoute] = [
        *health.routes(courier, company),
        *look.routes(),
        Mount("/api", app=api.build(courier, clock, settings.api_token, look)),
        *status_page.routes(site),
        *SubscribePages(courier, clock, company, look, settings.secret_key).routes(),
        *ReportPages(courier, clock, company, look, settings.secret_key).routes(),
        *Entrance(doorman).routes(),
        *(SlackEntrance(doorman, slack, settings).routes() if slack else []),
        *(SetupPages(doorman, check).routes() if check else []),
        *LivePages(doorman, live).routes(),
        *_pages(doorman, look, courier),
    ]
    site.offer({path for each in found if (path := getattr(each, "path", "")).startswith("/status/")})
    return found


def _pages(doorman: Doorman, look: Look, courier: Courier) -> list[BaseRoute]:
    """What people of the house see."""
    return [
        *PostmortemPages(doorman, look).routes(),
        *IncidentPages(doorman, look).routes(),
        *ActionPages(doorman, look).routes(),
        *DigestPages(doorman, look).routes(),
        *AuditPages(doorman, look, courier).routes(),
        *TrailPage(doorman, look).routes(),
        *SubscriberPages(doorman, look).routes(),
        *CustomerPages(doorman, look).routes(),
        *FeedbackPages(doorman, look).routes(),
        *DrillPages(doorman, look).routes(),
        *MaintenancePages(doorman, look).routes(),
    ]


def status_site(
    courier: Courier, clock: Clock, company: Company, settings: WebSettings, templates: Path
) -> StatusSite:
    """The status page of a process: one, so that what was made of the rows is kept."""
    look = Look(templates, company, clock, settings.public_url)
    return StatusSite(courier, clock, look, settings.public_url, elsewhere=company.status.elsewhere)


def status_door(site: StatusSite) -> Middleware:
    """The status page before everything else; it goes to the front of the house's middleware."""
    return Middleware(StatusDoor, site=site)
