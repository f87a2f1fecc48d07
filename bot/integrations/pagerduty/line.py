"""The line to PagerDuty: the `pagerduty` package in threads of its own, one try for each call.

Left alone, the package waits in `time.sleep`, for ever where PagerDuty asks for quiet. Here it never waits:
each failure comes back at once, and `effect` waits on the event loop, where waiting costs nothing.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any

import pagerduty

from bot.integrations.pagerduty.settings import Settings
from bot.lib.effects import Door
from bot.lib.errors import DeliveryError
from bot.lib.words import cut

THREADS = 4
TIMEOUT = 10  # seconds
QUIET = 5.0  # seconds, where a 429 does not say how long
PASSING = (408, 425)
ALREADY = (1001, 1002)  # "already resolved", "already acknowledged"
Answer = dict[str, Any]


class Answered(DeliveryError):
    """PagerDuty said no; `code` is its own number for the reason."""

    code: int | None = None


class _AnyScheme:
    """The package takes https alone; a double on loopback speaks plain http."""

    _url: Any

    @property
    def url(self) -> str:
        return str(self._url)

    @url.setter
    def url(self, url: str) -> None:
        self._url = url


class _Rest(_AnyScheme, pagerduty.RestApiV2Client):
    pass


class _Events(_AnyScheme, pagerduty.EventsApiV2Client):
    pass


class Line:
    """All calls to PagerDuty go through here."""

    def __init__(self, settings: Settings, patience: float = TIMEOUT) -> None:
        self.settings, self.patience = settings, patience
        self.rest_door = Door("PagerDuty")
        self.events_door = Door("PagerDuty's Events API")
        # Two pools: while REST keeps silent, and its threads with it, a page must ring.
        self._rest_threads = ThreadPoolExecutor(THREADS, "pagerduty")
        self._events_threads = ThreadPoolExecutor(THREADS, "pagerduty-events")

    @cached_property
    def _rest(self) -> _Rest:
        sender = self.settings.sender or None
        client = _Rest(self.settings.token, default_from=sender, base_url=self.settings.api_url)
        _hurry(client, self.patience)
        return client

    @cached_property
    def _events(self) -> _Events:
        client = _Events(self.settings.routing_key, base_url=self.settings.events_url)
        _hurry(client, self.patience)
        return client

    async def get(self, path: str, **params: Any) -> Answer:
        return await self._ask(lambda: self._rest.get(path, params=params))

    async def put(self, path: str, body: Answer) -> Answer:
        return await self._ask(lambda: self._rest.put(path, json=body))

    async def post(self, path: str, body: Answer) -> Answer:
        return await self._ask(lambda: self._rest.post(path, json=body))

    async def send(self, event: Answer) -> Answer:
        """An event for the Events API; the routing key is added on the way."""
        return await _in(self._events_threads, lambda: self._events.post("/v2/enqueue", json=event))

    def close(self) -> None:
        """Nothing more is asked; whoever still waits is not waited for."""
        self._rest_threads.shutdown(wait=False, cancel_futures=True)
        self._events_threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, call: Callable[[], Any]) -> Answer:
        return await _in(self._rest_threads, call)


async def _in(threads: ThreadPoolExecutor, call: Callable[[], Any]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(threads, partial(_outcome, call))


def _hurry(client: _Rest | _Events, patience: float) -> None:
    """No retry and no sleep inside: `effect` decides on the next try."""
    client.retry = dict.fromkeys((429, 500, 502, 503, 504), 1)
    client.max_http_attempts = -1  # gives the answer back before the first retry
    client.max_network_attempts = 0
    client.timeout = max(1, round(patience))


def _outcome(call: Callable[[], Any]) -> Answer:
    try:
        response = call()
    except pagerduty.Error as error:
        if error.response is None:
            raise DeliveryError(f"PagerDuty cannot be reached ({_reason(error)})") from None
        response = error.response
    if response.is_success:
        found = _json(response)
        return found if isinstance(found, dict) else {}
    raise failure(response)


def failure(response: Any) -> DeliveryError:
    """What an answer that is no success means for the next try."""
    status, found = response.status_code, _json(response)
    error = found.get("error") if isinstance(found, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    message = f"PagerDuty answered {status}: {_words(found, error) or cut(response.text, 200)}"
    if status == 429:
        return DeliveryError(message, retry_after=_quiet(response.headers))
    answered = Answered(message, permanent=status < 500 and status not in PASSING)
    answered.code = code if isinstance(code, int) else None
    return answered


def _words(found: Any, error: Any) -> str:
    """REST puts its reason under `error`, the Events API at the top."""
    where = error if isinstance(error, dict) else found if isinstance(found, dict) else {}
    reasons = where.get("errors")
    parts = [where.get("message"), *(reasons if isinstance(reasons, list) else [])]
    return cut(". ".join(dict.fromkeys(str(part).rstrip(".") for part in parts if part)), 300)


def _quiet(headers: Any) -> float:
    for name in ("retry-after", "ratelimit-reset"):
        try:
            return max(0.0, float(headers[name]))
        except (KeyError, ValueError):
            continue
    return QUIET


def _json(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _reason(error: pagerduty.Error) -> str:
    return type(error.__cause__).__name__ if error.__cause__ else type(error).__name__
