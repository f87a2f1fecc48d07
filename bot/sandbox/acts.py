"""What can happen in a workspace, whoever does it: each act changes the state and tells it as Slack would."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.channels import Channel, Message
from bot.sandbox.people import BOT_USER, TEAM_ID
from bot.sandbox.workspace import Workspace


def post(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Adds a message that stays, and tells those who subscribed."""
    channel.add(message)
    event = message.shown(metadata=True) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    workspace.happened(event, channel)
    if f"<@{BOT_USER}>" in message.text and message.user != BOT_USER and not channel.is_im:
        mention = {key: event[key] for key in ("user", "text", "ts", "team", "channel", "event_ts")}
        workspace.happened({"type": "app_mention"} | mention, channel)
    return message


def whisper(workspace: Workspace, channel: Channel, user: str, message: Message) -> Message:
    """Shows a message to one person; nobody else hears of it."""
    message.ephemeral_to = user
    channel.add(message)
    workspace.happened({"type": "sandbox_ephemeral", "channel": channel.id, "user": user, "ts": message.ts})
    return message


def note(workspace: Workspace, channel: Channel, user: str, subtype: str, text: str, extra: Json) -> None:
    """Posts the system message that Slack itself writes on joins, topics and the like."""
    message = Message(workspace.stamp(), user, text, subtype=subtype, extra=extra)
    post(workspace, channel, message)


def edit(workspace: Workspace, channel: Channel, message: Message, changes: Json, *, by: str) -> None:
    """Changes a message and tells it with the old content beside the new."""
    previous = message.shown(metadata=True)
    for name, value in changes.items():
        setattr(message, name, value)
    stamp = workspace.stamp()
    # A preview that Slack adds to a link is no edit in the eyes of people.
    if by != "USLACKBOT":
        message.edited = {"user": by, "ts": f"{stamp.split('.')[0]}.000000"}
    workspace.happened(
        {
            "type": "message",
            "subtype": "message_changed",
            "message": message.shown(metadata=True),
            "previous_message": previous,
            "channel": channel.id,
            "hidden": True,
            "ts": stamp,
            "event_ts": stamp,
            "channel_type": channel.kind,
        },
        channel,
    )


def delete(workspace: Workspace, channel: Channel, message: Message) -> None:
    channel.drop(message)
    channel.pins = [pin for pin in channel.pins if pin[0] != message.ts]
    stamp = workspace.stamp()
    workspace.happened(
        {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": message.shown(),
            "channel": channel.id,
            "hidden": True,
            "deleted_ts": message.ts,
            "ts": stamp,
            "event_ts": stamp,
            "channel_type": channel.kind,
        },
        channel,
    )


def join(workspace: Workspace, channel: Channel, user: str, *, inviter: str | None = None) -> None:
    channel.members.append(user)
    extra: Json = {"inviter": inviter} if inviter else {}
    subtype = "group_join" if channel.is_private else "channel_join"
    note(workspace, channel, user, subtype, f"<@{user}> has joined the channel", extra)
    workspace.happened(_membership("member_joined_channel", channel, user, workspace) | extra, channel)


def leave(workspace: Workspace, channel: Channel, user: str) -> None:
    """Takes a person out; the bot still hears of its own leaving."""
    subtype = "group_leave" if channel.is_private else "channel_leave"
    note(workspace, channel, user, subtype, f"<@{user}> has left the channel", {})
    workspace.happened(_membership("member_left_channel", channel, user, workspace), channel)
    channel.members.remove(user)


def _membership(kind: str, channel: Channel, user: str, workspace: Workspace) -> Json:
    return {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": TEAM_ID,
        "event_ts": workspace.stamp(),
    }


def set_topic(workspace: Workspace, channel: Channel, topic: str, *, by: str) -> None:
    channel.topic = topic
    note(workspace, channel, by, "channel_topic", f"set the channel topic: {topic}", {"topic": topic})


def set_purpose(workspace: Workspace, channel: Channel, purpose: str, *, by: str) -> None:
    channel.purpose = purpose
    text = f"set the channel description: {purpose}"
    note(workspace, channel, by, "channel_purpose", text, {"purpose": purpose})


def rename(workspace: Workspace, channel: Channel, name: str, *, by: str) -> None:
    old, channel.name = channel.name, name
    channel.previous_names.insert(0, old)
    text = f'has renamed the channel from "{old}" to "{name}"'
    note(workspace, channel, by, "channel_name", text, {"old_name": old, "name": name})
    about = {"id": channel.id, "name": name, "created": channel.created}
    kind = "group_rename" if channel.is_private else "channel_rename"
    workspace.happened({"type": kind, "channel": about, "event_ts": workspace.stamp()}, channel)


def archive(workspace: Workspace, channel: Channel, *, by: str) -> None:
    """Closes a channel; the members stay listed but nobody can write there."""
    note(workspace, channel, by, "channel_archive", f"<@{by}> archived the channel", {})
    channel.is_archived = True
    _moved(workspace, channel, "archive", by)


def unarchive(workspace: Workspace, channel: Channel, *, by: str) -> None:
    channel.is_archived = False
    if by not in channel.members:
        channel.members.append(by)
    note(workspace, channel, by, "channel_unarchive", f"<@{by}> un-archived the channel", {})
    _moved(workspace, channel, "unarchive", by)


def _moved(workspace: Workspace, channel: Channel, what: str, by: str) -> None:
    kind = ("group_" if channel.is_private else "channel_") + what
    event = {"type": kind, "channel": channel.id, "user": by, "is_moved": 0, "event_ts": workspace.stamp()}
    workspace.happened(event, channel)


def react(workspace: Workspace, channel: Channel, message: Message, name: str, *, by: str) -> bool:
    """Adds a reaction; returns False when that person has put it there before."""
    users = message.reactions.setdefault(name, [])
    if by in users:
        return False
    users.append(by)
    _reacted("reaction_added", workspace, channel, message, name, by)
    return True


def unreact(workspace: Workspace, channel: Channel, message: Message, name: str, *, by: str) -> bool:
    """Takes a reaction away; returns False when there was none."""
    users = message.reactions.get(name, [])
    if by not in users:
        return False
    users.remove(by)
    if not users:
        del message.reactions[name]
    _reacted("reaction_removed", workspace, channel, message, name, by)
    return True


def _reacted(kind: str, workspace: Workspace, channel: Channel, message: Message, name: str, by: str) -> None:
    event = {
        "type": kind,
        "user": by,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "event_ts": workspace.stamp(),
    }
    workspace.happened(event, channel)


def pin(workspace: Workspace, channel: Channel, message: Message, *, by: str) -> None:
    message.is_pinned = True
    channel.pins.insert(0, (message.ts, by, int(workspace.now())))
    _pinned("pin_added", workspace, channel, message, by)


def unpin(workspace: Workspace, channel: Channel, message: Message, *, by: str) -> None:
    message.is_pinned = False
    channel.pins = [one for one in channel.pins if one[0] != message.ts]
    _pinned("pin_removed", workspace, channel, message, by)


def _pinned(kind: str, workspace: Workspace, channel: Channel, message: Message, by: str) -> None:
    item = {
        "type": "message",
        "channel": channel.id,
        "created": int(workspace.now()),
        "created_by": by,
        "message": message.shown(channel=channel.id),
    }
    event = {
        "type": kind,
        "user": by,
        "channel_id": channel.id,
        "item": item,
        "pin_count": len(channel.pins),
        "event_ts": workspace.stamp(),
    }
    workspace.happened(event, channel)
