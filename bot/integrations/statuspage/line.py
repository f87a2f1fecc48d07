"""The line to Statuspage: one page's incidents and components, as often as its rate limit allows."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from bot.integrations.statuspage.settings import Settings
from bot.lib.effects import Door
from bot.lib.errors import DeliveryError
from bot.lib.http import PASSING, Http, json_of, quiet_of
from bot.lib.words import cut

CALM = (420, 429)  # both mean that the rate limit is passed
ANSWER_MAX = 4 * 1024 * 1024  # bytes; a hundred incidents with all their updates are less
PER_PAGE = 100
NAME_MAX = 255
Answer = dict[str, Any]


class Pace:
    """A token has 60 requests in any 60 seconds: 20 at once, and 40 more spread over the minute."""

    most, per_second = 20.0, 40 / 60

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self._left, self._seen = self.most, clock()

    async def turn(self) -> None:
        """Wait until it is our turn. Who comes first is served first."""
        now = self.clock()
        self._left = min(self.most, self._left + (now - self._seen) * self.per_second) - 1
        self._seen = now
        if self._left < 0:
            await self.sleep(-self._left / self.per_second)


class Line:
    """All calls to Statuspage go through here. Each raises DeliveryError."""

    def __init__(self, settings: Settings, http: Http, pace: Pace | None = None) -> None:
        self.settings, self.http, self.pace = settings, http, pace or Pace()
        self.door = Door("Statuspage")
        self.host = httpx.URL(settings.api_url).host

    async def create(self, incident: Answer) -> Answer:
        return _one(await self._ask("POST", "/incidents", json={"incident": incident}))

    async def change(self, id: str, incident: Answer) -> Answer:
        return _one(await self._ask("PATCH", f"/incidents/{id}", json={"incident": incident}))

    async def incident(self, id: str) -> Answer:
        return _one(await self._ask("GET", f"/incidents/{id}"))

    async def newest(self) -> list[Answer]:
        """The newest incidents of the page, as far as one answer reaches."""
        return _many(await self._ask("GET", "/incidents", params={"limit": PER_PAGE}))

    async def components(self) -> list[Answer]:
        return _many(await self._ask("GET", "/components", params={"per_page": PER_PAGE}))

    async def _ask(self, method: str, path: str, **how: Any) -> Any:
        await self.pace.turn()
        url = f"{self.settings.api_url}/pages/{self.settings.page}{path}"
        sent = {"Authorization": f"OAuth {self.settings.token}"}
        answer = await self.http.read(method, url, most=ANSWER_MAX, headers=sent, **how)
        if answer.is_success:
            return json_of(self.host, answer)
        raise failure(answer)


class Gone(DeliveryError):
    """Statuspage knows no such thing any more."""


def failure(answer: httpx.Response) -> DeliveryError:
    """What an answer that is no success means for the next try."""
    code = answer.status_code
    message = f"Statuspage answered {code}: {_reason(answer)}"
    if code in CALM:
        return DeliveryError(message, retry_after=quiet_of(answer))
    if code == 404:
        return Gone(message, permanent=True)
    return DeliveryError(message, permanent=code < 500 and code not in PASSING)


def _reason(answer: httpx.Response) -> str:
    """Its own word, which is a text or a list of them."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = None
    words = (said.get("error") or said.get("message")) if isinstance(said, dict) else None
    parts = words if isinstance(words, list) else [words or answer.text]
    return cut(". ".join(str(part).rstrip(".") for part in parts) or "no reason given", 200) + "."


def _one(answer: Any) -> Answer:
    if isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"].isalnum():
        return answer
    raise DeliveryError("Statuspage answered with something that is no incident")


def _many(answer: Any) -> list[Answer]:
    if isinstance(answer, list) and all(isinstance(one, dict) and one.get("id") for one in answer):
        return answer
    raise DeliveryError("Statuspage answered with something that is no list")
