"""Opening a room: two round trips to a usable channel, and no call that was made is made again."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents.facts import Declared
from bot.domain.people import Person
from bot.lib.facts import Event
from bot.slack import cards, faces
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.faces import Face
from bot.slack.invites import Invites, wanted
from bot.slack.model import failed, opened, remember
from bot.slack.names import candidates
from bot.slack.redraw import Cards

SAME_TIME = 600  # seconds by which Slack's clock may be behind ours


@dataclass(frozen=True)
class Ready:
    """What is read from the rows while Slack makes the channel."""

    face: Face
    people: list[Person]


class Opening:
    def __init__(self, desk: Desk, cards: Cards, invites: Invites) -> None:
        self.desk, self.cards, self.invites = desk, cards, invites

    async def open(self, event: Event) -> None:
        """The channel itself, then everything in it at once: each branch is one step."""
        id, key = event.incident_id, event.key
        made, ready = await _all(
            self.desk.do(f"{key}/channel", partial(self._create, event)),
            self.desk.courier.ask(self._prepare, id),
        )
        if "error" in made:
            why = str(made["why"])
            return await self.desk.courier.run(failed, id, why, now=self.desk.clock())
        channel, name, now = str(made["id"]), str(made["name"]), self.desk.clock()
        card, invited, topic, bookmark, _ = await _all(
            self._card(key, ready.face, channel, event.at),
            self.invites.everybody(f"{key}/invite", channel, ready.people),
            self._topic(key, ready.face, channel),
            self._bookmark(key, ready.face, channel),
            self.desk.courier.run(opened, id, channel, name, now=now),
        )
        for answer in (card, topic, bookmark):
            await self.desk.went_well(id, answer)  # one that was refused keeps nobody from the others
        await self._settle(key, id, channel, card, str(topic.get("topic", "")))
        return await self.invites.say_who_is_missing(f"{key}/missing", id, invited)

    def _prepare(self, session: Session, id: int) -> Ready:
        incident = incidents.get(session, id)
        face = faces.read(session, incident, now=self.desk.clock(), public_url=self.desk.public_url)
        return Ready(face, wanted(session, id))

    async def _settle(self, key: str, id: int, channel: str, card: Json, topic: str) -> None:
        """Keep the card in sight, and draw what happened while it had no place yet."""
        await self.desk.courier.run(
            remember, id, card_ts=card.get("ts"), card=card.get("card", ""), topic=topic
        )
        if "ts" in card:
            await self.cards.pin(f"{key}/pin", channel, str(card["ts"]))
        await self.cards.follow(key, id)

    async def _create(self, event: Event) -> Json:
        fact = event.fact
        assert isinstance(fact, Declared)
        for name in candidates(event.incident_id, fact.title):
            try:
                made = await self.desk.slack.call("conversations.create", name=name, is_private=fact.private)
                return {"id": made["channel"]["id"], "name": made["channel"]["name"]}
            except SlackRefused as refused:
                if refused.code != "name_taken":
                    raise
            if ours := await self._ours(name, event.at, private=fact.private):
                return ours
        raise SlackRefused("conversations.create", {"error": "name_taken"})

    async def _ours(self, name: str, declared_at: datetime, *, private: bool) -> Json | None:
        """The channel of that name, if a lost answer or a crash of ours left it there."""
        me = (await self.desk.slack.call("auth.test"))["user_id"]
        kind = "private_channel" if private else "public_channel"
        for one in await self.desk.slack.pages(
            "conversations.list", "channels", types=kind, exclude_archived=True, limit=999
        ):
            is_new = int(one.get("created", 0)) >= declared_at.timestamp() - SAME_TIME
            if one["name"] == name and one.get("creator") == me and is_new:
                return {"id": one["id"], "name": name}
        return None

    async def _card(self, key: str, face: Face, channel: str, since: datetime) -> Json:
        mark, blocks = cards.key_of(face.id), cards.card(face)

        async def act() -> Json:
            posted = await self.desk.post(channel, mark, text=cards.text(face), blocks=blocks)
            return posted | {"card": cards.fingerprint(blocks)}

        return await self.desk.do(f"{key}/card", act, lambda: self.desk.find(channel, mark, since))

    async def _topic(self, key: str, face: Face, channel: str) -> Json:
        topic = cards.topic(face)

        async def act() -> Json:
            await self.desk.write("conversations.setTopic", channel, topic=topic)
            return {"topic": topic}

        return await self.desk.do(f"{key}/topic", act)

    async def _bookmark(self, key: str, face: Face, channel: str) -> Json:
        added = {"title": f"{face.ref}: timeline and details", "type": "link", "link": face.url}

        async def act() -> Json:
            await self.desk.slack.call("bookmarks.add", channel_id=channel, **added)
            return {}

        async def seek() -> Json | None:
            listed = await self.desk.slack.call("bookmarks.list", channel_id=channel)
            return next((one for one in listed.get("bookmarks") or [] if one.get("link") == face.url), None)

        return await self.desk.do(f"{key}/bookmark", act, seek)


async def _all(*branches: Coroutine[Any, Any, Any]) -> list[Any]:
    """Every branch is tried to its end, also when another one fails."""
    done = await asyncio.gather(*branches, return_exceptions=True)
    if broken := [one for one in done if isinstance(one, BaseException)]:
        raise broken[0]
    return list(done)
