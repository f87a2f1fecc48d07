"""The one place that calls Slack: what leaves fits its limits, and what it answers is told apart.

* done        the answer; "already done" counts as done
* passing     DeliveryError: Slack is away, or asks for quiet, or our token has to be mended first
* permanent   SlackRefused, with Slack's own code
"""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.lib.effects import Door
from bot.lib.errors import DeliveryError
from bot.slack.limits import fit

Json = dict[str, Any]

LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
# A token can be mended, and until then everything waits; nothing is lost to a typing error.
NEEDS_OPERATOR = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}
DONE_ALREADY = {
    "already_archived",
    "already_in_channel",
    "already_pinned",
    "already_reacted",
    "no_reaction",
    "not_archived",
    "not_pinned",
}
GONE = {
    "channel_not_found": "it was deleted, or hidden from us",
    "is_archived": "it was archived",
    "not_in_channel": "we were removed from it",
}
# These take no JSON body: their arguments would be lost.
FORM_ONLY = {
    "bookmarks.list",
    "chat.getPermalink",
    "conversations.info",
    "conversations.list",
    "conversations.members",
    "conversations.replies",
    "files.info",
    "pins.list",
    "usergroups.list",
    "users.conversations",
    "users.info",
    "users.list",
    "users.lookupByEmail",
}
# Posting is limited for each channel, all else for the workspace.
BY_CHANNEL = {"chat.postMessage", "chat.postEphemeral", "chat.update"}
LOST_CONNECTION = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class SlackRefused(DeliveryError):
    """Slack said no, and will say so again."""

    def __init__(self, method: str, answer: Json) -> None:
        self.code = str(answer.get("error") or "unknown_error")
        self.answer = answer
        details = (answer.get("response_metadata") or {}).get("messages") or []
        if answer.get("needed"):
            details = [f"the scope {answer['needed']} is missing", *details]
        super().__init__(
            ": ".join([f"Slack refused {method}", self.code, *map(str, details)]), permanent=True
        )


@dataclass(frozen=True)
class Me:
    """What Slack says of our token: whose it is, what it may do, and what time it is over there."""

    team: str
    team_id: str
    user: str
    scopes: frozenset[str]
    at: datetime | None


class Slack:
    """Slack's Web API through the client of the house."""

    def __init__(self, client: AsyncWebClient, door: Door) -> None:
        self.client = client
        self.door = door
        # The library would send a message again without looking whether the first one arrived.
        client.retry_handlers.clear()

    async def call(self, method: str, **args: Any) -> Json:
        """Slack's answer. Raises SlackRefused when it is final, else DeliveryError."""
        lane = lane_of(method, args)
        await self.door.hold(lane)
        given = fit({name: value for name, value in args.items() if value is not None})
        body: Json = {"data": _form(given)} if method in FORM_ONLY else {"json": given}
        answer, _ = await self._answered(method, lane, self.client.api_call(method, **body))
        return answer

    async def _answered(
        self, method: str, lane: str, asked: Awaitable[AsyncSlackResponse]
    ) -> tuple[Json, dict[str, str]]:
        """The answer and its head."""
        try:
            response = await asked
        except SlackApiError as error:
            return self._judge(method, lane, error), {}
        except (*LOST_CONNECTION, SlackClientError) as error:
            raise DeliveryError(f"{method}: {type(error).__name__} {error}".strip()) from None
        return _plain(response.data), {name.lower(): value for name, value in response.headers.items()}

    def _judge(self, method: str, lane: str, error: SlackApiError) -> Json:
        answer = _plain(error.response.data)
        status, code = error.response.status_code, str(answer.get("error") or "")
        if status == 429 or code in LIMITED:
            seconds = _retry_after(error)
            # The lane itself is quiet from now on, also for those who only look something up.
            self.door.hush(lane, seconds)
            raise DeliveryError(f"{method}: Slack asks for quiet", retry_after=seconds)
        if code in DONE_ALREADY:
            return answer | {"ok": True}
        if code in NEEDS_OPERATOR:
            raise DeliveryError(f"it does not take our token ({code}). Mend SLACK_BOT_TOKEN")
        if status >= 500 or code in PASSING or not code:
            raise DeliveryError(f"{method}: Slack answered {status} {code}".strip())
        raise SlackRefused(method, answer)

    async def whoami(self) -> Me:
        """Whose token it is, and its scopes, which Slack writes into the head of each answer."""
        me, head = await self._answered("auth.test", "auth.test", self.client.api_call("auth.test"))
        scopes = [scope.strip() for scope in str(head.get("x-oauth-scopes", "")).split(",")]
        return Me(
            team=str(me.get("team") or ""),
            team_id=str(me.get("team_id") or ""),
            user=str(me.get("user") or ""),
            scopes=frozenset(scope for scope in scopes if scope),
            at=_date(head.get("date", "")),
        )

    async def open_socket(self, app_token: str) -> None:
        """Ask for the address of a connection, as Socket Mode does; it is not used."""
        name = "apps.connections.open"
        await self._answered(name, name, self.client.apps_connections_open(app_token=app_token))

    async def redeem(self, code: str, redirect_uri: str, client_id: str, client_secret: str) -> Json:
        """What Slack gives for the code of a sign-in, which is good once."""
        name = "openid.connect.token"
        # The library's own method warns of the way in which it writes this header.
        app = {"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)}
        form = {"code": code, "redirect_uri": redirect_uri, "grant_type": "authorization_code"}
        asked = self.client.api_call(name, data=form, headers=app)
        answer, _ = await self._answered(name, name, asked)
        return answer

    async def pages(self, method: str, part: str, *, most: int = 20, **args: Any) -> list[Json]:
        """All items of a paged method, up to so many pages."""
        items: list[Json] = []
        cursor: str | None = None
        for _ in range(most):
            answer = await self.call(method, cursor=cursor, **args)
            items += answer.get(part) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return items

    async def respond(self, url: str, body: Json) -> None:
        """Post to a response_url; it lives for half an hour and takes five posts."""
        session = self.client.session
        try:
            if session is not None:
                return _check_response(await _post(session, url, fit(body)))
            async with aiohttp.ClientSession() as own:
                return _check_response(await _post(own, url, fit(body)))
        except LOST_CONNECTION as error:
            raise DeliveryError(f"response_url: {type(error).__name__} {error}".strip()) from None


def lane_of(method: str, args: Json) -> str:
    """What Slack counts together when it limits calls."""
    return f"{method}/{args.get('channel')}" if method in BY_CHANNEL else method


async def _post(session: aiohttp.ClientSession, url: str, body: Json) -> tuple[int, str]:
    async with session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=10)) as response:
        return response.status, (await response.text())[:200]


def _check_response(answer: tuple[int, str]) -> None:
    status, text = answer
    if status == 429 or status >= 500:
        raise DeliveryError(f"response_url: Slack answered {status}")
    if status >= 400:
        raise SlackRefused("response_url", {"error": text or str(status)})


def _retry_after(error: SlackApiError) -> float:
    headers = {name.lower(): value for name, value in (error.response.headers or {}).items()}
    try:
        return max(0.0, float(headers.get("retry-after", 1)))
    except ValueError:
        return 1.0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _form(args: Json) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()}


def _plain(data: Any) -> Json:
    return dict(data) if isinstance(data, dict) else {}
