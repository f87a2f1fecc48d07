"""Control verbs for what people do to channels and to each other: join, invite, rename, archive."""

from __future__ import annotations

from bot.sandbox import acts
from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.channels import Channel
from bot.sandbox.control import Control, needed, verb
from bot.sandbox.people import Person


@verb
async def join(control: Control, wanted: Json) -> Json:
    person = control.person(wanted)
    channel = control.workspace.channel(needed(wanted, "channel"))
    if channel.is_private or channel.is_archived:
        raise NotPossible(f"{person.first_name} cannot join #{channel.name}.")
    if person.id not in channel.members:
        acts.join(control.workspace, channel, person.id)
    return {"channel": channel.id}


@verb
async def leave(control: Control, wanted: Json) -> Json:
    channel = control.channel(wanted)
    acts.leave(control.workspace, channel, control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def invite(control: Control, wanted: Json) -> Json:
    channel, who = control.channel(wanted), control.workspace.person(needed(wanted, "who"))
    if who.id not in channel.members:
        acts.join(control.workspace, channel, who.id, inviter=control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def kick(control: Control, wanted: Json) -> Json:
    """Takes somebody out of a channel; the bot too."""
    channel, who = control.channel(wanted), control.workspace.person(needed(wanted, "who"))
    if who.id in channel.members:
        acts.leave(control.workspace, channel, who.id)
    return {"channel": channel.id}


@verb
async def create(control: Control, wanted: Json) -> Json:
    person, name = control.person(wanted), needed(wanted, "name")
    if control.workspace.named(name):
        raise NotPossible(f"There is a channel {name!r} already.")
    workspace = control.workspace
    channel = Channel(workspace.next_id("C"), name, person.id, int(workspace.now()), [person.id])
    channel.is_private = bool(wanted.get("is_private"))
    workspace.channels[channel.id] = channel
    workspace.happened({"type": "sandbox_channel", "channel": channel.id})
    return {"channel": channel.id}


@verb
async def archive(control: Control, wanted: Json) -> Json:
    channel = control.writable(wanted)
    acts.archive(control.workspace, channel, by=control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def unarchive(control: Control, wanted: Json) -> Json:
    channel = control.workspace.channel(needed(wanted, "channel"))
    acts.unarchive(control.workspace, channel, by=control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def rename(control: Control, wanted: Json) -> Json:
    channel = control.writable(wanted)
    acts.rename(control.workspace, channel, needed(wanted, "name"), by=control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def topic(control: Control, wanted: Json) -> Json:
    channel = control.writable(wanted)
    acts.set_topic(control.workspace, channel, wanted.get("text", ""), by=control.person(wanted).id)
    return {"channel": channel.id}


@verb
async def hire(control: Control, wanted: Json) -> Json:
    """Adds somebody to the company."""
    name = needed(wanted, "name")
    handle = wanted.get("handle") or name.split()[0].lower()
    id, email = f"U0{handle.upper()}", wanted.get("email") or f"{handle}@example.com"
    zone = wanted.get("timezone", "Europe/London")
    if id in control.workspace.people:
        raise NotPossible(f"Somebody is called {handle!r} already.")
    person = Person(id, handle, name, email, zone, is_guest=bool(wanted.get("is_guest")))
    control.workspace.people[id] = person
    control.workspace.channels["C0GENERAL"].members.append(id)
    control.workspace.happened({"type": "sandbox_channel", "channel": "C0GENERAL"})
    event = {"type": "team_join", "user": person.shown(), "event_ts": control.workspace.stamp()}
    control.workspace.happened(event)
    return {"user": id}


@verb
async def deactivate(control: Control, wanted: Json) -> Json:
    """Takes an account away, as when somebody leaves the company; `active: true` gives it back."""
    person = control.workspace.person(needed(wanted, "user"))
    person.is_active = bool(wanted.get("active", False))
    stamp = control.workspace.stamp()
    person.updated = int(control.workspace.now())
    control.workspace.happened({"type": "user_change", "user": person.shown(), "event_ts": stamp})
    return {"user": person.id}


@verb
async def timezone(control: Control, wanted: Json) -> Json:
    """Moves somebody to another zone."""
    person = control.person(wanted)
    person.timezone = needed(wanted, "timezone")
    stamp = control.workspace.stamp()
    control.workspace.happened({"type": "user_change", "user": person.shown(), "event_ts": stamp})
    return {"user": person.id}
