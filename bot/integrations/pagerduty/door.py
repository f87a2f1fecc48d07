"""Where PagerDuty's webhooks come in: checked, written down, answered. What they mean is read later."""

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.alerts import PAGERDUTY
from bot.lib.clock import Clock
from bot.lib.inbox import Inbox

log = logging.getLogger(__name__)
BODY_MAX = 512 * 1024  # PagerDuty sends nothing above 256 KB


class TooLarge(Exception):
    """The body is larger than anything PagerDuty sends."""


@dataclass(frozen=True)
class WebhookDoor:
    """`POST /webhooks/pagerduty`: 202 once it is committed, 401 if forged, 503 if we cannot write."""

    secrets: tuple[str, ...] = field(repr=False)
    inbox: Inbox
    clock: Clock

    @property
    def route(self) -> Route:
        return Route("/webhooks/pagerduty", self.answer, methods=["POST"])

    async def answer(self, request: Request) -> Response:
        try:
            body = await _read(request)
        except TooLarge:
            return Response("The body is too large.", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        if not is_signed(body, request.headers.get("x-pagerduty-signature", ""), self.secrets):
            return Response("The signature is not ours.", 401)
        try:
            text = body.decode()
            event = json.loads(text)
        except (ValueError, RecursionError):
            return Response("The body is not JSON.", 400)
        return await self._put(_delivery(request, event, body), text)

    async def _put(self, delivery: str, text: str) -> Response:
        try:
            await self.inbox.put(PAGERDUTY, delivery, text, self.clock())
        except (SQLAlchemyError, OSError):
            log.exception("A delivery of PagerDuty could not be stored; it will come again")
            return Response("Our database is away. Try again.", 503)
        return Response(status_code=202)


def is_signed(body: bytes, header: str, secrets: tuple[str, ...]) -> bool:
    """Does any v1 signature match any secret? Two of each are live during a rotation."""
    given = [part.strip()[3:] for part in header.split(",") if part.strip().startswith("v1=")]
    ours = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    # No `any` of a generator: it would stop at the first match and tell by its time which one it was.
    matches = [hmac.compare_digest(each.encode(), digest.encode()) for each in given for digest in ours]
    return any(matches)


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise TooLarge
    return bytes(body)


def _delivery(request: Request, event: object, body: bytes) -> str:
    """What a retry of the same delivery has in common with the first try."""
    if given := request.headers.get("x-webhook-id", "").strip():
        return given[:200]
    inner = event.get("event") if isinstance(event, dict) else None
    id = inner.get("id") if isinstance(inner, dict) else None
    return id[:200] if isinstance(id, str) and id else hashlib.sha256(body).hexdigest()
