"""The line to Jira Cloud's REST API: what its answers mean for the next try."""

from typing import Any

import httpx

from bot.domain.trackers import Gone, Rejected
from bot.integrations.jira.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.http import Http, json_of
from bot.lib.words import cut

MOST = 4 * 1024 * 1024  # bytes of one answer
QUIET, LONGEST = 30.0, 3600.0  # seconds, where a 429 does not say how long; and what we believe at most
NOTHING = 204


class Line:
    """All calls to Jira go through here. Each raises DeliveryError."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        self.host = httpx.URL(settings.url).host

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return a_map(await self.ask("GET", path, params=params))

    async def ask(self, method: str, path: str, **how: Any) -> Any:
        """The JSON of a success, or None where Jira has nothing to say; `path` begins after /rest/api/3."""
        answer = await self.http.read(
            method,
            f"{self.settings.url}/rest/api/3{path}",
            most=MOST,
            auth=(self.settings.email, self.settings.token),
            headers={"Accept": "application/json"},
            **how,
        )
        if not answer.is_success:
            raise _failure(answer, path)
        return None if answer.status_code == NOTHING else json_of(self.host, answer)


def a_map(value: Any) -> dict[str, Any]:
    """Raises where the answer has another shape than Jira's."""
    if not isinstance(value, dict):
        raise DeliveryError("Jira answered with something that makes no sense")
    return value


def _failure(answer: httpx.Response, path: str) -> DeliveryError:
    """A 429 asks for quiet; 404 of an issue says that it is gone; 400 is about one change."""
    code, said = answer.status_code, f"Jira answered {answer.status_code}. {_words(answer)}".strip()
    if code == 429:
        return DeliveryError(said, retry_after=_quiet(answer))
    if path.startswith("/issue/") and code in (404, 410):
        return Gone(said)
    if code in (400, 409, 413, 422):
        return Rejected(said)
    return DeliveryError(said, permanent=code < 500 and code not in (408, 425))


def _quiet(answer: httpx.Response) -> float:
    try:
        return min(max(0.0, float(answer.headers["retry-after"])), LONGEST)
    except (KeyError, ValueError):
        return QUIET


def _words(answer: httpx.Response) -> str:
    """Jira's own sentences, of its fields and of the whole."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    errors, messages = found.get("errors"), found.get("errorMessages")
    said = [str(one) for one in messages] if isinstance(messages, list) else []
    said += [f"{name}: {one}" for name, one in errors.items()] if isinstance(errors, dict) else []
    return cut(" ".join(" ".join(said).split()), 200)
