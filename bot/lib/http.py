"""One HTTP client for all far ends; what a status code means is decided here for every vendor."""

from typing import Any

import httpx

from bot.lib.errors import DeliveryError
from bot.lib.words import cut

PASSING = (408, 425, 429)  # the only client errors that are worth another try
OF_THE_LINE = ("content-encoding", "content-length", "transfer-encoding")  # undone once it was read
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

    async def read(self, method: str, url: str, *, most: int, **how: Any) -> httpx.Response:
        """Whatever it answers, success or not, but no more than so many bytes of it. Raises DeliveryError."""
        host, body = httpx.URL(url).host, bytearray()
        try:
            async with self.client.stream(method, url, **how) as answer:
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > most:
                        raise DeliveryError(f"{host} answered with more than {most // 1024} KB")
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise DeliveryError(f"{host} cannot be reached ({type(error).__name__})") from None
        headers = [one for one in answer.headers.multi_items() if one[0].lower() not in OF_THE_LINE]
        return httpx.Response(answer.status_code, headers=headers, content=bytes(body))

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


def json_of(host: str, answer: httpx.Response) -> Any:
    """What a success says. An error page of somebody in between is no answer, and may pass."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        raise DeliveryError(f"{host} answered {answer.status_code} with something that is no JSON") from None
