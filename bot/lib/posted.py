"""A door for JSON that others post, by a bearer token or a Standard Webhooks signature.

It is checked, written down, and answered; what it means is read later.
"""

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.lib.clock import Clock
from bot.lib.errors import Refused
from bot.lib.inbox import Inbox
from bot.lib.signed import ID_MAX, TooLarge, keep, read_body

SKEW = timedelta(minutes=5)  # Standard Webhooks: an older signature may have been recorded and sent again
PREFIX = "whsec_"


@dataclass(frozen=True)
class PostedDoor:
    """`POST path`: 202 once committed, 401 without our token or signature, 422 with why."""

    source: str
    path: str
    most: int  # bytes of a body
    token: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    inbox: Inbox
    clock: Clock
    check: Callable[[Any, datetime], str | None]  # the sender's id of it; refuses what cannot be read

    @property
    def route(self) -> Route:
        return Route(self.path, self.answer, methods=["POST"])

    @property
    def ways(self) -> str:
        """How one may come in, for `closeout check`."""
        known = (("a bearer token", self.token), ("a signature", self.secrets))
        return " or ".join(way for way, is_on in known if is_on)

    async def answer(self, request: Request) -> Response:
        try:
            body = await read_body(request, self.most)
        except TooLarge:
            return Response(f"The body is too large: {self.most // 1024} KB is the most.", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        now = self.clock()
        if not (self._has_token(request.headers) or is_signed(body, request.headers, self.secrets, now)):
            return Response("Neither the bearer token nor the signature is ours.", 401)
        try:
            text = body.decode()
            id = self.check(json.loads(text), now)
        except (ValueError, RecursionError):
            return Response("The body is not JSON.", 400)
        except Refused as refusal:
            return Response(str(refusal), 422)
        return await keep(self.inbox, self.source, id or _delivery(request.headers), text, now)

    def _has_token(self, headers: Mapping[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        is_ours = hmac.compare_digest(given.strip().encode(), self.token.encode())
        return bool(self.token) and scheme.lower() == "bearer" and is_ours


def is_signed(body: bytes, headers: Mapping[str, str], secrets: tuple[bytes, ...], now: datetime) -> bool:
    """Standard Webhooks: HMAC-SHA256 over id, time and body. Two secrets are live during a rotation."""
    id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not sent.isdecimal() or len(sent) > 12:
        return False
    if abs(now.timestamp() - int(sent)) > SKEW.total_seconds():
        return False
    given = [part[3:] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    signed = f"{id}.{sent}.".encode() + body
    ours = [base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()) for secret in secrets]
    matches = [hmac.compare_digest(each.encode(), digest) for each in given for digest in ours]
    return any(matches)


def secrets_of(text: str) -> tuple[bytes, ...]:
    """`whsec_` and base64, one or more with commas; other words are taken as they are."""
    return tuple(_secret(part.strip()) for part in text.split(",") if part.strip())


def _secret(text: str) -> bytes:
    if not text.startswith(PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return text.encode()


def _delivery(headers: Mapping[str, str]) -> str:
    """A sender that repeats itself says so by an id; without one, the same words may be meant twice."""
    given = headers.get("webhook-id") or headers.get("idempotency-key") or ""
    return given.strip()[:ID_MAX] or uuid.uuid4().hex
