"""What every listener of Slack's works with: the calls, the rows, and messages that can be found again."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain import incidents
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.effects import effect
from bot.slack import faces
from bot.slack.calls import GONE, Json, Slack, SlackRefused
from bot.slack.faces import Face
from bot.slack.model import Room, lost, room_of

log = logging.getLogger(__name__)
Act = Callable[[], Awaitable[Json]]
Seek = Callable[[], Awaitable[Json | None]]

EVENT_TYPE = "closeout"
SKEW = timedelta(minutes=10)  # how far Slack's clock may be from ours
PAGE, MOST_PAGES = 200, 10


@dataclass(frozen=True)
class Desk:
    """One for the process, shared by all listeners."""

    slack: Slack
    courier: Courier
    clock: Clock
    public_url: str

    async def do(self, key: str, act: Act, seek: Seek | None = None) -> Json:
        """One effect. A final refusal is an answer as well: {"error": Slack's code, "why": a sentence}."""
        looked = None if seek is None else _looking(seek)
        answer = await effect(self.slack.door, key, _settling(act), looked, method=key)
        return answer if isinstance(answer, dict) else {}

    async def went_well(self, incident_id: int, answer: Json) -> bool:
        """False when it was refused. A channel that is gone is noted once, and nobody knocks there again."""
        code = answer.get("error")
        if code in GONE:
            await self.courier.run(lost, incident_id, GONE[code], now=self.clock())
        elif code:
            log.warning("INC-%s: %s", incident_id, answer.get("why", code))
        return not code

    async def room(self, incident_id: int) -> Room | None:
        return await self.courier.ask(room_of, incident_id)

    async def face(self, incident_id: int) -> Face:
        """What Slack should show now."""

        def read(session: Session) -> Face:
            incident = incidents.get(session, incident_id)
            return faces.read(session, incident, now=self.clock(), public_url=self.public_url)

        return await self.courier.ask(read)

    async def write(self, method: str, channel: str, **args: Any) -> Json:
        """A call that needs us in the channel. A public one that we were removed from is joined again."""
        try:
            return await self.slack.call(method, channel=channel, **args)
        except SlackRefused as refused:
            if refused.code != "not_in_channel" or not await self._joined(channel):
                raise
        return await self.slack.call(method, channel=channel, **args)

    async def _joined(self, channel: str) -> bool:
        try:
            await self.slack.call("conversations.join", channel=channel)
        except SlackRefused:
            return False
        return True

    async def post(self, channel: str, key: str, **message: Any) -> Json:
        """A message that can be found by its key when its answer is lost."""
        about = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        plain = {"unfurl_links": False, "unfurl_media": False}
        answer = await self.write("chat.postMessage", channel, metadata=about, **plain, **message)
        return {"ts": answer["ts"], "channel": answer.get("channel", channel)}

    async def find(self, channel: str, key: str, since: datetime | None = None) -> Json | None:
        """The message with this key, from the moment on at which it cannot have been there."""
        oldest = f"{(since - SKEW).timestamp():.6f}" if since else None
        cursor = None
        for _ in range(MOST_PAGES):
            page = await self.slack.call(
                "conversations.history",
                channel=channel,
                include_all_metadata=True,
                oldest=oldest,
                limit=PAGE,
                cursor=cursor,
            )
            if found := next((one for one in page.get("messages") or [] if _key_of(one) == key), None):
                return {"ts": found["ts"], "channel": channel}
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None


def _key_of(message: Json) -> str | None:
    about = message.get("metadata") or {}
    if about.get("event_type") != EVENT_TYPE:
        return None
    key: str | None = (about.get("event_payload") or {}).get("key")
    return key


def _settling(act: Act) -> Act:
    async def settled() -> Json:
        try:
            return await act()
        except SlackRefused as refused:
            return {"error": refused.code, "why": str(refused)}

    return settled


def _looking(seek: Seek) -> Seek:
    async def looked() -> Json | None:
        try:
            return await seek()
        except SlackRefused:
            return None  # where we may not look, nothing is found

    return looked
