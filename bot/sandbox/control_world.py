"""The doors of the world outside: alerts that ring, pages that were sent, mail that arrived."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.control import Control, verb
from bot.sandbox.pager import METHODS
from bot.sandbox.workspace import Workspace

# A mail is somebody's words: its styles count, its scripts do not, and it is shown in our own frame alone.
MAIL_HEADERS = {
    "Content-Security-Policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@verb
async def alert(control: Control, wanted: Json) -> Json:
    """A monitor rings at PagerDuty: service, title, priority, urgency."""
    return await control.workspace.world.alert(wanted)


@verb
async def acknowledge_alert(control: Control, wanted: Json) -> Json:
    return await control.workspace.world.move(wanted, "acknowledged")


@verb
async def resolve_alert(control: Control, wanted: Json) -> Json:
    return await control.workspace.world.move(wanted, "resolved")


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, str(default))
    if not given.isdecimal() or len(given) > 9:
        raise NotPossible(f"{name} is a number.")
    return int(given)


class WorldScreens:
    """What can be seen out there."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.world = workspace, workspace.world

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/pagerduty/{path:path}", self.pagerduty, methods=METHODS),
            Route("/sandbox/pager", self.pager),
            Route("/sandbox/pages", self.pages),
            Route("/sandbox/mail", self.mail, methods=["GET"]),
            Route("/sandbox/mail/{n:int}", self.one_mail),
            Route("/sandbox/mail/{n:int}/html", self.html),
            Route("/sandbox/traffic/brief", self.calls),
            Route("/sandbox/traffic/{n:int}", self.call),
        ]

    async def pagerduty(self, request: Request) -> Response:
        """PagerDuty's API as the bot meets it; what is asked stands in the traffic."""
        pager, path = self.world.pager, request.path_params["path"]
        known = len(pager.calls)
        call = self.workspace.traffic.begin(
            "from_bot", f"pagerduty {request.method} /{path}", {}, self.workspace.now()
        )
        response = await pager.serve(request)
        asked = pager.calls[-1] if len(pager.calls) > known else None
        call.args = asked.body if asked and isinstance(asked.body, dict) else dict(request.query_params)
        call.args.pop("routing_key", None)
        call.end(response.status_code, bytes(response.body).decode("utf-8", "replace"))
        return response

    async def pager(self, request: Request) -> Response:
        """What there is to ring for, and what rang; `webhook` is empty until a bot is connected."""
        return JSONResponse(
            {
                "services": self.world.services(),
                "priorities": sorted(self.world.pager.priorities),
                "incidents": self.world.incidents(pages=False),
                "webhook": self.world.webhook_url(),
            }
        )

    async def pages(self, request: Request) -> Response:
        return JSONResponse({"pages": self.world.incidents(pages=True)})

    async def mail(self, request: Request) -> Response:
        """Newest first, with text; the HTML part has an address of its own."""
        mails = [one.shown() for one in reversed(self.world.mailbox.mails)]
        return JSONResponse({"mails": mails, "counted": self.world.mailbox.counted})

    async def one_mail(self, request: Request) -> Response:
        mail = self.world.mailbox.mail(request.path_params["n"])
        return JSONResponse(mail.shown()) if mail else JSONResponse({"error": "It is not kept."}, 404)

    async def html(self, request: Request) -> Response:
        mail = self.world.mailbox.mail(request.path_params["n"])
        if mail is None or not mail.html:
            return PlainTextResponse("There is no such mail.", 404)
        # Its links open in a window of their own: the frame is for reading.
        return HTMLResponse(f'<base target="_blank">{mail.html}', headers=MAIL_HEADERS)

    async def calls(self, request: Request) -> Response:
        """The last calls in one line each, as pages list them."""
        since, limit = _number(request, "since", 0), _number(request, "limit", 500)
        ended = [one for one in self.workspace.traffic.since(since) if one.ms is not None]
        return JSONResponse({"calls": [one.brief() for one in ended[-limit:]]})

    async def call(self, request: Request) -> Response:
        """One call of the traffic with all that was said."""
        wanted = request.path_params["n"]
        found = next((one for one in self.workspace.traffic.since(wanted - 1) if one.n == wanted), None)
        return JSONResponse(found.shown()) if found else JSONResponse({"error": "It is not kept."}, 404)
