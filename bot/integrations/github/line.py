"""The line to GitHub's REST API: what its answers mean for the next try."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from bot.domain.trackers import Gone, Rejected
from bot.integrations.github.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.http import Http, json_of
from bot.lib.words import cut

VERSION = "2022-11-28"
MOST = 4 * 1024 * 1024  # bytes of one answer: a hundred issues with long texts are less
QUIET = 60.0  # seconds, where a limit does not say how long
LONGEST = 3600.0  # a primary limit ends within the hour


class Line:
    """All calls to GitHub go through here. Each raises DeliveryError."""

    def __init__(self, settings: Settings, http: Http, clock: Callable[[], datetime]) -> None:
        self.settings, self.http, self.clock = settings, http, clock
        self.host = httpx.URL(settings.api_url).host

    async def get(self, path: str, **params: Any) -> Any:
        return await self.ask("GET", path, params=params)

    async def ask(self, method: str, path: str, **how: Any) -> Any:
        """The JSON of a success; `path` begins within the repository."""
        headers = {
            "Authorization": f"Bearer {self.settings.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "closeout",
        }
        url = f"{self.settings.api_url}/repos/{self.settings.repo}{path}"
        answer = await self.http.read(method, url, most=MOST, headers=headers, **how)
        if not answer.is_success:
            raise self._failure(answer, path)
        return json_of(self.host, answer)

    def _failure(self, answer: httpx.Response, path: str) -> DeliveryError:
        """A limit asks for quiet; 404 and 410 of an issue say that it is gone; 422 is about one change."""
        code, said = answer.status_code, f"GitHub answered {answer.status_code}. {_words(answer)}".strip()
        if code == 429 or (code == 403 and _is_limit(answer)):
            return DeliveryError(said, retry_after=self._quiet(answer))
        if path.startswith("/issues/") and code in (404, 410, 301):
            return Gone(said)
        if code in (400, 409, 413, 422):
            return Rejected(said)
        return DeliveryError(said, permanent=code < 500 and code not in (408, 425))

    def _quiet(self, answer: httpx.Response) -> float:
        """Seconds. `retry-after` holds before the moment at which the count begins anew."""
        try:
            return min(max(0.0, float(answer.headers["retry-after"])), LONGEST)
        except (KeyError, ValueError):
            pass
        try:
            left = float(answer.headers["x-ratelimit-reset"]) - self.clock().timestamp()
            return min(max(1.0, left), LONGEST)
        except (KeyError, ValueError):
            return QUIET


def _is_limit(answer: httpx.Response) -> bool:
    """A 403 may also mean that the token may not do that."""
    headers = answer.headers
    return (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in answer.text[:1000].lower()
    )


def _words(answer: httpx.Response) -> str:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return ""
    message = found.get("message") if isinstance(found, dict) else None
    return cut(" ".join(message.split()), 200) if isinstance(message, str) else ""
