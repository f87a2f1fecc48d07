"""PagerDuty's HTTP side: checks each call against its contract, and misbehaves where it was told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.answers import Json
from bot.sandbox.pager.account import ROUTING_KEY, TOKEN, Account
from bot.sandbox.pager.rules import ENQUEUE, OPERATIONS, Call, No, misfits, operation_of

KEPT = 20_000  # calls
SILENCE = 60.0  # seconds
Fault = str | int
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class PagerDuty(Account):
    """As strict as its OpenAPI. What it was asked stands in `calls`, what was wrong in `problems`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.excused: list[str] = []  # problems that a test asks for
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)

    def fail(self, operation: str, *faults: Fault) -> None:
        """Next it meets: 429, "bare 429", 500; before it acts: "cut", "hang"; after: "lost", "stuck"."""
        self.faults[operation].extend(faults)

    def made(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    async def serve(self, request: Request) -> Response:
        """Answers one request; `path` is the part of its address that PagerDuty knows."""
        path = "/" + str(request.path_params.get("path", ""))
        fault: Fault | None = None
        try:
            call = self.understand(request, path, await request.body())
            fault = self.faults[call.operation].popleft() if self.faults[call.operation] else None
            status, body = self._acted(call, fault)
        except No as no:
            return JSONResponse(no.body, no.status, no.headers)
        if fault in ("hang", "stuck"):
            await _keep_silent(request)
        return await _cut(request) if fault in ("cut", "lost") else JSONResponse(body, status)

    def _acted(self, call: Call, fault: Fault | None) -> tuple[int, Json]:
        if fault == 429:
            raise No(429, 2020, "Rate Limit Exceeded", ratelimit_limit="960", ratelimit_reset="0")
        if fault == "bare 429":
            raise No(429, 2020, "Rate Limit Exceeded")
        if isinstance(fault, int):
            raise No(fault, 2000, "Internal Server Error")
        return (0, {}) if fault in ("cut", "hang") else self.act(call)

    def understand(self, request: Request, path: str, raw: bytes) -> Call:
        """Reads a call; raises No, and keeps the problem, where it breaks the contract."""
        name = f"{request.method} {path}"
        operation = operation_of(request.method, path)
        headers, query = dict(request.headers), parse_qs(request.url.query)
        call = Call(operation or name, path, query, _read(raw), headers)
        self.calls.append(call)
        del self.calls[:-KEPT]
        if operation is None:
            raise self._problem(404, 2100, f"{name}: no such operation")
        self._check(call)
        return call

    def _check(self, call: Call) -> None:
        known = OPERATIONS[call.operation]
        self._check_key(call)
        mails = {one["email"] for one in self.users.values()}
        if "From" in known["headers"] and call.headers.get("from") not in mails:
            raise self._problem(400, 1008, "Requester User Not Found")
        if unknown := set(call.query) - set(known["query"]):
            raise self._problem(400, 2001, f"{call.operation}: unknown parameters {unknown}")
        if known["body"] is not None:
            self._check_body(call, known["body"])

    def _check_body(self, call: Call, shape: Json) -> None:
        if "application/json" not in call.headers.get("content-type", ""):
            raise self._problem(400, 2001, f"{call.operation}: no JSON")
        for misfit in misfits(call.body, shape):
            raise self._problem(400, 2001, f"{call.operation}: {misfit}")

    def _check_key(self, call: Call) -> None:
        if call.operation == ENQUEUE:
            if not isinstance(call.body, dict) or call.body.get("routing_key") != ROUTING_KEY:
                raise self._problem(400, None, "Event object is invalid: routing_key")
        elif call.headers.get("authorization") != f"Token token={TOKEN}":
            raise self._problem(401, 2006, "Authentication failed")

    def _problem(self, status: int, code: int | None, message: str) -> No:
        self.problems.append(message)
        return No(status, code, message)

    def ring(self, event: Json) -> tuple[int, Json]:
        try:
            return super().ring(event)
        except No as no:
            self.problems.append(str(no))
            raise

    def settings(self, url: str) -> dict[str, str]:
        """Returns the settings by which a bot reaches the account at this address."""
        return {
            "PAGERDUTY_API_TOKEN": TOKEN,
            "PAGERDUTY_FROM": self.sender,
            "PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
            "PAGERDUTY_WEBHOOK_SECRET": ",".join(self.secrets),
            "PAGERDUTY_API_URL": url,
            "PAGERDUTY_EVENTS_URL": url,
        }


def _read(raw: bytes) -> object:
    with contextlib.suppress(ValueError):
        return json.loads(raw) if raw else None
    return None


async def _keep_silent(request: Request) -> None:
    """Until the caller is gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SILENCE):
            while (await request.receive())["type"] != "http.disconnect":
                pass


async def _cut(request: Request) -> Response:
    """The connection ends without an answer."""
    transport = request.scope.get("state", {}).get("transport")
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)
    return Response(status_code=502)
