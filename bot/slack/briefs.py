"""Late joiners are told where things stand, in a few lines that only they see."""

from functools import partial

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents.facts import Joined
from bot.lib.facts import Event, on
from bot.slack import cards, words
from bot.slack.blocks import said
from bot.slack.calls import Json
from bot.slack.desk import Desk
from bot.slack.faces import Face
from bot.slack.model import RoomOpened

LATEST, LONGEST = 5, 200
SEEN_ANYWAY = {Joined.__name__, RoomOpened.__name__}


class Briefs:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @on(Joined, name="brief")
    async def brief(self, event: Event) -> None:
        """Once for each who came late. It can be lost with a reload of their Slack; the card stays."""
        fact = event.fact
        if isinstance(fact, Joined) and fact.late:
            await self.desk.do(f"{event.key}/brief", partial(self._tell, event.incident_id, fact.person))

    async def _tell(self, id: int, person: int) -> Json:
        room = await self.desk.room(id)
        user = (await self.desk.courier.ask(people.get, person)).slack_id
        if room is None or room.usable is None or user is None:
            return {}
        text = await self.desk.courier.ask(brief, await self.desk.face(id))
        await self.desk.slack.call("chat.postEphemeral", channel=room.usable, user=user, **said(text))
        return {}


def brief(session: Session, face: Face) -> str:
    """What is wrong, who does what, what happened last."""
    lines = [f"*{face.ref}* {face.title}", f"{face.severity} \u00b7 {face.status}"]
    lines[1] += f" \u00b7 declared {cards.since(face.declared_at)}"
    if taken := [f"{chair.name}: {chair.holder}" for chair in face.chairs if chair.holder]:
        lines.append(" \u00b7 ".join(taken))
    if customers := cards.customers(face):
        lines.append(customers)
    entries = incidents.timeline(session, incidents.get(session, face.id))
    telling = [entry for entry in entries if entry.kind not in SEEN_ANYWAY]
    lines += [f"\u2022 {_line(session, entry)}" for entry in telling[-LATEST:]]
    lines.append(f"{words.link(face.url, 'All of it')} \u00b7 to help, take a role on the pinned card")
    return "\n".join(lines)


def _line(session: Session, entry: incidents.Entry) -> str:
    who = words.escape(entry.author_name) if entry.author_name else words.name(session, entry.by)
    text = words.shorten(words.named(session, " ".join(entry.text.split())), LONGEST)
    return f"{words.clock_time(entry.at)}  {who} {text}"
