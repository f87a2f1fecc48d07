"""What holds for every answer of the web floor: safe headers, and bodies of bounded size."""

import base64
import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.settings import WebSettings

API_BODY, ANY_BODY = 256 * 1024, 2 * 1024 * 1024  # bytes; webhooks with many alerts are the largest
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"


class BodyTooLarge(Exception):
    """More has come than the door takes."""


@dataclass(frozen=True)
class SafeHeaders:
    """No script but our own file, no frame, no foreign host: of what a user typed a browser runs nothing."""

    app: ASGIApp
    is_https: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.is_https:
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        return await self.app(scope, receive, with_headers)


@dataclass(frozen=True)
class BoundedBodies:
    """Refuses a body that is too large, whether it says its size or not."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        most = API_BODY if scope["path"].startswith("/api/") else ANY_BODY
        said = Headers(scope=scope).get("content-length", "")
        if said.isdigit() and int(said) > most:
            return await _refuse(send, most)
        return await self._count(scope, receive, send, most)

    async def _count(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        came, answered = 0, False

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise BodyTooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            if came > most and not answered:
                return  # whatever the application makes of the broken body: ours is the answer
            answered = True
            await send(message)

        with suppress(BodyTooLarge):
            await self.app(scope, counted, watched)
        if came > most and not answered:
            await _refuse(send, most)


async def _refuse(send: Send, most: int) -> None:
    problem = {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": f"The body is larger than {most // 1024} KiB, which is the most. Nothing was changed.",
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})


def middleware(settings: WebSettings) -> list[Middleware]:
    """For the whole application, the outermost first."""
    return [Middleware(SafeHeaders, is_https=settings.is_https), Middleware(BoundedBodies)]


def with_styles(page: str) -> dict[str, str]:
    """The policy for a page that carries its own sheet: exactly these styles, and still nothing else."""
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() for sheet in sheets]
    allowed = " ".join(["style-src 'self'", *(f"'sha256-{each}'" for each in hashes)])
    policy = HEADERS["Content-Security-Policy"].replace("style-src 'self'", allowed)
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
