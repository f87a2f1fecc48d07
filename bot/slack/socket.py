"""Socket Mode: Slack reaches us through a connection that we open, so no public address is needed."""

import asyncio
import logging
from contextlib import suppress

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


class Socket:
    """Connects in the background: a Slack that is away does not keep us from starting."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self.app, self.app_token = app, app_token
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._handler = AsyncSocketModeHandler(self.app, self.app_token)
        self._connecting = asyncio.create_task(self._connect(self._handler))

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await handler.connect_async()  # type: ignore[no-untyped-call]
                return
            except Exception as error:  # whatever the library raises, the connection is not there
                log.warning(
                    "Slack cannot be reached through Socket Mode: %s. Next try in %.0f s.", error, wait
                )
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def stop(self) -> None:
        if self._connecting:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        if self._handler:
            await self._handler.close_async()  # type: ignore[no-untyped-call]
