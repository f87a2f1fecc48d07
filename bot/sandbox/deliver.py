"""How the sandbox reaches the bot: signed posts or Socket Mode, three seconds for an answer, more tries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.answers import Json
from bot.sandbox.channels import Channel
from bot.sandbox.people import APP_ID, BOT_USER, TEAM_ID
from bot.sandbox.socketmode import Sockets
from bot.sandbox.workspace import Workspace

FORM = "application/x-www-form-urlencoded"


@dataclass
class Ack:
    """What the bot answered; `error` is Slack's word for no answer or a bad one."""

    status: int | None
    body: Any
    ms: float
    error: str = ""
    reason: str = ""
    wants_no_retry: bool = False

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def shown(self) -> Json:
        shown = {"status": self.status, "body": self.body, "ms": self.ms}
        return shown | ({"error": self.error} if self.error else {})


class Deliveries:
    """Sends commands, clicks and events; owns the connection pool to the bot."""

    def __init__(self, workspace: Workspace, sockets: Sockets) -> None:
        self.workspace = workspace
        self.sockets = sockets
        self.tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] = []
        self._http: aiohttp.ClientSession | None = None
        workspace.listeners.append(self.hear)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self._http:
            await self._http.close()

    async def command(self, form: Json) -> Ack:
        return await self._send("command", "slash_commands", form, FORM, urlencode(form))

    async def interaction(self, payload: Json) -> Ack:
        body = urlencode({"payload": json.dumps(payload)})
        return await self._send(payload["type"], "interactive", payload, FORM, body)

    async def verify(self) -> bool:
        """Asks the address to repeat a challenge, as Slack does when one is entered."""
        challenge = secrets.token_urlsafe(24)
        question = {"token": "sandbox", "challenge": challenge, "type": "url_verification"}
        ack = await self._post("url_verification", question, "application/json", json.dumps(question), {})
        answered = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.is_good and answered == challenge

    def hear(self, event: Json, channel: Channel | None) -> None:
        """Delivers an event if the bot subscribed to it and is where it happened."""
        conditions = self.workspace.conditions
        if conditions.mute_events or not self._concerns_bot(event, channel):
            return
        envelope = self._envelope(event, channel)
        if conditions.reorder_events:
            self._hold(envelope)
        else:
            self.send_event(envelope)

    def send_event(self, envelope: Json) -> None:
        self._start(self._deliver(envelope, 0, None))
        for _ in range(self.workspace.conditions.duplicate_events):
            self._start(self._deliver(envelope, 1, "http_timeout"))

    def _concerns_bot(self, event: Json, channel: Channel | None) -> bool:
        kind = event["type"]
        if kind == "message" and channel:
            kind = f"message.{'im' if channel.is_im else channel.kind + 's'}"
        if kind not in self.workspace.installed.events:
            return False
        return channel is None or BOT_USER in channel.members

    def _envelope(self, event: Json, channel: Channel | None) -> Json:
        who = {"enterprise_id": None, "team_id": TEAM_ID, "user_id": BOT_USER}
        return {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": self.workspace.next_id("Ev"),
            "event_time": int(self.workspace.now()),
            "authorizations": [who | {"is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_urlsafe(12)}",
        }

    def _hold(self, envelope: Json) -> None:
        """Keeps events back for a moment and then lets the last go first."""
        self._held.append(envelope)
        if len(self._held) == 1:
            self._start(self._let_go())

    async def _let_go(self) -> None:
        await asyncio.sleep(0.05)
        held, self._held = self._held, []
        for envelope in reversed(held):
            self.send_event(envelope)

    async def _deliver(self, envelope: Json, attempt: int, reason: str | None) -> None:
        """Tries until the bot takes the event, refuses more tries, or the schedule is used up."""
        kind = f"event:{envelope['event']['type']}"
        body = json.dumps(envelope)
        while True:
            ack = await self._send(
                kind, "events_api", envelope, "application/json", body, attempt=attempt, reason=reason
            )
            waits = self.workspace.conditions.timing.retries
            if ack.is_good or ack.wants_no_retry or attempt >= len(waits):
                return
            await asyncio.sleep(waits[attempt])
            attempt, reason = attempt + 1, ack.reason

    async def _send(
        self, kind: str, envelope_type: str, payload: Json, content: str, body: str, *,
        attempt: int = 0, reason: str | None = None,
    ) -> Ack:  # fmt: skip
        """Goes through a websocket when one is open, else by HTTP."""
        if not self.sockets.open:
            retry = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason or ""}
            return await self._post(kind, payload, content, body, retry if attempt else {})
        call = self.workspace.traffic.begin("to_bot", kind, payload, self.workspace.now())
        wait = self.workspace.conditions.timing.ack
        answer = await self.sockets.ask(envelope_type, payload, wait, attempt=attempt, reason=reason)
        if answer is None:
            call.end(None, "timeout")
            return Ack(None, None, call.ms or 0, "operation_timeout", "timeout")
        call.end(200, answer)
        return Ack(200, answer or "", call.ms or 0)

    async def _post(self, kind: str, payload: Json, content: str, body: str, more: dict[str, str]) -> Ack:
        call = self.workspace.traffic.begin("to_bot", kind, payload, self.workspace.now())
        if not self.workspace.installed.bot_url:
            call.end(None, "not connected")
            # Before the first connection there is no app yet whose events would be owed to it.
            is_unknown = not self.sockets.were_open
            return Ack(None, None, 0, "dispatch_failed", "connection_failed", wants_no_retry=is_unknown)
        try:
            ack = await self._posted(body, {"content-type": content} | more)
        except TimeoutError:
            ack = Ack(None, None, 0, "operation_timeout", "http_timeout")
        except aiohttp.TooManyRedirects:
            ack = Ack(None, None, 0, "dispatch_failed", "too_many_redirects")
        except aiohttp.ClientError:
            ack = Ack(None, None, 0, "dispatch_failed", "connection_failed")
        call.end(ack.status, ack.body if ack.status else ack.reason)
        ack.ms = call.ms or 0
        return ack

    async def _posted(self, body: str, headers: dict[str, str]) -> Ack:
        installed = self.workspace.installed
        signed = headers | signature(installed.signing_secret, body, int(time.time()))
        timeout = aiohttp.ClientTimeout(total=self.workspace.conditions.timing.ack)
        async with self._session().post(
            installed.bot_url, data=body.encode(), headers=signed, timeout=timeout, max_redirects=2
        ) as response:
            text = await response.text()
            no_retry = response.headers.get("x-slack-no-retry") == "1" and response.status != 200
            is_good = 200 <= response.status < 300
            error, reason = ("", "") if is_good else ("dispatch_failed", "http_error")
            return Ack(response.status, _read(text, response.content_type), 0, error, reason, no_retry)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._http

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def signature(secret: str, body: str, at: int) -> dict[str, str]:
    """Returns the headers that prove that a request is from Slack."""
    base = f"v0:{at}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}


def _read(text: str, content_type: str) -> Any:
    """Returns the answer as JSON when it says that it is."""
    if "json" not in content_type or not text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
