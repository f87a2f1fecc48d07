"""The door of the status page: it stands before all others, and does as little as can be done."""

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.status_page.bodies import Body
from bot.web.status_page.site import StatusSite

SORRY = b"The status is not known at the moment. Try again shortly.\n"
WAYS = ("GET", "HEAD")


@dataclass(frozen=True)
class StatusDoor:
    """Answers for the status page, and passes everything else on to `app`."""

    app: ASGIApp
    site: StatusSite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in self.site.paths and scope["method"] in WAYS:
            await answer(self.site, scope, send)
        else:
            await self.app(scope, receive, send)


async def answer(site: StatusSite, scope: Scope, send: Send) -> None:
    """Programs and feeds go on here, also where readers are led to another page."""
    if site.elsewhere and scope["path"] in site.readers:
        return await _send(send, scope, 302, ((b"location", site.elsewhere),), b"")
    found = await site.answer(scope["path"], scope["query_string"])
    if found is None:
        return await _send(
            send, scope, 503, ((b"content-type", b"text/plain"), (b"retry-after", b"5")), SORRY
        )
    said = dict(scope["headers"])
    if found.status == 200 and found.tag in said.get(b"if-none-match", b""):
        return await _send(send, scope, 304, found.unchanged, b"")
    headers, body = _fitting(found, said)
    return await _send(send, scope, found.status, headers, body)


def _fitting(found: Body, said: dict[bytes, bytes]) -> Any:
    return found.packed if b"gzip" in said.get(b"accept-encoding", b"") else found.plain


async def _send(send: Send, scope: Scope, status: int, headers: Any, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
