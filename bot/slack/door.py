"""The HTTP door: what is forged, stale, sent before or not to be read ends here; Bolt gets the rest."""

import json
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.lib.clock import Clock

LARGEST = 3_000_000  # bytes; a view is 250 kB at most
REMEMBERED = 100_000  # more than Slack may send in the five minutes for which a signature is good


@dataclass
class Heard:
    """When this process last had a request that Slack signed, and one that it refused."""

    signed_at: datetime | None = None
    refused_at: datetime | None = None


class Door:
    """POST /slack/events."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock) -> None:
        self.heard, self._clock = Heard(), clock
        self._handler = AsyncSlackRequestHandler(app)
        self._verifier = SignatureVerifier(signing_secret)
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, request: Request) -> Response:
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > LARGEST:
            return JSONResponse({"error": "too large"}, status_code=413)
        # Bolt reads a body before it asks who sent it: whatever a stranger sends stops here.
        body, signature = await request.body(), request.headers.get("x-slack-signature", "")
        if not self._is_slacks(request, body, signature) or self._is_replay(request, body, signature):
            self.heard.refused_at = self._clock()
            return JSONResponse({"error": "invalid request"}, status_code=401)
        self.heard.signed_at = self._clock()
        if not _can_be_read(body, request.headers.get("content-type", "")):
            return JSONResponse({"error": "that cannot be read"}, status_code=400)
        self._seen[signature] = None
        response = await self._handler.handle(request)
        if response.status_code >= 300:
            self._seen.pop(signature, None)  # Slack may send the very same once more
        elif len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return response

    def _is_slacks(self, request: Request, body: bytes, signature: str) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13 and signature.isascii()):
            return False
        with suppress(UnicodeDecodeError):  # bytes that are no text were not signed by Slack
            return self._verifier.is_valid(body, stamp, signature)
        return False

    def _is_replay(self, request: Request, body: bytes, signature: str) -> bool:
        """Only events are sent again, and those are known by their id. Of the headers nothing is signed."""
        is_event = body.startswith(b"{")
        return signature in self._seen and not (is_event and "x-slack-retry-num" in request.headers)


def _can_be_read(body: bytes, kind: str) -> bool:
    """Would Bolt find in it what it looks for? It breaks on anything else."""
    is_json = body.startswith(b"{") or kind.partition(";")[0].strip().lower() == "application/json"
    found = [body.decode()] if is_json else parse_qs(body.decode()).get("payload", [])
    try:
        return all(isinstance(json.loads(each), dict) for each in found)
    except (ValueError, RecursionError):
        return False
