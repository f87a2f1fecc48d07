"""Whoever declared an incident is told where it is, in the answer or the form they are looking at."""

from collections.abc import Awaitable, Callable
from functools import partial

from sqlmodel import Session

from bot.domain import incidents, people
from bot.lib.facts import Event, on
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.faces import Face
from bot.slack.forms import told as view_that_says
from bot.slack.model import RoomFailed, RoomOpened, Waiting, answered, room_of, waiting_for
from bot.slack.words import channel, clock_time, escape

LOOKS, PAUSE = 4, 0.5  # Slack may show the form's next view a moment after its ack has left us


class Answers:
    def __init__(self, desk: Desk, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.desk = desk
        self.sleep = sleep

    @on(RoomOpened, RoomFailed, name="answers")
    async def answers(self, event: Event) -> None:
        """Each who waits is told once."""
        for waiting in await self.desk.courier.ask(waiting_for, event.incident_id):
            key = f"{event.key}/answers/{waiting.id}"
            told = await self.desk.do(key, partial(self._answer, event.incident_id, waiting))
            await self.desk.went_well(event.incident_id, told)
            await self.desk.courier.run(answered, waiting.id, now=self.desk.clock())

    async def _answer(self, id: int, waiting: Waiting) -> Json:
        if waiting.answered_at is not None:
            return {}
        face = await self.desk.face(id)
        words = await self.desk.courier.ask(_words, face, waiting.person_id)
        if waiting.response_url:
            await self.desk.slack.respond(waiting.response_url, {"text": words})
            return {}
        await self._show(waiting, words)
        return {}

    async def _show(self, waiting: Waiting, words: str) -> None:
        """In the form's own window; a person who has closed it finds the channel in their list."""
        view = view_that_says("Declare an incident", words, external_id=waiting.external_id)
        place = {"external_id": waiting.external_id} if waiting.external_id else {"view_id": waiting.view_id}
        for look in range(LOOKS):
            try:
                await self.desk.slack.call("views.update", view=view, **place)
                return
            except SlackRefused as refused:
                if refused.code != "not_found":
                    raise
            if look < LOOKS - 1:
                await self.sleep(PAUSE)


def _words(session: Session, face: Face, person_id: int) -> str:
    incident = incidents.get(session, face.id)
    room = room_of(session, face.id)
    if room is None or room.usable is None:
        why = escape(room.lost) if room else ""
        return f"{face.ref} is declared, but it has no channel: {why}. Everything else works: {face.url}"
    parts = [f"{face.ref} is open: {channel(room.usable)}."]
    if incidents.commander(session, incident) == person_id:
        parts.append("You are its commander.")
    if people.get(session, person_id).is_guest:
        parts.append("Slack does not let me invite a guest: ask somebody in there to bring you in.")
    if face.promised_by:
        parts.append(f"Customers expect a word by {clock_time(face.promised_by)}.")
    return " ".join(parts)
