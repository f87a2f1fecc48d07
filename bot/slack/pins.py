"""A marked message comes onto the timeline: its words, its author, its own moment, its images as links."""

import logging
from functools import partial

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents.facts import MessageAdded, MessageMarked
from bot.lib.facts import Event, on
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.words import at_of, typed

log = logging.getLogger(__name__)


class Pins:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @on(MessageMarked, name="pins")
    async def pins(self, event: Event) -> None:
        """Reading does no harm when it is repeated, and a message is added once."""
        fact = event.fact
        if not isinstance(fact, MessageMarked):
            return
        found = await self.desk.do(f"{event.key}/pins", partial(self._fetch, fact.place))
        if "error" in found:
            log.warning("INC-%s: a marked message cannot be read: %s", event.incident_id, found["why"])
        if "ts" in found:
            await self.desk.courier.run(self._add, fact, found)

    async def _fetch(self, place: str) -> Json:
        if await self.desk.courier.ask(incidents.has_words, place):
            return {}  # they came with the form: nobody wants us in that channel
        channel, _, ts = place.partition("/")
        message = await self._read(channel, ts)
        if message is None:
            return {}  # deleted meanwhile
        link = await self.desk.slack.call("chat.getPermalink", channel=channel, message_ts=ts)
        return {
            "ts": ts,
            "user": message.get("user") if not message.get("bot_id") else None,
            "name": message.get("username") or (message.get("bot_profile") or {}).get("name") or "",
            "text": message.get("text") or "",
            "images": [address for one in message.get("files") or [] if (address := _address(one))],
            "permalink": link.get("permalink", ""),
        }

    async def _read(self, channel: str, ts: str) -> Json | None:
        """History does not hold replies; asked for one, Slack answers with it, or with its whole thread."""
        one = {"oldest": ts, "latest": ts, "inclusive": True, "limit": 1}
        page = await self.desk.write("conversations.history", channel, **one)
        if found := _with_ts(page, ts):
            return found
        try:
            return _with_ts(await self.desk.slack.call("conversations.replies", channel=channel, ts=ts), ts)
        except SlackRefused as refused:
            if refused.code != "thread_not_found":
                raise
            return None

    def _add(self, session: Session, fact: MessageMarked, found: Json) -> None:
        author = people.of_slack(session, found["user"], found["name"]) if found["user"] else None
        added = MessageAdded(
            incident_id=fact.incident_id,
            by=fact.by,
            happened_at=at_of(found["ts"]),
            place=fact.place,
            author=author.id if author else None,
            author_name=author.name if author else found["name"],
            text=typed(session, found["text"]),
            permalink=found["permalink"],
            images=tuple(found["images"]),
        )
        incidents.add_message(session, added, now=self.desk.clock())


def _with_ts(page: Json, ts: str) -> Json | None:
    return next((one for one in page.get("messages") or [] if one.get("ts") == ts), None)


def _address(file: Json) -> str:
    """Where those may see it who may see the channel; nothing is ever made public."""
    return str(file.get("permalink") or file.get("url_private") or "")
