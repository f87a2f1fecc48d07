"""The addresses that the sandbox hands out: response_urls, upload addresses, private files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox import acts
from bot.sandbox.answers import Json
from bot.sandbox.api import Api, parsed
from bot.sandbox.channels import Channel, Message
from bot.sandbox.contract import check_response
from bot.sandbox.hands import post_answer
from bot.sandbox.people import BOT_USER
from bot.sandbox.triggers import Hook
from bot.sandbox.views import blocks_with_ids
from bot.sandbox.workspace import Workspace


class HookDoors:
    """Takes posts to response_urls and the bytes of uploads."""

    def __init__(self, workspace: Workspace, api: Api) -> None:
        self.workspace = workspace
        self.api = api

    async def respond(self, request: Request) -> Response:
        body = parsed(await request.body())
        call = self.workspace.traffic.begin("from_bot", "response_url", body or {}, self.workspace.now())
        fault, refused = await self.api.weather(request, "response_url", body or {}, call)
        if refused:
            return refused
        problem = self._taken(request.path_params["token"], body)
        response = PlainTextResponse(problem or "ok", _status(problem))
        return await self.api.sent(request, fault, call, response, problem or "ok")

    def _taken(self, token: str, body: Json | None) -> str:
        """Does what the post says; returns the word of refusal, or nothing."""
        # Bolt sends an empty text along with delete_original, and Slack lets it pass.
        given = {name: value for name, value in (body or {}).items() if value not in ("", None)}
        if problem := check_response(given if body is not None else None):
            return problem.code
        assert body is not None
        hook = self.workspace.hooks.use(token)
        if isinstance(hook, str):
            return hook
        channel = self.workspace.channels[hook.channel]
        original = channel.by_ts.get(hook.ts or "")
        if body.get("delete_original"):
            self._delete(channel, original)
        elif body.get("replace_original") and original and original.user == BOT_USER:
            self._replace(channel, original, body)
        else:
            self._post(hook, channel, original, body)
        return ""

    def _delete(self, channel: Channel, original: Message | None) -> None:
        if original and original.ephemeral_to:
            channel.drop(original)
            self._whispered("deleted", channel, original)
        elif original:
            acts.delete(self.workspace, channel, original)

    def _replace(self, channel: Channel, original: Message, body: Json) -> None:
        """Puts the new content in; what was ephemeral stays so."""
        blocks = body.get("blocks")
        changes: Json = {"text": body.get("text") or "", "attachments": body.get("attachments")}
        changes["blocks"] = blocks_with_ids(blocks) if blocks else None
        if original.ephemeral_to is None:
            acts.edit(self.workspace, channel, original, changes, by=BOT_USER)
            return
        for name, value in changes.items():
            setattr(original, name, value)
        self._whispered("changed", channel, original)

    def _whispered(self, change: str, channel: Channel, message: Message) -> None:
        about = {"channel": channel.id, "user": message.ephemeral_to, "ts": message.ts, "change": change}
        self.workspace.happened({"type": "sandbox_ephemeral"} | about)

    def _post(self, hook: Hook, channel: Channel, original: Message | None, body: Json) -> None:
        if original and original.ephemeral_to:
            body = body | {"response_type": "ephemeral"}
        post_answer(self.workspace, channel, hook.user, body)

    async def upload(self, request: Request) -> Response:
        id = request.path_params["id"]
        if id not in self.workspace.files:
            return PlainTextResponse("no such upload", 404)
        content = await self._content(request)
        self.workspace.contents[id] = content
        return PlainTextResponse(f"OK - {len(content)}")

    async def _content(self, request: Request) -> bytes:
        """Returns the bytes, whether they come bare or as a form's file."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await request.body()
        form = await request.form()
        files = [value for value in form.values() if not isinstance(value, str)]
        return await files[0].read() if files else b""

    async def file(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.workspace.installed.bot_token}":
            return PlainTextResponse("please sign in", 401)
        content = self.workspace.contents.get(request.path_params["id"])
        return Response(content) if content is not None else PlainTextResponse("no such file", 404)


def _status(problem: str) -> int:
    if not problem:
        return 200
    return 404 if problem in ("no_such_url", "expired_url", "used_url") else 400
