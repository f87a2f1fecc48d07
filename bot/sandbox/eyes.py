"""Who sees what: turns each thing that happens into events for the pages of those who may know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.answers import Json
from bot.sandbox.channels import Channel, Message
from bot.sandbox.people import Person
from bot.sandbox.workspace import Workspace


def may_look(person: Person, channel: Channel) -> bool:
    """Private rooms are for their members alone; a guest is shown no other room at all."""
    is_closed = channel.is_private or channel.is_im or person.is_guest
    return person.id in channel.members or not is_closed


def audience(workspace: Workspace, channel: Channel) -> set[str]:
    return {one.id for one in workspace.people.values() if may_look(one, channel)}


def is_on_main_screen(message: Message) -> bool:
    """A reply is in its thread only, unless it was sent to the channel as well."""
    is_reply = message.thread_ts not in (None, message.ts)
    return not is_reply or message.subtype == "thread_broadcast"


def shown_message(channel: Channel, message: Message) -> Json:
    return channel.shown_message(message) | {"ephemeral_to": message.ephemeral_to}


def shown_channel(channel: Channel) -> Json:
    """Returns a channel as pages draw it; whether somebody is a member, `members` says."""
    top = next((one for one in reversed(channel.lasting()) if is_on_main_screen(one)), None)
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_general": channel.is_general,
        "is_archived": channel.is_archived,
        "created": channel.created,
        "creator": channel.creator,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "members": list(channel.members),
        "pins": [ts for ts, _, _ in channel.pins],
        "bookmarks": [one.shown() for one in channel.bookmarks],
        "last_ts": top.ts if top else "",
    }


class Eyes:
    """Listens to the workspace and tells its stream."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._heard: dict[str, Callable[[Json], Any]] = {
            "message": self._message,
            "sandbox_ephemeral": self._ephemeral,
            "reaction_added": self._marked,
            "reaction_removed": self._marked,
            "pin_added": self._pinned,
            "pin_removed": self._pinned,
            "member_left_channel": self._left,
            "member_joined_channel": self._channel,
            "sandbox_channel": self._channel,
            "sandbox_bookmarks": self._channel,
            "sandbox_view": self._view,
            "sandbox_home": self._home,
            "team_join": self._person,
            "user_change": self._person,
        }
        for what in ("created", "rename", "archive", "unarchive"):
            self._heard[f"channel_{what}"] = self._heard[f"group_{what}"] = self._channel
        workspace.listeners.append(self.hear)

    def hear(self, event: Json, channel: Channel | None) -> None:
        if heard := self._heard.get(event["type"]):
            heard(event)

    def _room(self, event: Json) -> Channel | None:
        """Returns the channel of an event; a made-up event may name none that is there."""
        named = event.get("channel") or event.get("channel_id") or ""
        return self.workspace.channels.get(named["id"] if isinstance(named, dict) else named)

    def _tell(self, kind: str, channel: Channel, data: Json, only: str | None = None) -> None:
        to = audience(self.workspace, channel)
        self.workspace.tell(kind, {"channel": channel.id} | data, to=to & {only} if only else to)

    def _message(self, event: Json) -> None:
        channel, subtype = self._room(event), event.get("subtype")
        if channel is None:
            return
        if subtype == "message_changed":
            self._changed(channel, event["message"]["ts"])
        elif subtype == "message_deleted":
            self._deleted(channel, event)
        else:
            self._said(channel, event["ts"])

    def _said(self, channel: Channel, ts: str) -> None:
        message = channel.by_ts.get(ts)
        if message is None:
            return
        if channel.is_im and len(channel.messages) == 1:
            self._channel({"channel": channel.id})
        self._tell("message", channel, {"message": shown_message(channel, message)}, message.ephemeral_to)
        if message.thread_ts and message.thread_ts != ts:
            self._changed(channel, message.thread_ts)
        if message.subtype in ("channel_topic", "channel_purpose", "group_topic", "group_purpose"):
            self._channel({"channel": channel.id})

    def _changed(self, channel: Channel, ts: str) -> None:
        if message := channel.by_ts.get(ts):
            shown = {"message": shown_message(channel, message)}
            self._tell("changed", channel, shown, message.ephemeral_to)

    def _deleted(self, channel: Channel, event: Json) -> None:
        self._tell("deleted", channel, {"ts": event["deleted_ts"]})
        if parent := event.get("previous_message", {}).get("thread_ts"):
            self._changed(channel, parent)
        self._channel({"channel": channel.id})

    def _ephemeral(self, event: Json) -> None:
        """What only one person sees was shown, changed or taken away: `change` says which."""
        channel, change = self._room(event), event.get("change", "message")
        if channel is None:
            return
        message = channel.by_ts.get(event["ts"])
        if change == "deleted" or message is None:
            self._tell("deleted", channel, {"ts": event["ts"]}, event["user"])
        else:
            self._tell(change, channel, {"message": shown_message(channel, message)}, event["user"])

    def _marked(self, event: Json) -> None:
        item = event.get("item", {})
        if channel := self._room(item):
            self._changed(channel, item.get("ts", ""))

    def _pinned(self, event: Json) -> None:
        if channel := self._room(event):
            self._changed(channel, event["item"]["message"]["ts"])
            self._channel(event)

    def _channel(self, event: Json) -> None:
        if channel := self._room(event):
            shown = {"channel": shown_channel(channel)}
            self.workspace.tell("channel", shown, to=audience(self.workspace, channel))

    def _left(self, event: Json) -> None:
        """Slack tells it while the person is still in; pages see the room as it is then without them."""
        channel = self._room(event)
        if channel is None:
            return
        user = event["user"]
        person = self.workspace.people.get(user)
        left = [one for one in channel.members if one != user]
        to = audience(self.workspace, channel)
        if channel.is_private or (person and person.is_guest):
            to.discard(user)
            self.workspace.tell("gone", {"channel": channel.id}, to={user})
        self.workspace.tell("channel", {"channel": shown_channel(channel) | {"members": left}}, to=to)

    def _view(self, event: Json) -> None:
        user = event["user"]
        views = [view.shown() for view in self.workspace.stacks.get(user, [])]
        self.workspace.tell("views", {"views": views}, to={user})

    def _home(self, event: Json) -> None:
        user = event["user"]
        view = self.workspace.homes.get(user)
        self.workspace.tell("home", {"view": view.shown() if view else None}, to={user})

    def _person(self, event: Json) -> None:
        if isinstance(event.get("user"), dict):
            self.workspace.tell("person", {"person": event["user"]})
