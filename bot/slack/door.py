"""The HTTP door: what cannot be read and what was sent before ends here; Bolt then checks the signature."""

from collections import OrderedDict

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

LARGEST = 3_000_000  # bytes; a view is 250 kB at most
REMEMBERED = 100_000  # more than Slack may send in the five minutes for which a signature is good


class Door:
    """POST /slack/events."""

    def __init__(self, app: AsyncApp) -> None:
        self._handler = AsyncSlackRequestHandler(app)
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, request: Request) -> Response:
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > LARGEST:
            return JSONResponse({"error": "too large"}, status_code=413)
        signature = request.headers.get("x-slack-signature", "")
        if not await _can_be_read(request) or self._is_replay(request, signature):
            return JSONResponse({"error": "invalid request"}, status_code=401)
        self._seen[signature] = None
        response = await self._handler.handle(request)
        if response.status_code >= 300:
            self._seen.pop(signature, None)  # it was forged, or Slack may send the very same once more
        elif len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return response

    def _is_replay(self, request: Request, signature: str) -> bool:
        """Only events are sent again, and those are known by their id."""
        is_event = request.headers.get("content-type", "").startswith("application/json")
        return signature in self._seen and not (is_event and "x-slack-retry-num" in request.headers)


async def _can_be_read(request: Request) -> bool:
    """A timestamp that is no number, or bytes that are no text, would break the library behind us."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    try:
        (await request.body()).decode()
    except UnicodeDecodeError:
        return False
    return stamp.isascii() and stamp.isdigit() and len(stamp) < 13
