"""The web floor: REST under /api, the pages, the public status page, and what monitors ask."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount

from bot.domain.company import Company
from bot.domain.people import logins, tokens
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.inbox import Inbox
from bot.web import api, health, openid
from bot.web.actions import ActionPages
from bot.web.audit import AuditPages
from bot.web.digests import DigestPages
from bot.web.drills import DrillPages
from bot.web.guard import middleware
from bot.web.incidents import IncidentPages
from bot.web.live import Live, LivePages
from bot.web.look import Look
from bot.web.postmortems import PostmortemPages
from bot.web.settings import WebSettings
from bot.web.setup import Check, SetupPages
from bot.web.sign_in import Entrance, SlackEntrance
from bot.web.status import StatusPage
from bot.web.trail import TrailPage
from bot.web.visits import Doorman, Passes

__all__ = ["Live", "WebSettings", "logins", "middleware", "missing", "routes", "tokens"]

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
) -> list[BaseRoute]:
    """All doors of this floor; whoever mounts them adds `middleware`. With `slack`, people sign in by it.

    `check` takes the looks of the set-up page. Whoever gives `live` closes it, before the server waits.
    """
    look = Look(courier.info["templates"], company, clock, settings.public_url)
    look.env.globals["with_slack"] = slack is not None
    live = live or Live(courier)
    doorman = Doorman(courier, clock, Passes(settings), look)
    return [
        *health.routes(courier, company),
        *look.routes(),
        Mount("/api", app=api.build(courier, clock, settings.api_token, look)),
        *StatusPage(courier, company, look, settings.public_url).routes(),
        *Entrance(doorman).routes(),
        *(SlackEntrance(doorman, slack, settings).routes() if slack else []),
        *(SetupPages(doorman, check).routes() if check else []),
        *PostmortemPages(doorman, look).routes(),
        *LivePages(doorman, live).routes(),
        *IncidentPages(doorman, look).routes(),
        *ActionPages(doorman, look).routes(),
        *DigestPages(doorman, look).routes(),
        *AuditPages(doorman, look, courier).routes(),
        *TrailPage(doorman, look).routes(),
        *DrillPages(doorman, look).routes(),
    ]
