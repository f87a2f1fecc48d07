"""Nudges to one person: at once while the incident is live, else in their working hours."""

import logging
from datetime import datetime, time
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.nudges import Nudged
from bot.lib.facts import Event, on
from bot.slack import words
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import room_of

log = logging.getLogger(__name__)
SATURDAY = 5
UNREACHABLE = {
    "cannot_dm_bot",
    "messages_tab_disabled",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
}


class Aim(NamedTuple):
    """Where a nudge goes: to the person, or where that is not right now, into the channel."""

    user: str | None
    channel: str | None
    text: str
    text_for_all: str


class Direct:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @on(Nudged, name="direct")
    async def direct(self, event: Event) -> None:
        fact = event.fact
        if not isinstance(fact, Nudged) or fact.to is None:
            return
        key = f"{event.key}/direct"
        sent = await self.desk.do(key, partial(self._send, event, fact), partial(self._seek, event, fact))
        if "error" in sent:
            log.warning("INC-%s: a nudge could not be sent: %s", event.incident_id, sent["why"])

    async def _send(self, event: Event, fact: Nudged) -> Json:
        aim = await self.desk.courier.ask(aim_of, event.incident_id, fact, self.desk.clock())
        if aim.user and (place := await self._dm(aim.user)):
            return await self.desk.post(place, event.key, text=aim.text)
        return await self.desk.post(aim.channel, event.key, text=aim.text_for_all) if aim.channel else {}

    async def _seek(self, event: Event, fact: Nudged) -> Json | None:
        """In both places: since the first try, working hours may have begun."""
        aim = await self.desk.courier.ask(aim_of, event.incident_id, fact, self.desk.clock())
        dm = await self._dm(aim.user) if aim.user else None
        for place in filter(None, (dm, aim.channel)):
            if found := await self.desk.find(place, event.key, event.at):
                return found
        return None

    async def _dm(self, user: str) -> str | None:
        try:
            opened = await self.desk.slack.call("conversations.open", users=user)
        except SlackRefused as refused:
            if refused.code not in UNREACHABLE:
                raise
            return None
        place: str = opened["channel"]["id"]
        return place


def aim_of(session: Session, id: int, fact: Nudged, now: datetime) -> Aim:
    """Decided when it is sent, not when it was recorded: Slack may have been away for a night."""
    assert fact.to is not None
    incident, person = incidents.get(session, id), people.get(session, fact.to)
    room = room_of(session, id)
    hours = company_of(session).workspace.working_hours
    is_right = incident.is_live or at_work(now, person.timezone, hours)
    text = ("DRILL · " if incident.drill else "") + words.named(session, fact.text)
    return Aim(
        user=person.slack_id if is_right or not (room and room.usable) else None,
        channel=room.usable if room else None,
        text=text,
        text_for_all=f"{words.escape(person.name)}: {text}",
    )


def at_work(now: datetime, zone: str, hours: str) -> bool:
    """Monday to Friday, by the person's own clock. A night shift's hours may cross midnight."""
    local = now.astimezone(ZoneInfo(zone))
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    if local.weekday() >= SATURDAY:
        return False
    if start <= end:
        return start <= local.time() < end
    return local.time() >= start or local.time() < end
