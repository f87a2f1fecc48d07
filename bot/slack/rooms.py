"""The incident's channel: opened when it is declared, told what is loud, and everybody brought into it."""

from typing import Any

from sqlmodel import Session

from bot.domain.incidents.facts import Declared, HandedOff, Joined, Reopened, RoleTaken
from bot.domain.nudges import Nudged
from bot.domain.runbooks import RunbookPosted
from bot.lib.facts import Event, Fact, on
from bot.slack import drills, posts
from bot.slack.calls import Json
from bot.slack.desk import Desk
from bot.slack.invites import Invites
from bot.slack.model import found_again
from bot.slack.opening import Opening
from bot.slack.redraw import Cards


class Rooms:
    """One ear: a channel's messages stand in the order of the facts."""

    def __init__(self, desk: Desk, cards: Cards) -> None:
        self.desk = desk
        self.invites = Invites(desk)
        self.opening = Opening(desk, cards, self.invites)
        # Marked here and not above: by now every feature has been imported, and with it what it calls loud.
        loud = [fact for fact in Fact.kinds.values() if fact.loud]
        on(Declared, Joined, *loud, name="room", folds=True)(Rooms.room)

    async def room(self, told: list[Event]) -> None:
        """Open it, then bring in who is new, then say what happened: one message, however much it is."""
        if told[0].kind == Declared.__name__:
            await self.opening.open(told[0])
            told = told[1:]
        if any(event.kind == Reopened.__name__ for event in told):
            await self.desk.courier.run(found_again, told[0].incident_id)
        if newcomers := _newcomers(told):
            await self.invites.bring_in(f"{told[0].key}/newcomers", told[0].incident_id, newcomers)
        for part in posts.parts([event for event in told if _is_for_all(event)]):
            await self._tell(part)

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
        if drills.of_a_drill(loud[0].fact):
            return drills.look(session, loud[0], self.desk.public_url)
        return posts.message(session, loud, f"{self.desk.public_url}/incidents/INC-{id}")


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
