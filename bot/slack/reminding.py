"""Reminders and digests as messages: to a person directly, to a team in its channel; each of them once."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.domain import actions, incidents, people, reminding
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Told
from bot.domain.reminding import Addressed, Digest, Digested, Reminded, bars
from bot.lib.facts import Event, on
from bot.lib.words import plural
from bot.slack import blocks, words
from bot.slack.blocks import Block, button, context, header, section
from bot.slack.calls import Json, SlackRefused
from bot.slack.commands.promises import menu
from bot.slack.desk import Desk

log = logging.getLogger(__name__)
SHOWN = 12  # with their buttons; a message has fifty blocks
BREATH = 0.6  # seconds between two digests: what an incident has to say comes between them
Message = dict[str, Any]


class Reminding:
    """Two ears: two thousand digests do not hold up a reminder."""

    def __init__(self, desk: Desk, sleep: Callable[[float], Awaitable[Any]]) -> None:
        self.desk, self.sleep = desk, sleep
        self.places: dict[str, str] = {}  # a channel's name -> its id

    @on(Reminded, name="reminders")
    async def remind(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, Reminded)
        sent = await self._send(fact, event.at, partial(self._reminder, fact))
        if "late" in sent:
            await self.desk.courier.run(reminding.put_off, fact)

    @on(Digested, name="digests", folds=True)
    async def digest(self, events: list[Event]) -> None:
        """Rows are read once for all of them."""
        facts = [fact for event in events if isinstance(fact := event.fact, Digested)]
        said = await self.desk.courier.ask(reminding.compose, facts)
        for event, fact in zip(events, facts, strict=True):
            # Also where there is nothing to say: a run that is repeated takes the same steps.
            written = said.get(fact.key, [])
            if "ts" in await self._send(fact, event.at, partial(self._digest, fact, written)):
                await self.sleep(BREATH)

    async def _send(
        self, fact: Addressed, at: datetime, words: Callable[[Session, datetime], Message | None]
    ) -> Json:
        """One effect under the fact's own key; what Slack finally refuses is noted."""

        async def act() -> Json:
            message = await self.desk.courier.ask(words, self.desk.clock())
            if message is None or message.get("late"):
                return message or {}
            place = await self._place(fact)
            return await self.desk.post(place, fact.key, **message) if place else {}

        async def seek() -> Json | None:
            place = await self._history(fact)
            return await self.desk.find(place, fact.key, at) if place else None

        sent = await self.desk.do(fact.key, act, seek)
        if "error" in sent:
            log.warning("%s could not be sent: %s", fact.key, sent["why"])
        return sent

    # ---- where

    async def _place(self, fact: Addressed) -> str | None:
        """Slack opens the conversation by itself when a message is for a person."""
        if fact.to is not None:
            return await self.desk.courier.ask(_slack_id, fact.to)
        return await self._channel(await self.desk.courier.ask(_channel_of, fact.team))

    async def _history(self, fact: Addressed) -> str | None:
        place = await self._place(fact)
        if fact.to is None or place is None:
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
            self.places[name] = found
        return self.places.get(name)

    # ---- what

    def _reminder(self, fact: Reminded, session: Session, now: datetime) -> Message | None:
        if fact.to is not None:
            person, company = people.get(session, fact.to), company_of(session)
            if not person.slack_id or not person.is_active:
                return None
            if not company.at_work(person.timezone, now):
                return {"late": True}  # Slack was away; it is said on another day
        return reminder(session, fact, self.desk.public_url)

    def _digest(
        self, fact: Digested, written: list[Digest], session: Session, now: datetime
    ) -> Message | None:
        if not written or (fact.to is not None and not people.get(session, fact.to).slack_id):
            return None
        return digest(written, fact, self.desk.public_url)


def _slack_id(session: Session, id: int) -> str | None:
    return people.get(session, id).slack_id


def _channel_of(session: Session, key: str | None) -> str:
    team = company_of(session).team(key)
    return (team.channel or "").lstrip("#") if team else ""


def reminder(session: Session, fact: Reminded, url: str) -> Message | None:
    """All that is new today, each with what can be done about it; None where it was settled meanwhile."""
    own = reminding.words(session, fact.items, fact.day)
    late = reminding.words(session, fact.escalated, fact.day)
    if not (own or late):
        return None
    whose = "your team" if fact.to is None else "you"
    answer = (
        f"{plural(len(own), 'thing')} need{'s' if len(own) == 1 else ''} {whose}"
        if own
        else f"{plural(len(late), 'thing')} in {'this' if fact.to is None else 'your'} team "
        f"{'is' if len(late) == 1 else 'are'} late"
    )
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
    ref = f"{words.link(f'{url}/{told.path}', told.ref)} " if told.ref else ""
    text = f"{ref}{words.title(told.title)}\n{_about(incident)} · {words.escape(told.note)}"
    item = [section(text)]
    if not with_buttons:
        if told.ref:
            item += blocks.actions([button("In progress", "action.start", told.ref)], id=f"owed/{told.ref}")
        return item if kind == "assign" else item[:1]
    return [
        *item,
        *blocks.actions(_buttons(session, kind, told), id=f"owed/{kind}/{told.ref or incident.ref}"),
    ]


def _about(incident: Incident) -> str:
    return f"{'DRILL · ' if incident.drill else ''}{incident.ref}{words.sample(incident)}"


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


def digest(written: list[Digest], fact: Digested, url: str) -> Message:
    """The answer first, then lists, then a small chart in a fixed width."""
    month = fact.period == reminding.MONTH
    head = f"The {'month' if month else 'week'} to {fact.until:%Y-%m-%d}"
    drawn: list[Block] = [header(head)]
    for one in written:
        drawn.append(section(f"*{words.escape(one.headline)}*"))
        drawn += [section(_list(title, lines, left, url)) for title, lines, left in one.lists]
        if one.chart:
            drawn.append(section(f"Open items by age in days\n```\n{bars(one.chart)}\n```"))
    how = "Another day, mail, or none: `/incident digest`" if fact.to is not None else "Late items first"
    drawn.append(context(how))
    return blocks.message(f"{head}. {words.escape(written[0].headline)}", drawn, more=f"{url}/actions")


def _list(title: str, lines: tuple[reminding.Line, ...], left: int, url: str) -> str:
    rows = []
    for one in lines:
        ref = f"{words.link(f'{url}/{one.path}', one.ref)} " if one.ref else ""
        note = f" · {words.escape(one.note)}" if one.note else ""
        rows.append(f"• {ref}{words.title(one.title, 120)}{note}")
    more = [f"and {left} more"] if left else []
    return "\n".join([f"*{title}*", *rows, *more])
