"""In a drill on the practice workspace Slack really goes away, and comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp

from bot.domain.drills import AwayEnded, DrillEnded, Injected, Kind
from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event, on

WARNING = 2.0  # seconds in which the channel reads what is about to happen
PATIENCE = aiohttp.ClientTimeout(total=5)
Sleep = Callable[[float], Awaitable[None]]


class Weather:
    """An ear of its own: whoever waits for Slack must not be the one who brings it back."""

    def __init__(self, api_url: str, sleep: Sleep = asyncio.sleep) -> None:
        self.url = f"{api_url.rstrip('/').removesuffix('/api')}/sandbox/conditions"
        self.door, self.sleep = Door("the practice workspace"), sleep

    @on(Injected, AwayEnded, DrillEnded, name="drill_weather")
    async def weather(self, event: Event) -> None:
        fact = event.fact
        if isinstance(fact, Injected):
            if fact.kind is not Kind.AWAY:
                return
            await self.sleep(WARNING)
        is_down = isinstance(fact, Injected)
        await effect(self.door, f"{event.key}/weather", partial(self._set, is_down))

    async def _set(self, is_down: bool) -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as http,
                http.post(self.url, json={"down": is_down}) as answer,
            ):
                if answer.status >= 400:
                    said = f"the practice workspace answered {answer.status}"
                    raise DeliveryError(said, permanent=answer.status < 500)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DeliveryError(f"the practice workspace cannot be reached ({error})") from None
        return is_down
