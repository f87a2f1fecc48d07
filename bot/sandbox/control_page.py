"""Control verbs that only a page needs: put a message away, write to somebody, learn what a command knows."""

from __future__ import annotations

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.control import Control, needed, verb


@verb
async def dismiss(control: Control, wanted: Json) -> Json:
    """Takes a message away that only this person sees."""
    person, channel, message = control.message(wanted)
    if message.ephemeral_to != person.id:
        raise NotPossible("Only a message that nobody else sees can be dismissed.")
    channel.drop(message)
    about = {"channel": channel.id, "user": person.id, "ts": message.ts, "change": "deleted"}
    control.workspace.happened({"type": "sandbox_ephemeral"} | about)
    return {"ts": message.ts}


@verb
async def talk(control: Control, wanted: Json) -> Json:
    """Opens the conversation of two people, or of one with the bot."""
    person, other = control.person(wanted), control.workspace.person(needed(wanted, "to"))
    if other.id == person.id:
        raise NotPossible("Choose somebody else to write to.")
    channel = control.workspace.dm(person.id, other.id)
    control.workspace.happened({"type": "sandbox_channel", "channel": channel.id})
    return {"channel": channel.id}


@verb
async def words(control: Control, wanted: Json) -> Json:
    """Asks the bot for the help of each of its commands, and shows nothing of it in any channel."""
    person, found = control.person(wanted), {}
    for command in control.workspace.installed.commands:
        if known := await control.hands.words(person, command):
            found[command] = known
    return {"words": found}
