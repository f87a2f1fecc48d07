"""Finds what a person means to click: by what it says or by its action_id, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.channels import Channel, Message
from bot.sandbox.contract.rules import offered_options
from bot.sandbox.people import Person
from bot.sandbox.views import View, elements
from bot.sandbox.workspace import Workspace


@dataclass
class Wish:
    """What a person said of the thing to click."""

    text: str = ""
    action_id: str = ""
    block_id: str = ""

    def fits(self, block: Json, element: Json) -> bool:
        if self.block_id and block.get("block_id") != self.block_id:
            return False
        if self.action_id:
            return bool(element["action_id"] == self.action_id)
        return self.text in said(element) or self.text in {
            one["text"]["text"] for one in offered_options(element)
        }

    def __str__(self) -> str:
        return repr(self.text or self.action_id)


@dataclass
class Found:
    """The element, its block, the surface on which it stands, and what a message's fields hold."""

    block: Json
    element: Json
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)


def said(element: Json) -> set[str]:
    """Returns the words on an element."""
    texts = [element.get("text"), element.get("placeholder")]
    return {text["text"] for text in texts if isinstance(text, dict)}


def in_view(view: View, wish: Wish) -> Found | None:
    for block, element in elements(view.blocks):
        if wish.fits(block, element):
            return Found(block, element, view=view)
    return None


def in_message(channel: Channel, message: Message, wish: Wish) -> Found | None:
    for block, element in elements(_blocks(message)):
        if wish.fits(block, element):
            return Found(block, element, channel=channel, message=message)
    return None


def _blocks(message: Message) -> list[Json]:
    attached = [block for one in message.attachments or [] for block in one.get("blocks", [])]
    return [*(message.blocks or []), *attached]


def in_messages(
    workspace: Workspace, person: Person, wish: Wish, channel: Channel | None, ts: str | None
) -> Found:
    """Looks through a channel, or through all that the person is in, at what that person sees."""
    rooms = [channel] if channel else [one for one in workspace.channels.values() if person.id in one.members]
    seen = [(room, one) for room in rooms for one in room.messages if sees(person, one)]
    for room, message in sorted(seen, key=lambda pair: pair[1].ts, reverse=True):
        found = in_message(room, message, wish) if ts in (None, message.ts) else None
        if found:
            return found
    where = f"#{channel.name}" if channel else "any channel"
    raise NotPossible(f"{person.first_name} sees no {wish} in {where}.")


def sees(person: Person, message: Message) -> bool:
    return message.ephemeral_to in (None, person.id)
