"""A door for webhooks that are signed with HMAC-SHA256: checked, written down, answered, read later."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.lib.clock import Clock
from bot.lib.inbox import Inbox

log = logging.getLogger(__name__)
BODY_MAX = 1024 * 1024  # bytes; an issue's text is at most 64 KB, and a delivery holds it a few times
ID_MAX = 200


class TooLarge(Exception):
    """The body is larger than anything that is meant for us."""


def is_signed(body: bytes, header: str, secrets: tuple[str, ...]) -> bool:
    """Does it match any secret? Two are live during a rotation, and both are always tried."""
    given = header.strip().removeprefix("sha256=").encode() if header.strip().startswith("sha256=") else b""
    ours = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode() for secret in secrets]
    matches = [hmac.compare_digest(given, digest) for digest in ours]
    return any(matches)


@dataclass(frozen=True)
class SignedDoor:
    """`POST path`: 202 once it is committed, 401 if forged, 413 if too large, 503 if we cannot write."""

    source: str
    path: str
    signature: str  # the header that holds it: sha256=<hex>, where `is_ours` says nothing else
    delivery: str  # the header that a repeated delivery has in common with the first
    secrets: tuple[str, ...] = field(repr=False)
    inbox: Inbox
    clock: Clock
    is_wanted: Callable[[Request, Any], bool] = lambda _request, _body: True
    is_ours: Callable[[bytes, str, tuple[str, ...]], bool] = is_signed
    name_of: Callable[[Any], str] = lambda _body: ""  # of a delivery without that header
    body_max: int = BODY_MAX

    @property
    def routes(self) -> list[BaseRoute]:
        """None without a secret: what nobody can sign has no door."""
        return [Route(self.path, self.answer, methods=["POST"])] if self.secrets else []

    async def answer(self, request: Request) -> Response:
        try:
            body = await read_body(request, self.body_max)
        except TooLarge:
            return Response("The body is too large.", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        if not self.is_ours(body, request.headers.get(self.signature, ""), self.secrets):
            return Response("The signature is not ours.", 401)
        try:
            text = body.decode()
            told = json.loads(text)
        except (ValueError, RecursionError):
            return Response("The body is not JSON.", 400)
        if not self.is_wanted(request, told):
            return Response(status_code=202)
        named = request.headers.get(self.delivery, "").strip() or self.name_of(told)
        delivery = named[:ID_MAX] or hashlib.sha256(body).hexdigest()
        return await keep(self.inbox, self.source, delivery, text, self.clock())


async def keep(inbox: Inbox, source: str, delivery: str, text: str, now: datetime) -> Response:
    """202 once it is committed; 503 where it is not, so that it comes again."""
    try:
        await inbox.put(source, delivery, text, now)
    except (SQLAlchemyError, OSError):
        log.exception("A delivery of %s could not be stored", source)
        return Response("Our database is away. Try again.", 503)
    return Response(status_code=202)


async def read_body(request: Request, most: int) -> bytes:
    """At most so many bytes; raises TooLarge as soon as there are more."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLarge
    return bytes(body)
