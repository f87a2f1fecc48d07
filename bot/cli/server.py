"""The HTTP server, with one thing more: it says goodbye before it waits."""

from collections.abc import Callable
from socket import socket

import uvicorn


class Server(uvicorn.Server):
    """Lets go those who listen to a stream; else it would wait for their lines, which never end."""

    def __init__(self, config: uvicorn.Config, say_goodbye: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_goodbye = say_goodbye

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._say_goodbye()
        await super().shutdown(sockets)
