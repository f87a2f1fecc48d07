"""Account owners hear of words that wait for their yes; quiet cases are said in a channel, and to them."""

import logging
from functools import partial
from typing import NamedTuple

from sqlmodel import Session

from bot.domain import customers, people, signals
from bot.domain.company import company_of
from bot.domain.customers import WordDrafted
from bot.domain.signals import CaseOpened, SenderSilent
from bot.lib.facts import Event, on
from bot.slack import accounts
from bot.slack.accounts import Message
from bot.slack.blocks import message
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import room_of

log = logging.getLogger(__name__)


class Said(NamedTuple):
    """What is said where: to a Slack id, or in a channel by its name."""

    to: str
    what: Message


class Customers:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.places: dict[str, str] = {}  # a channel's name -> its id

    @on(WordDrafted, name="slack-words")
    async def ask(self, event: Event) -> None:
        """The account owner directly; where there is none whom Slack knows, in the channel."""
        await self._send(event, 0, await self.desk.courier.ask(self._word, event))

    @on(CaseOpened, SenderSilent, name="slack-cases")
    async def show(self, event: Event) -> None:
        """In the quiet channel, and to the account owner: two effects, in this order."""
        for number, where in enumerate(("channel", "owner")):
            await self._send(event, number, await self.desk.courier.ask(self._case, event, where))

    async def _send(self, event: Event, number: int, said: Said | None) -> None:
        """Always one effect, also with nothing to say: a run that is repeated takes the same steps."""
        key = f"{event.key}/customers/{number}"
        sent = await self.desk.do(key, partial(self._post, key, said), partial(self._seek, key, event, said))
        if "error" in sent:
            log.warning("%s could not be said: %s", key, sent["why"])

    async def _post(self, key: str, said: Said | None) -> Json:
        place = await self._place(said.to) if said else None
        return await self.desk.post(place, key, **said.what) if said and place else {}

    async def _seek(self, key: str, event: Event, said: Said | None) -> Json | None:
        place = await self._place(said.to) if said else None
        if place is None:
            return None
        if place.startswith(("U", "W")):
            opened = await self.desk.slack.call("conversations.open", users=place)
            place = opened["channel"]["id"]
        return await self.desk.find(place, key, event.at)

    async def _place(self, to: str) -> str | None:
        """A name is found once, and joined; an id is one already."""
        if not to.startswith("#"):
            return to
        name = to.lstrip("#")
        if name not in self.places:
            listed = await self.desk.slack.pages(
                "conversations.list", "channels", types="public_channel", exclude_archived=True, limit=999
            )
            found = next((one["id"] for one in listed if one["name"] == name), None)
            if found is None:
                log.warning("#%s is not there for us. Create it, or change [customers] channel.", name)
                return None
            try:
                await self.desk.slack.call("conversations.join", channel=found)
            except SlackRefused as refused:
                log.warning("#%s cannot be joined: %s", name, refused)
            self.places[name] = found
        return self.places[name]

    # ---- what

    def _word(self, session: Session, event: Event) -> Said | None:
        fact = event.fact
        assert isinstance(fact, WordDrafted)
        word = customers.word(session, fact.word, as_=people.closeout(session))
        customer = customers.get(session, word.customer_id)
        owner = customers.owner(session, customer)
        if not word.is_open or (owner is not None and owner.id == event.by):
            return None  # they have it before their eyes
        count = len(customers.contacts(session, customer))
        what = accounts.word_message(word, customer, count, f" about INC-{event.incident_id}")
        room = room_of(session, event.incident_id)
        place = (owner.slack_id if owner else None) or (room.usable if room else None)
        return Said(place, what) if place else None

    def _case(self, session: Session, event: Event, where: str) -> Said | None:
        fact, channel = event.fact, company_of(session).customers.channel
        quiet = f"#{channel.lstrip('#')}" if channel else None
        if isinstance(fact, SenderSilent):
            text = f"Closeout {fact}."
            return Said(quiet, message(text)) if quiet and where == "channel" else None
        assert isinstance(fact, CaseOpened)
        case = signals.case(session, fact.case, as_=people.closeout(session))
        customer = customers.get(session, case.customer_id)
        owner = customers.owner(session, customer)
        to = quiet if where == "channel" else (owner.slack_id if owner else None)
        if to is None or not case.is_open:
            return None
        word, count = customers.of_case(session, case.id), len(customers.contacts(session, customer))
        says = signals.sentence(session, case)
        return Said(to, accounts.case_message(case, customer, says, word, count, self.desk.public_url))
