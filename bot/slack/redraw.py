"""The card and the topic follow the incident: edited when they would look different, and never in a hurry."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.domain import updates
from bot.lib.facts import Event, Fact, on
from bot.slack import cards
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import Room, RoomFailed, RoomLost, RoomOpened, remember

GAP = 1.5  # seconds between two edits of one card: what happens meanwhile is in the next one
NOT_OURS_ANY_MORE = {"cant_update_message", "edit_window_closed", "message_not_found"}
# The first draws the card itself; the others are about the room.
NOT_DRAWN = {"Declared", RoomOpened.__name__, RoomFailed.__name__, RoomLost.__name__}


class Pace:
    """At most one edit for each room in so many seconds."""

    def __init__(
        self,
        gap: float = GAP,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gap, self.sleep, self.clock = gap, sleep, clock
        self.edited: dict[int, float] = {}

    async def wait(self, incident_id: int) -> None:
        left = self.edited.get(incident_id, -self.gap) + self.gap - self.clock()
        if left > 0:
            await self.sleep(left)

    def note(self, incident_id: int) -> None:
        now = self.clock()
        self.edited = {id: at for id, at in self.edited.items() if now - at < self.gap} | {incident_id: now}


class Cards:
    """One ear, which folds: ten thousand facts are a few edits."""

    def __init__(self, desk: Desk, pace: Pace) -> None:
        self.desk = desk
        self.pace = pace
        # Marked here and not above: by now every feature has been imported, and with it its facts.
        drawn = [fact for name, fact in Fact.kinds.items() if fact.drawn and name not in NOT_DRAWN]
        on(*drawn, name="card", folds=True)(Cards.card)

    async def card(self, told: list[Event]) -> None:
        """Draw the card and the topic anew, from what is true now."""
        await self.follow(told[-1].key, told[-1].incident_id)

    async def follow(self, key: str, id: int) -> None:
        await self.redraw(f"{key}/redraw", id)
        await self.set_topic(f"{key}/retopic", id)

    async def are_late(self) -> bool:
        return bool(await self.desk.courier.ask(_late, self.desk.clock()))

    async def age(self, at: datetime) -> None:
        """A promise that ran out gets older on the card, though nothing happens."""
        for id in await self.desk.courier.ask(_late, at):
            await self.redraw(f"ageing/{at:%Y-%m-%dT%H:%M}/{id}", id)

    async def redraw(self, key: str, id: int) -> None:
        drawn = await self.desk.do(key, partial(self._edit, id))
        if not await self.desk.went_well(id, drawn):
            return
        if "new" in drawn:  # somebody had deleted it
            await self.pin(f"{key}/pin", str(drawn["channel"]), str(drawn["new"]))

    async def set_topic(self, key: str, id: int) -> None:
        await self.desk.went_well(id, await self.desk.do(key, partial(self._topic, id)))

    async def pin(self, key: str, channel: str, ts: str) -> None:
        await self.desk.do(key, lambda: self.desk.slack.call("pins.add", channel=channel, timestamp=ts))

    async def _edit(self, id: int) -> Json:
        """Nothing is edited that would look the same. A card without a place is drawn with its room."""
        room = await self.desk.room(id)
        if room is None or not room.usable or room.card_ts is None:
            return {}
        if await self._is_drawn(id, room):
            return {}
        await self.pace.wait(id)
        face = await self.desk.face(id)
        blocks, text = cards.card(face), cards.text(face)
        try:
            answer = await self._replace(id, room, {"blocks": blocks, "text": text})
        finally:
            self.pace.note(id)
        shown = {"card": cards.fingerprint(blocks), "card_ts": answer.get("new", room.card_ts)}
        await self.desk.courier.run(remember, id, **shown)
        return answer

    async def _is_drawn(self, id: int, room: Room) -> bool:
        return cards.fingerprint(cards.card(await self.desk.face(id))) == room.card

    async def _replace(self, id: int, room: Room, message: Json) -> Json:
        channel, key = str(room.channel_id), cards.key_of(id)
        try:
            await self.desk.write("chat.update", channel, ts=room.card_ts, **message)
        except SlackRefused as refused:
            if refused.code not in NOT_OURS_ANY_MORE:
                raise
        else:
            return {}
        # It may be there already: a try before this one may have posted it.
        found = await self.desk.find(channel, key)
        if found is None or found["ts"] == room.card_ts:
            found = await self.desk.post(channel, key, **message)
        return {"new": found["ts"], "channel": channel}

    async def _topic(self, id: int) -> Json:
        """Each change is a message of Slack's own in the channel, so only a different one is set."""
        room = await self.desk.room(id)
        if room is None or not room.usable:
            return {}
        topic = cards.topic(await self.desk.face(id))
        if topic == room.topic:
            return {}
        await self.desk.write("conversations.setTopic", str(room.channel_id), topic=topic)
        await self.desk.courier.run(remember, id, topic=topic)
        return {"topic": topic}


def _late(session: Session, now: datetime) -> list[int]:
    return [incident.id for incident, _ in updates.late(session, now)]
