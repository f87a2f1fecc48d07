"""The incident's channel: opened when it is declared, told what is loud, and everybody brought into it."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents.facts import Declared, HandedOff, Joined, Reopened, RoleTaken
from bot.domain.nudges import Nudged
from bot.domain.runbooks import RunbookPosted
from bot.lib.facts import Event, Fact, on
from bot.slack import cards, posts
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.invites import Invites
from bot.slack.model import failed, found_again, opened, remember
from bot.slack.names import candidates
from bot.slack.redraw import Cards

SAME_TIME = 600  # seconds by which Slack's clock may be behind ours


class Rooms:
    """One ear: a channel's messages stand in the order of the facts."""

    def __init__(self, desk: Desk, cards: Cards) -> None:
        self.desk = desk
        self.cards = cards
        self.invites = Invites(desk)
        # Marked here and not above: by now every feature has been imported, and with it what it calls loud.
        loud = [fact for fact in Fact.kinds.values() if fact.loud]
        on(Declared, Joined, *loud, name="room", folds=True)(Rooms.room)

    async def room(self, told: list[Event]) -> None:
        """Open it, then bring in who is new, then say what happened: one message, however much it is."""
        if told[0].kind == Declared.__name__:
            await self._open(told[0])
            told = told[1:]
        if any(event.kind == Reopened.__name__ for event in told):
            await self.desk.courier.run(found_again, told[0].incident_id)
        if newcomers := _newcomers(told):
            await self.invites.bring_in(f"{told[0].key}/newcomers", told[0].incident_id, newcomers)
        if loud := [event for event in told if _is_for_all(event)]:
            await self._tell(loud)

    # ---- opening

    async def _open(self, event: Event) -> None:
        """Two round trips to a usable channel: the channel itself, then everything in it at once."""
        id, key = event.incident_id, event.key
        made = await self.desk.do(f"{key}/channel", partial(self._create, id))
        if "error" in made:
            why = str(made["why"])
            return await self.desk.courier.run(failed, id, why, now=self.desk.clock())
        channel = str(made["id"])
        now = self.desk.clock()
        await self.desk.courier.run(opened, id, channel, str(made["name"]), now=now)
        card, invited, *_ = await _all(
            self._card(key, id, channel, event.at),
            self.invites.everybody(f"{key}/invite", id),
            self.cards.set_topic(f"{key}/topic", id),
            self._bookmark(key, id, channel),
        )
        if "ts" in card:
            await self._settle(key, id, channel, card)
        await self.invites.say_who_is_missing(f"{key}/missing", id, invited)
        return None

    async def _settle(self, key: str, id: int, channel: str, card: Json) -> None:
        """Keep the card in sight, and draw what came between while it had no place yet."""
        shown = {"card_ts": card["ts"], "card": card.get("card", "")}
        await self.desk.courier.run(remember, id, **shown)
        await self.cards.pin(f"{key}/pin", channel, str(card["ts"]))
        await self.cards.redraw(f"{key}/redraw", id)

    async def _create(self, id: int) -> Json:
        incident = await self.desk.courier.ask(incidents.get, id)
        for name in candidates(id, incident.title):
            try:
                made = await self.desk.slack.call(
                    "conversations.create", name=name, is_private=incident.private
                )
                return {"id": made["channel"]["id"], "name": made["channel"]["name"]}
            except SlackRefused as refused:
                if refused.code != "name_taken":
                    raise
            if ours := await self._ours(name, incident.declared_at, private=incident.private):
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

    async def _card(self, key: str, id: int, channel: str, since: datetime) -> Json:
        mark = cards.key_of(id)

        async def act() -> Json:
            face = await self.desk.face(id)
            blocks = cards.card(face)
            posted = await self.desk.post(channel, mark, text=cards.text(face), blocks=blocks)
            return posted | {"card": cards.fingerprint(blocks)}

        return await self.desk.do(f"{key}/card", act, lambda: self.desk.find(channel, mark, since))

    async def _bookmark(self, key: str, id: int, channel: str) -> Json:
        link = f"{self.desk.public_url}/incidents/INC-{id}"

        async def act() -> Json:
            title = f"INC-{id}: timeline and details"
            return await self.desk.slack.call(
                "bookmarks.add", channel_id=channel, title=title, type="link", link=link
            )

        async def seek() -> Json | None:
            listed = await self.desk.slack.call("bookmarks.list", channel_id=channel)
            return next((one for one in listed.get("bookmarks") or [] if one.get("link") == link), None)

        return await self.desk.do(f"{key}/bookmark", act, seek)

    # ---- everything after

    async def _tell(self, loud: list[Event]) -> None:
        id, key = loud[0].incident_id, f"{loud[0].key}/room"
        room = await self.desk.room(id)
        channel = room.usable if room else None
        if channel is None:
            return

        async def act() -> Json:
            message = await self.desk.courier.ask(self._words, id, loud)
            return await self.desk.post(channel, key, **message)

        told = await self.desk.do(key, act, lambda: self.desk.find(channel, key, loud[0].at))
        await self.desk.went_well(id, told)

    def _words(self, session: Session, id: int, loud: list[Event]) -> dict[str, Any]:
        url = f"{self.desk.public_url}/incidents/INC-{id}"
        return posts.message(session, loud, url)


def _is_for_all(event: Event) -> bool:
    fact = event.fact
    if isinstance(fact, RunbookPosted):
        return False  # its checklist is its message
    return fact.loud and not (isinstance(fact, Nudged) and fact.to is not None)


def _newcomers(told: list[Event]) -> list[int]:
    """Who was brought in or got a role; who came by themselves is there already."""
    found: dict[int, None] = {}
    for event in told:
        fact = event.fact
        if isinstance(fact, RoleTaken | HandedOff) or (isinstance(fact, Joined) and not fact.late):
            found[fact.person] = None
    return list(found)


async def _all(*branches: Any) -> list[Json]:
    """Every branch is tried, also when one of them fails."""
    done = await asyncio.gather(*branches, return_exceptions=True)
    if broken := [one for one in done if isinstance(one, BaseException)]:
        raise broken[0]
    return [one for one in done if isinstance(one, dict)]
