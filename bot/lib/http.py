"""One HTTP client for all far ends; what a status code means is decided here for every vendor."""

from typing import Any

import httpx

from bot.lib.errors import DeliveryError
from bot.lib.words import cut

PASSING = (408, 425, 429)  # the only client errors that are worth another try
QUIET = 5.0  # seconds, where a 429 does not say


class Http:
    """A small wrapper: an answer that is no success is raised as DeliveryError."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, url: str, **how: Any) -> httpx.Response:
        return await self.request("POST", url, **how)

    async def get(self, url: str, **how: Any) -> httpx.Response:
        return await self.request("GET", url, **how)

    async def put(self, url: str, **how: Any) -> httpx.Response:
        return await self.request("PUT", url, **how)

    async def patch(self, url: str, **how: Any) -> httpx.Response:
        return await self.request("PATCH", url, **how)

    async def request(self, method: str, url: str, **how: Any) -> httpx.Response:
        """`how` is what httpx takes: json, headers, params, content, data."""
        host = httpx.URL(url).host  # no more of it: hooks carry their secret in the path
        try:
            answer = await self.client.request(method, url, **how)
        except httpx.TransportError as error:
            raise DeliveryError(f"{host} cannot be reached ({type(error).__name__})") from None
        if not answer.is_success:
            raise failure(host, answer)
        return answer

    async def close(self) -> None:
        await self.client.aclose()


def failure(host: str, answer: httpx.Response) -> DeliveryError:
    """What an answer that is no success means for the next try."""
    code = answer.status_code
    message = f"{host} answered {code}. {cut(answer.text, 200)}".strip()
    if code == 429:
        return DeliveryError(message, retry_after=quiet_of(answer))
    return DeliveryError(message, permanent=code < 500 and code not in PASSING)


def quiet_of(answer: httpx.Response) -> float:
    try:
        return max(0.0, float(answer.headers["retry-after"]))
    except (KeyError, ValueError):
        return QUIET
