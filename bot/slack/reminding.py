"""Reminders and digests on their way: to a person directly, to a team in its channel; each of them once."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.domain import actions, incidents, people, reminding
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Told
from bot.domain.reminding import Addressed, Composer, Digested, Reminded
from bot.lib.facts import Event, on
from bot.slack import blocks, words
from bot.slack.announce import Announcements
from bot.slack.blocks import Block, button, context, section
from bot.slack.calls import Json, SlackRefused
from bot.slack.commands.promises import menu
from bot.slack.desk import Desk
from bot.slack.digest import digest

log = logging.getLogger(__name__)
SHOWN = 12  # with their buttons; a message has fifty blocks
# Seconds between two of these messages: a workspace takes some hundred a minute, and what an incident has
# to say comes between them.
BREATH = 0.6
Message = dict[str, Any]


class Calm:
    """A place in the line for each: never more than one in so many seconds, whoever sends it."""

    def __init__(
        self,
        gap: float = BREATH,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gap, self.sleep, self.clock, self.free_at = gap, sleep, clock, 0.0

    async def wait(self) -> None:
        now = self.clock()
        turn = max(now, self.free_at)
        self.free_at = turn + self.gap
        if turn > now:
            await self.sleep(turn - now)


class Reminding:
    """Two ears: two thousand digests do not hold up a reminder."""

    def __init__(self, desk: Desk, announcements: Announcements, calm: Calm | None = None) -> None:
        self.desk, self.announcements, self.calm = desk, announcements, calm or Calm()
        self.places: dict[str, str] = {}  # a channel's name -> its id

    @on(Reminded, name="reminders")
    async def remind(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, Reminded)
        sent = await self._send(fact, event.at, partial(self._reminder, fact))
        if not sent.get("ts") and not sent.get("settled"):
            await self.desk.courier.run(reminding.put_off, fact)

    @on(Digested, name="digests", folds=True)
    async def digest(self, events: list[Event]) -> None:
        """Rows are read once for all of them; each is written when its turn comes, from what was read."""
        facts = [fact for event in events if isinstance(fact := event.fact, Digested)]
        composer = await self.desk.courier.ask(Composer, facts)
        for event, fact in zip(events, facts, strict=True):
            # Also where there is nothing to say: a run that is repeated takes the same steps.
            await self._send(fact, event.at, partial(self._digest, fact, composer))

    async def _send(
        self, fact: Addressed, at: datetime, words: Callable[[Session, datetime], Message]
    ) -> Json:
        """One effect under the fact's own key; what Slack finally refuses is noted."""

        async def act() -> Json:
            message = await self.desk.courier.ask(words, self.desk.clock())
            if "text" not in message:
                return message
            place = next(iter(await self._places(fact)), None)
            if place is None:
                log.warning("%s reached nobody: no channel and no manager. See: closeout check", fact.key)
                return {}
            await self.calm.wait()
            return await self.desk.post(place, fact.key, **message)

        async def seek() -> Json | None:
            for place in await self._places(fact):
                if found := await self.desk.find(await self._history(place), fact.key, at):
                    return found
            return None

        sent = await self.desk.do(fact.key, act, seek)
        if "error" in sent:
            log.warning("%s could not be sent: %s", fact.key, sent["why"])
        return sent

    # ---- where

    async def _places(self, fact: Addressed) -> list[str]:
        """Where it is said, the first that is there; Slack opens a conversation with a person by itself."""
        if fact.to is not None:
            found = [await self.desk.courier.ask(_slack_id, fact.to)]
        elif fact.team is None:
            found = [await self.announcements.find_place()]
        else:
            found = [await self._channel(await self.desk.courier.ask(_channel_of, fact.team))]
            if found[0] is None:  # nobody made the channel, or it was archived
                manager = await self.desk.courier.ask(_manager_of, fact.team)
                if manager and isinstance(fact, Digested):
                    return []  # it is part of the manager's own digest
                found += [manager, await self.announcements.find_place()]
        return [place for place in found if place]

    async def _history(self, place: str) -> str:
        """Of a person: the conversation with them."""
        if not place.startswith(("U", "W")):
            return place
        opened = await self.desk.slack.call("conversations.open", users=place)
        found: str = opened["channel"]["id"]
        return found

    async def _channel(self, name: str) -> str | None:
        """Found by its name once, and joined."""
        if name and name not in self.places:
            listed = await self.desk.slack.pages(
                "conversations.list", "channels", types="public_channel", exclude_archived=True, limit=999
            )
            found = next((one["id"] for one in listed if one["name"] == name), None)
            if found is None:
                log.warning("#%s is not there for us. Create it, or change the team's channel.", name)
                return None
            try:
                await self.desk.slack.call("conversations.join", channel=found)
            except SlackRefused as refused:
                log.warning("#%s cannot be joined: %s", name, refused)
                return None
            self.places[name] = found
        return self.places.get(name)

    # ---- what

    def _reminder(self, fact: Reminded, session: Session, now: datetime) -> Message:
        if fact.to is not None:
            person, company = people.get(session, fact.to), company_of(session)
            if not person.slack_id or not person.is_active:
                return {"settled": "not in Slack"}
            if not company.at_work(person.timezone, now):
                return {"late": True}  # Slack was away; it is said on another day
        return reminder(session, fact, self.desk.public_url) or {"settled": "meanwhile"}

    def _digest(self, fact: Digested, composer: Composer, session: Session, now: datetime) -> Message:
        written = composer.write(fact)
        if not written or (fact.to is not None and not people.get(session, fact.to).slack_id):
            return {}
        return digest(composer.head(fact), written, fact, self.desk.public_url)


def _slack_id(session: Session, id: int) -> str | None:
    return people.get(session, id).slack_id


def _channel_of(session: Session, key: str | None) -> str:
    team = company_of(session).team(key)
    return (team.channel or "").lstrip("#") if team else ""


def _manager_of(session: Session, key: str | None) -> str | None:
    team = company_of(session).team(key)
    manager = people.find(session, team.manager) if team and team.manager else None
    return manager.slack_id if manager and manager.is_active else None


def reminder(session: Session, fact: Reminded, url: str) -> Message | None:
    """All that is new today, each with what can be done about it; None where it was settled meanwhile."""
    own = reminding.words(session, fact.items, fact.day)
    late = reminding.words(session, fact.escalated, fact.day)
    if not (own or late):
        return None
    answer = reminding.answer(fact, len(own), len(late))
    drawn = [section(f"*{answer}*")]
    for kind, told in own[:SHOWN]:
        drawn += _item(session, kind, told, url, with_buttons=True)
    drawn += _rest(len(own) - SHOWN, url)
    if late:
        drawn += [section("*Late in the team*")] if own else []
        drawn += [block for kind, told in late[:SHOWN] for block in _item(session, kind, told, url)]
        drawn += _rest(len(late) - SHOWN, url)
    return blocks.message(answer, drawn)


def _rest(left: int, url: str) -> list[Block]:
    return [context(words.link(f"{url}/actions", f"and {left} more"))] if left > 0 else []


def _item(session: Session, kind: str, told: Told, url: str, *, with_buttons: bool = False) -> list[Block]:
    incident = incidents.get(session, told.incident_id)
    ref = words.link(f"{url}/{told.path}", told.ref or "Open it")
    whose = words.escape(told.who) if told.who and not with_buttons else ""
    about = (_about(incident, url), whose, words.escape(told.note))
    item = [section(f"{ref} {words.title(told.title)}\n{' · '.join(part for part in about if part)}")]
    if not with_buttons:
        if told.ref:
            item += blocks.actions([button("In progress", "action.start", told.ref)], id=f"owed/{told.ref}")
        return item if kind == "assign" else item[:1]
    return [
        *item,
        *blocks.actions(_buttons(session, kind, told), id=f"owed/{kind}/{told.ref or incident.ref}"),
    ]


def _about(incident: Incident, url: str) -> str:
    ref = words.link(f"{url}/incidents/{incident.ref}", incident.ref)
    return f"{'DRILL · ' if incident.drill else ''}{ref}{words.sample(incident)}"


ANSWERS = {
    "verify": (("It holds", "action.verify"), ("It does not", "action.reopen")),
    "again": (("Open it again", "action.reopen"),),
    "effect": (
        ("It worked", "effect.holds"),
        ("It did not", "effect.failed"),
        ("Too early to say", "effect.unclear"),
        ("The facts", "effect.open"),
    ),
}


def _buttons(session: Session, kind: str, told: Told) -> list[Block]:
    """The same words and actions as everywhere; what is not known here has its page."""
    if kind in ANSWERS:
        return [button(label, action, told.ref) for label, action in ANSWERS[kind]]
    if kind in ("postmortem", "review"):
        return [button("Open the postmortem", "postmortem.open", f"INC-{told.incident_id}")]
    if not told.ref.startswith("A-"):
        return []
    item = actions.get(session, int(told.ref.removeprefix("A-")))
    begun = item.status == actions.ItemStatus.IN_PROGRESS
    start = [] if begun else [button("In progress", "action.start", told.ref)]
    return [button("Done", "action.done", told.ref), *start, menu(item)]
