"""A fact and a far end for the tests of the ground floor."""

import asyncio
from datetime import UTC, datetime

from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Ear, Fact, Listeners, on, record

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Said(Fact):
    text: str

    def __str__(self) -> str:
        return f"said: {self.text}"


class Sang(Fact):
    loud = True

    def __str__(self) -> str:
        return "sang"


class Far:
    """A far end that remembers what it was told, and whose answers can be lost."""

    def __init__(self) -> None:
        self.door = Door("Far", first_wait=0)
        self.posts: list[str] = []
        self.calls: list[str] = []
        self.faults: list[str] = []
        self.looks_up = True

    async def post(self, key: str, text: str) -> dict:
        async def act() -> dict:
            self.calls.append("post")
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "refused":
                raise DeliveryError("no such channel", permanent=True)
            if fault == "quiet":
                raise DeliveryError("too many", retry_after=0)
            if fault != "away":
                self.posts.append(text)
            if fault:
                raise DeliveryError("bad gateway")
            return {"text": text}

        async def seek() -> dict | None:
            self.calls.append("seek")
            return {"text": text} if text in self.posts else None

        return await effect(self.door, key, act, seek if self.looks_up else None)


def room_of(far: Far, *, folds: bool = True):
    """A listener that posts what was said."""

    @on(Said, name="room", folds=folds)
    async def folding(events) -> None:
        await far.post(f"{events[0].key}/room", ", ".join(event.fact.text for event in events))

    @on(Said, name="room")
    async def single(event) -> None:
        await far.post(f"{event.key}/room", event.fact.text)

    return folding if folds else single


def listening(*functions) -> Listeners:
    listeners = Listeners()
    for function in functions:
        listeners.add(function)
    return listeners


def say(courier, *texts: str, incident: int = 1) -> None:
    """One transaction for each."""
    for text in texts:
        with courier.transaction() as session:
            record(session, Said(incident_id=incident, by=1, text=text), at=NOON)


def ear_of(courier, name: str = "room", incident: int = 1) -> Ear:
    with courier.reading() as session:
        return session.get_one(Ear, (name, incident))


def hear(courier, ear: Ear) -> Ear | None:
    return asyncio.run(courier.hear(ear))
