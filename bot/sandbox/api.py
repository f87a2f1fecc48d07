"""The front door of the Web API: reads a call, lets the weather have its way, and answers as Slack would."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox import methods
from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args, content_type, read_args
from bot.sandbox.conditions import Fault
from bot.sandbox.contract import Rates, allows, check_call, taken_args
from bot.sandbox.traffic import Call
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)
LONGEST_HANG = 120.0
APP_TOKEN_METHODS = ("apps.connections.open",)
TOKENLESS_METHODS = ("api.test", "openid.connect.token")
USER_METHODS = ("openid.connect.userInfo",)
SECRET_ARGS = ("client_secret", "code")
for _name in ("people", "conversations", "reading", "chat", "marks", "views", "files", "socket", "openid"):
    importlib.import_module(f"bot.sandbox.methods_{_name}")


class Api:
    """Answers `/api/{method}` and the response_urls, which share the weather and the traffic list."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.rates = Rates(workspace.now)

    async def method(self, request: Request) -> Response:
        name = request.path_params["method"]
        try:
            args = await read_args(request)
        except ApiError as problem:
            return JSONResponse(problem.body())
        token = _token(request, args)
        args |= _client(request, name)
        open_args = {key: args[key] for key in args if key not in SECRET_ARGS}
        call = self.workspace.traffic.begin("from_bot", name, open_args, self.workspace.now())
        fault, refused = await self.weather(request, name, args, call)
        if refused:
            return refused
        body = self.answer(name, args, token, content_type(request))
        # As Slack does: each answer says what the token may do.
        granted = {"x-oauth-scopes": ",".join(self.workspace.installed.scopes)}
        return await self.sent(request, fault, call, JSONResponse(body, headers=granted), body)

    async def weather(
        self, request: Request, name: str, args: Json, call: Call
    ) -> tuple[Fault | None, Response | None]:
        """Waits out the latency; returns the answer at once when the call never gets through."""
        conditions = self.workspace.conditions
        if conditions.latency_ms:
            await asyncio.sleep(conditions.latency_ms / 1000)
        if conditions.down:
            return None, _ended(call, 503, "Service Unavailable")
        if fault := conditions.next_fault(name, args):
            return fault, await self._faulty(request, fault, call)
        if conditions.rates and (wait := self.rates.knock(name, args.get("channel"))):
            return None, _limited(call, wait)
        return None, None

    async def _faulty(self, request: Request, fault: Fault, call: Call) -> Response | None:
        """Returns what the caller gets when the fault strikes before anything was done."""
        if fault.kind == "429":
            return _limited(call, fault.retry_after)
        if fault.kind == "500":
            return _ended(call, 500, "Internal Server Error")
        if fault.kind == "error":
            body = {"ok": False, "error": fault.error}
            call.end(200, body)
            return JSONResponse(body)
        if fault.kind == "timeout":
            await _hang(request)
            return _ended(call, None, "timeout")
        return await _cut(request, call) if fault.kind == "cut_before" else None

    async def sent(
        self, request: Request, fault: Fault | None, call: Call, response: Response, body: Any
    ) -> Response:
        """Sends the answer, unless it gets lost on its way back."""
        if fault and fault.kind == "cut_after":
            return await _cut(request, call)
        if fault and fault.kind == "hang_after":
            await _hang(request)
            return _ended(call, None, "timeout")
        if fault and fault.kind == "lost_answer":
            return _ended(call, 502, "Bad Gateway")
        call.end(response.status_code, body)
        return response

    def answer(self, name: str, args: Json, token: str, kind: str) -> Json:
        try:
            self._check_token(name, token)
            # slack_sdk sends a client's team_id with every call; Slack lets it pass where it means nothing.
            args = {key: args[key] for key in args if key != "team_id"}
            self._check_call(name, args, kind)
            given = Args(taken_args(name, args, kind) | ({"token": token} if name in USER_METHODS else {}))
            return {"ok": True} | methods.SERVED[name](self.workspace, given)
        except ApiError as problem:
            if name in methods.SERVED and not allows(name, problem.code):
                log.warning("%s answered %s, which Slack does not document", name, problem.code)
            return problem.body()

    def _check_token(self, name: str, token: str) -> None:
        installed = self.workspace.installed
        if name in USER_METHODS and token in self.workspace.sign_ins.tokens:
            return
        if name in TOKENLESS_METHODS or name not in methods.SERVED:
            return
        if not token:
            raise ApiError("not_authed")
        if token not in (installed.bot_token, installed.app_token):
            raise ApiError("invalid_auth")
        if name in USER_METHODS or (token == installed.app_token) != (name in APP_TOKEN_METHODS):
            raise ApiError("not_allowed_token_type")

    def _check_call(self, name: str, args: Json, kind: str) -> None:
        if name not in methods.SERVED:
            raise ApiError("unknown_method", req_method=name)
        scopes = set(self.workspace.installed.scopes)
        strict = self.workspace.conditions.strict
        if problem := check_call(name, args, content_type=kind, scopes=scopes, strict=strict):
            body = problem.answer()
            raise ApiError(body.pop("error"), **{key: body[key] for key in body if key != "ok"})


def _token(request: Request, args: Json) -> str:
    """Takes the token out of the arguments, so that no list of calls holds it."""
    in_body = str(args.pop("token", ""))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else in_body


def _client(request: Request, name: str) -> Json:
    """An app may name itself by HTTP Basic, which Slack prefers, where it exchanges a code."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if name != "openid.connect.token" or scheme.lower() != "basic":
        return {}
    try:
        id, _, secret = base64.b64decode(given).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": id, "client_secret": secret}


def _limited(call: Call, wait: int) -> Response:
    body = {"ok": False, "error": "ratelimited"}
    call.end(429, body)
    return JSONResponse(body, 429, {"Retry-After": str(wait)})


def _ended(call: Call, status: int | None, words: str) -> Response:
    call.end(status, words)
    return Response(f"<html><body>{words}</body></html>", status or 504, media_type="text/html")


async def _hang(request: Request) -> None:
    """Keeps silent until the caller gives up."""
    try:
        async with asyncio.timeout(LONGEST_HANG):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _cut(request: Request, call: Call) -> Response:
    """Drops the connection without a word; servers that do not hand out the transport answer 502."""
    transport = request.scope.get("state", {}).get("transport")
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)
    return _ended(call, None if transport else 502, "cut")


def parsed(body: bytes) -> Json | None:
    """Returns a JSON object, or None when the body is anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):  # brackets in brackets in brackets
        return None
    return found if isinstance(found, dict) else None
