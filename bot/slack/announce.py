"""One line for each incident where everybody looks, edited as it moves. Private incidents are never there."""

import logging
from functools import partial

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.lib.facts import Event, Fact, on
from bot.slack import cards
from bot.slack.calls import GONE, Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import Room, remember, room_of

log = logging.getLogger(__name__)
DELETED = {"cant_update_message", "edit_window_closed", "message_not_found"}


class Announcements:
    """One ear, which folds; it begins to speak when the room has been opened, or could not be."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.place: str | None = None  # the channel's id, once it was found
        self.missing = ""  # the name that was looked for in vain
        # Marked here and not above: by now every feature has been imported, and with it its facts.
        moving = [fact for name, fact in Fact.kinds.items() if fact.drawn and name != "Declared"]
        on(*moving, name="announce", folds=True)(Announcements.announce)

    async def announce(self, told: list[Event]) -> None:
        id = told[-1].incident_id
        seek = partial(self._seek, id, told[-1])
        shown = await self.desk.do(f"{told[-1].key}/announce", partial(self._show, id), seek)
        if "error" in shown:
            if shown["error"] in GONE:
                self.place = None  # it was archived or deleted: there may be another one of its name
            log.warning("INC-%s is not announced: %s", id, shown.get("why"))
        elif "ts" in shown:
            place = {"announced_in": shown["channel"], "announcement_ts": shown["ts"]}
            await self.desk.courier.run(remember, id, **place, announcement=shown.get("announcement", ""))

    async def find_place(self) -> str | None:
        """The channel of `announce_in`, looked up once and joined."""
        name = (await self.desk.courier.ask(company_of)).workspace.announce_in.lstrip("#")
        if self.place is None and name:
            self.place = await self._look_up(name)
        return self.place

    async def _look_up(self, name: str) -> str | None:
        listed = await self.desk.slack.pages(
            "conversations.list", "channels", types="public_channel", exclude_archived=True, limit=999
        )
        found: str | None = next((one["id"] for one in listed if one["name"] == name), None)
        try:
            if found:
                await self.desk.slack.call("conversations.join", channel=found)
                return found
        except SlackRefused as refused:
            log.warning("#%s cannot be joined: %s", name, refused)
        if self.missing != name:
            self.missing = name
            log.warning(
                "Nothing is announced: #%s is not there for us. Create it, or change announce_in.", name
            )
        return None

    async def _show(self, id: int) -> Json:
        room, private = await self.desk.courier.ask(_where, id)
        if private or room is None:
            return {}
        text = cards.announcement(await self.desk.face(id))
        mark = cards.fingerprint(text)
        if mark == room.announcement:
            return {}
        shown = await self._edit(room, text) or await self._post(id, text)
        return shown | {"announcement": mark} if shown else {}

    async def _edit(self, room: Room, text: str) -> Json | None:
        if not room.announcement_ts or not room.announced_in:
            return None
        place = {"channel": room.announced_in, "ts": room.announcement_ts}
        try:
            await self.desk.slack.call("chat.update", text=text, **place)
        except SlackRefused as refused:
            if refused.code in DELETED:
                return None
            raise
        return place

    async def _post(self, id: int, text: str) -> Json | None:
        if (place := await self.find_place()) is None:
            return None
        return await self.desk.post(place, key_of(id), text=text)

    async def _seek(self, id: int, event: Event) -> Json | None:
        """Only a first announcement can be there twice; an edit may be made again."""
        room, private = await self.desk.courier.ask(_where, id)
        if private or room is None or room.announcement_ts:
            return None
        place = await self.find_place()
        return await self.desk.find(place, key_of(id), event.at) if place else None


def key_of(incident_id: int) -> str:
    return f"INC-{incident_id}/announcement"


def _where(session: Session, id: int) -> tuple[Room | None, bool]:
    return room_of(session, id), incidents.get(session, id).private
