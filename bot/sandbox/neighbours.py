"""Keeps pages of other sites out: a browser on this machine has them open beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.hosts import is_loopback

HARMLESS = ("GET", "HEAD", "OPTIONS")
WRONG_HOST = 421  # Misdirected Request
REFUSED = 1008  # policy violation, before a websocket was accepted


@dataclass(frozen=True)
class OwnPages:
    """Answers only to names of this machine, and changes nothing for a page from elsewhere.

    A site may let its own name lead to 127.0.0.1; browsers then take our answers for its own. Where somebody
    allowed another address to listen on, it goes by any name: whoever reaches it can act as anyone anyway.
    """

    app: ASGIApp
    host: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": REFUSED})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        named, origin = headers.get("host", ""), headers.get("origin", "")
        if is_loopback(self.host) and named and not _is_of_this_machine(named):
            return PlainTextResponse(f"This practice workspace does not go by the name {named}.", WRONG_HOST)
        # The doors for people say it in their own words.
        is_act = scope["type"] == "websocket" or scope["method"] not in HARMLESS
        if (
            is_act
            and origin
            and urlsplit(origin).netloc != named
            and not scope["path"].startswith("/sandbox/")
        ):
            return PlainTextResponse(f"A page of {origin} may not act in this sandbox.", 403)
        return None


def _is_of_this_machine(named: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{named}").hostname or "")
    except ValueError:
        return False
