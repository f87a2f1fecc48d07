"""Posts scheduled messages when their time comes."""

from __future__ import annotations

import asyncio
import contextlib

from bot.sandbox.methods_chat import post_what_is_due
from bot.sandbox.workspace import Workspace


class Scheduler:
    """Looks once a second; a moved clock posts at once without it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.get_running_loop().create_task(self._look())

    async def close(self) -> None:
        if self.task:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(1)
            post_what_is_due(self.workspace)
