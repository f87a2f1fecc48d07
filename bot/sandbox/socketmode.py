"""Socket Mode: the websockets over which the bot may come to us instead of us going to it."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.answers import Json
from bot.sandbox.people import APP_ID
from bot.sandbox.workspace import Workspace

MOST = 10


class Sockets:
    """The open connections; an envelope goes to any one of them, in turn."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.open: list[WebSocket] = []
        self.were_open = False
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = itertools.count()

    async def serve(self, socket: WebSocket) -> None:
        """Greets a connection and reads its acknowledgements until it goes away."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.workspace.tickets:
            await socket.close(4401)
            return
        self.workspace.tickets.remove(ticket)
        await socket.accept()
        if len(self.open) >= MOST:
            await _dismiss(socket, "too_many_websockets")
            return
        self.open.append(socket)
        self.were_open = True
        try:
            await socket.send_json(self._hello())
            await self._read(socket)
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(socket)

    async def _read(self, socket: WebSocket) -> None:
        while True:
            frame = await socket.receive_json()
            waiting = self._waiting.pop(str(frame.get("envelope_id")), None)
            if waiting and not waiting.done():
                waiting.set_result(frame.get("payload") or {})

    async def ask(
        self, kind: str, payload: Json, wait: float, *, attempt: int, reason: str | None
    ) -> Any | None:
        """Sends one envelope; returns the payload of its ack, or None when none came in time."""
        socket = self.open[next(self._turn) % len(self.open)]
        id = str(uuid.uuid4())
        envelope = {
            "envelope_id": id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason or ""}
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(answer, wait)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return None
        finally:
            self._waiting.pop(id, None)

    async def disconnect(self, reason: str) -> int:
        """Sends everyone away, as Slack does every few hours; returns how many there were."""
        leaving, self.open = self.open, [] if reason != "warning" else self.open
        for socket in leaving:
            await _dismiss(socket, reason)
        return len(leaving)

    def _forget(self, socket: WebSocket) -> None:
        if socket in self.open:
            self.open.remove(socket)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
        }


async def _dismiss(socket: WebSocket, reason: str) -> None:
    """Says why and closes; a warning only says."""
    try:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        if reason != "warning":
            await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        return
