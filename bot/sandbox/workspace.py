"""The whole state of the sandbox, and how its things are found; what happens to them is in acts.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.answers import ApiError, Json, NotPossible
from bot.sandbox.channels import Channel, Message
from bot.sandbox.conditions import Conditions
from bot.sandbox.people import BOT_USER, Person, Usergroup, slackbot, the_bot, the_cast, the_groups
from bot.sandbox.sign_ins import SignIns
from bot.sandbox.stream import Stream
from bot.sandbox.traffic import Traffic
from bot.sandbox.triggers import Hooks, Triggers
from bot.sandbox.views import View
from bot.sandbox.world import World

EVENTS = [
    "app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_created",
    "channel_id_changed", "channel_rename", "channel_unarchive", "file_shared", "group_archive",
    "group_rename", "group_unarchive", "link_shared", "member_joined_channel", "member_left_channel",
    "message.channels", "message.groups", "message.im", "pin_added", "pin_removed", "reaction_added",
    "reaction_removed", "subteam_members_changed", "team_join", "tokens_revoked", "user_change",
]  # fmt: skip
SCOPES = [
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "canvases:read", "canvases:write",
    "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write", "commands",
    "files:read", "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:read",
    "im:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "team:read",
    "usergroups:read", "users:read", "users:read.email",
]  # fmt: skip
# What Slack shows beside a command while it is typed, and on the shortcuts' menus.
HINTS: dict[str, Json] = {
    "/incident": {
        "usage_hint": "new sev2 Checkout is down | list | help",
        "description": "Declare and run an incident",
    },
    "declare": {"name": "Declare incident", "description": "Something is wrong: open an incident"},
    "add_to_timeline": {
        "name": "Add to timeline",
        "description": "Put this message on an incident's timeline",
    },
    "create_action": {
        "name": "Create action item",
        "description": "Make this message something that somebody does",
    },
}
SHORTCUTS = {"declare": "shortcut", "add_to_timeline": "message_action", "create_action": "message_action"}


@dataclass
class Installed:
    """What an operator would have set up in the app's pages at Slack."""

    bot_token: str = "xoxb-sandbox"
    app_token: str = "xapp-sandbox"
    signing_secret: str = "sandbox-signing-secret"
    bot_url: str = ""
    client_id: str = "1234567890.1234567890"
    client_secret: str = "sandbox-client-secret"
    redirect_urls: list[str] = field(default_factory=list)  # of sign-ins; empty: anywhere on the bot's host
    commands: list[str] = field(default_factory=lambda: ["/incident"])
    escapes_commands: bool = True
    shortcuts: dict[str, str] = field(default_factory=lambda: dict(SHORTCUTS))
    events: list[str] = field(default_factory=lambda: list(EVENTS))
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    hints: dict[str, Json] = field(default_factory=lambda: dict(HINTS))

    def offered(self) -> Json:
        """Returns the commands and shortcuts with the words that people see."""
        return {
            "commands": [
                {"command": one, "usage_hint": "", "description": ""} | self.hints.get(one, {})
                for one in self.commands
            ],
            "shortcuts": [
                {"callback_id": id, "type": kind, "name": id, "description": ""} | self.hints.get(id, {})
                for id, kind in self.shortcuts.items()
            ],
        }


class Workspace:
    """One team with its people, channels and screens; `clock` returns seconds since 1970."""

    def __init__(
        self, clock: Callable[[], float] = time.time, installed: Installed | None = None, base_url: str = ""
    ) -> None:
        self.clock = clock
        self.skipped = 0.0
        self.base_url = base_url
        self.installed = installed or Installed()
        self.conditions = Conditions()
        self.traffic = Traffic(on_end=lambda call: self.tell("traffic", {"call": call.brief()}))
        self.people: dict[str, Person] = {one.id: one for one in [the_bot(), slackbot(), *the_cast()]}
        self.groups: list[Usergroup] = the_groups()
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.scheduled: dict[str, Json] = {}
        self.tickets: set[str] = set()
        self.links: dict[str, str] = {}
        self.is_linked: Callable[[], bool] = lambda: False
        self.stream = Stream()
        self.triggers = Triggers(self)
        self.hooks = Hooks(self)
        self.sign_ins = SignIns(self.now)
        self.world = World(self)
        self.listeners: list[Callable[[Json, Channel | None], None]] = []
        self._last_ts = 0
        self._counted = 0
        _furnish(self)

    def now(self) -> float:
        return self.clock() + self.skipped

    @property
    def bot_url(self) -> str:
        """Returns where the bot takes commands, or nothing."""
        return self.installed.bot_url

    def stamp(self) -> str:
        """Returns the next ts: six decimals, never the same twice."""
        self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, letter: str) -> str:
        self._counted += 1
        return f"{letter}0SBX{self._counted:05d}"

    def happened(self, event: Json, channel: Channel | None = None) -> None:
        """Tells everyone who listens: the bot's subscription, and pages that watch."""
        for listener in self.listeners:
            listener(event, channel)

    def tell(self, kind: str, data: Json, *, to: set[str] | None = None) -> None:
        """Puts an event on the pages of these people, or of everyone; from any thread."""
        self.stream.tell(kind, data, to)

    def person(self, wanted: str) -> Person:
        """Returns a person by id, handle, first or whole name."""
        if wanted in self.people:
            return self.people[wanted]
        low = wanted.lower().lstrip("@")
        for person in self.people.values():
            if low in (person.handle, person.name.lower(), person.first_name.lower()):
                return person
        raise NotPossible(f"Nobody here is called {wanted!r}.")

    def channel(self, wanted: str, user: str | None = None) -> Channel:
        """Returns a channel by id or name; "dm" is the user's own with the bot."""
        if wanted in self.channels:
            return self.channels[wanted]
        if wanted in ("dm", "@closeout", "closeout") and user:
            return self.dm(user)
        for channel in self.channels.values():
            if not channel.is_im and channel.name == wanted.lstrip("#"):
                return channel
        raise NotPossible(f"There is no channel {wanted!r}.")

    def dm(self, user: str, other: str = BOT_USER) -> Channel:
        """Returns the conversation of a person with the bot or another, and opens it when there is none."""
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == {user, other}:
                return channel
        opened = Channel(self.next_id("D"), "", other, int(self.now()), [other, user], is_im=True)
        self.channels[opened.id] = opened
        return opened

    def channel_for_bot(self, wanted: str, *, joined: bool = False) -> Channel:
        """Returns the channel that a Web API call names, as far as the bot can see it."""
        channel = self.channels.get(wanted)
        is_closed = channel is not None and (channel.is_private or channel.is_im)
        if channel is None or (is_closed and BOT_USER not in channel.members):
            raise ApiError("channel_not_found")
        if joined and BOT_USER not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def message_for_bot(self, channel: Channel, ts: str) -> Message:
        message = channel.by_ts.get(ts)
        if message is None or message.ephemeral_to is not None:
            raise ApiError("message_not_found")
        return message

    def named(self, name: str) -> Channel | None:
        return next((one for one in self.channels.values() if not one.is_im and one.name == name), None)


def _furnish(workspace: Workspace) -> None:
    """Puts the company's channels in; incidents is the only one where the bot is already."""
    everyone = [one.id for one in the_cast()]
    staff = [one.id for one in the_cast() if not one.is_guest]
    rooms = [
        ("C0GENERAL", "general", everyone),
        ("C0RANDOM", "random", staff),
        ("C0INCIDENTS", "incidents", [*staff, BOT_USER]),
        ("C0PAYMENTS", "team-payments", ["U0ADA", "U0BEN", "U0CHEN"]),
        ("C0PLATFORM", "team-platform", ["U0DANA", "U0ELI", "U0FAY", "U0HANA"]),
    ]
    for id, name, members in rooms:
        channel = Channel(id, name, "U0ADA", int(workspace.now()), members, is_general=name == "general")
        workspace.channels[id] = channel
