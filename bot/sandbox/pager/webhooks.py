"""Brings what happens at PagerDuty to the bot: signed, in order, and again when it was not taken."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from bot.sandbox.answers import Json
from bot.sandbox.pager.account import Account, Change
from bot.sandbox.traffic import Traffic

PATIENCE = 5.0  # seconds that PagerDuty waits for an answer
RETRIES = (1.0, 5.0, 30.0)  # seconds; at PagerDuty they go on for two days
PASSING = (429, 500, 502, 503, 504)


@dataclass
class Delivery:
    """What became of one webhook at its last try; status None means that nobody answered."""

    kind: str
    incident: str
    status: int | None = None
    ms: float = 0
    error: str = ""
    tries: int = 0

    @property
    def is_passing(self) -> bool:
        return self.status is None or self.status in PASSING


class Webhooks:
    """One line to the bot: while a delivery is tried again, later ones wait behind it, as at PagerDuty."""

    def __init__(
        self, account: Account, traffic: Traffic, now: Callable[[], float], address: Callable[[], str]
    ) -> None:
        self.account, self.traffic, self.now, self.address = account, traffic, now, address
        self.retries: tuple[float, ...] = RETRIES
        self.done: Callable[[Delivery], None] = lambda delivery: None
        self._waiting: asyncio.Queue[tuple[Delivery, str, asyncio.Future[Delivery]]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    def send(self, change: Change) -> asyncio.Future[Delivery]:
        """Returns what became of the first try; needs the running loop."""
        loop = asyncio.get_running_loop()
        at = datetime.fromtimestamp(self.now(), UTC)
        body = self.account.hook(change.kind, change.incident, at=at, agent=change.agent, data=change.data)
        tried: asyncio.Future[Delivery] = loop.create_future()
        self._waiting.put_nowait((Delivery(change.kind, change.incident["id"]), body, tried))
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        return tried

    async def close(self) -> None:
        if self._worker:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, verify=False) as http:
            while True:
                delivery, body, tried = await self._waiting.get()
                await self._deliver(http, delivery, body, tried)

    async def _deliver(
        self, http: httpx.AsyncClient, delivery: Delivery, body: str, tried: asyncio.Future[Delivery]
    ) -> None:
        headers = self.account.headers(body)
        for wait in (0.0, *self.retries):
            await asyncio.sleep(wait)
            await self._try(http, delivery, body, headers)
            self.done(delivery)
            if not tried.done():
                tried.set_result(dataclasses.replace(delivery))
            if not delivery.is_passing or not self.address():
                return

    async def _try(
        self, http: httpx.AsyncClient, delivery: Delivery, body: str, headers: dict[str, str]
    ) -> None:
        call = self.traffic.begin("to_bot", f"pagerduty {delivery.kind}", json.loads(body), self.now())
        delivery.tries += 1
        delivery.status, delivery.error = None, ""
        answer: Json | str = ""
        try:
            response = await http.post(self.address(), content=body, headers=headers)
            delivery.status, answer = response.status_code, response.text[:2000]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            delivery.error = type(error).__name__ if self.address() else "not connected"
        call.end(delivery.status, answer or delivery.error)
        delivery.ms = call.ms or 0
