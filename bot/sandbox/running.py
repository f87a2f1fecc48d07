"""The sandbox, or any application, in a thread of its own: for tests, the drill and the command line."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.sandbox.app import build
from bot.sandbox.client import Guest
from bot.sandbox.hosts import reached_at
from bot.sandbox.workspace import Installed, Workspace

FAREWELL = 0.1  # seconds that what is under way gets when the server stops


class Cuttable(H11Protocol):
    """Hands the transport to the application, so that a fault can cut the line."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server(uvicorn.Server):
    """Stops at once: nothing here is worth waiting for, so open connections are cut."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """May be called from any thread."""
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if tasks:
            # Pages that listen notice that the line is cut; cancelled instead, each leaves a traceback.
            await asyncio.wait(tasks, timeout=FAREWELL)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.lifespan.shutdown()


def server_for(app: ASGIApp) -> Server:
    config = uvicorn.Config(app, http=Cuttable, ws="websockets-sansio", log_level="warning", access_log=False)
    return Server(config)


def listening(host: str, port: int) -> socket.socket:
    """Returns a socket on which connections wait from now on; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where the protocol is named does asyncio set TCP_NODELAY; without it each answer takes 40 ms more.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((host, port))
    found.listen(1024)
    return found


class Served:
    """An application on a free port of this machine, for as long as the `with` lasts."""

    def __init__(self, app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._socket = listening(host, port)
        self.url = f"http://{reached_at(host)}:{self._socket.getsockname()[1]}"
        self._server = server_for(app)
        self._thread = threading.Thread(target=self._serve, name="served", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join(timeout=10)
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


class Running(Served):
    """A running sandbox: `.url` is its address, `.guest` speaks to it, `.workspace` is its state."""

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        installed: Installed | None = None,
        **conditions: Any,
    ) -> None:
        self.workspace = Workspace(installed=installed)
        self.workspace.conditions.change(conditions)
        super().__init__(build(self.workspace, host), port=port, host=host)
        self.workspace.base_url = self.url
        self.workspace.world.mailbox.open()
        self.guest = Guest(self.url)

    @property
    def api_url(self) -> str:
        """Returns the base_url for slack_sdk's clients."""
        return f"{self.url}/api/"

    @property
    def settings(self) -> dict[str, str]:
        """Returns what a bot must be told to live here, by the names of its environment."""
        told = settings_of(self.workspace)
        # An app token would make it choose Socket Mode.
        return {name: value for name, value in told.items() if name != "SLACK_APP_TOKEN"}

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, problem, trace)
        self.guest.close()


def settings_of(workspace: Workspace) -> dict[str, str]:
    """Returns everything that this workspace hands to a bot."""
    installed = workspace.installed
    return {
        "SLACK_API_URL": f"{workspace.base_url}/api/",
        "SLACK_BOT_TOKEN": installed.bot_token,
        "SLACK_APP_TOKEN": installed.app_token,
        "SLACK_SIGNING_SECRET": installed.signing_secret,
        "SLACK_CLIENT_ID": installed.client_id,
        "SLACK_CLIENT_SECRET": installed.client_secret,
    } | workspace.world.settings()
