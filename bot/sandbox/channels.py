"""Channels and the messages in them, and how the Web API shows both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.answers import Json
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_ID


@dataclass
class Message:
    ts: str
    user: str
    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    is_pinned: bool = False
    ephemeral_to: str | None = None
    extra: Json = field(default_factory=dict)

    @property
    def is_from_bot(self) -> bool:
        return self.user == BOT_USER and self.subtype is None

    def shown(self, *, metadata: bool = False, channel: str | None = None) -> Json:
        """Returns the message as history, events and payloads carry it."""
        shown: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        optional: list[tuple[str, Any]] = [
            ("subtype", self.subtype),
            ("blocks", self.blocks),
            ("attachments", self.attachments),
            ("thread_ts", self.thread_ts),
            ("edited", self.edited),
            ("files", self.files),
            ("metadata", self.metadata if metadata else None),
            ("reactions", self._reactions()),
            ("pinned_to", [channel] if self.is_pinned and channel else None),
        ]
        shown.update({name: value for name, value in optional if value})
        return shown | self._origin() | self.extra

    def _origin(self) -> Json:
        if not self.is_from_bot:
            return {"team": TEAM_ID}
        return {"team": TEAM_ID, "bot_id": BOT_ID, "app_id": APP_ID}

    def _reactions(self) -> list[Json]:
        return [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in self.reactions.items()
        ]


@dataclass
class Bookmark:
    id: str
    channel_id: str
    title: str
    link: str
    emoji: str = ""
    created: int = 0
    updated: int = 0

    def shown(self) -> Json:
        return {
            "id": self.id,
            "channel_id": self.channel_id,
            "title": self.title,
            "link": self.link,
            "emoji": self.emoji,
            "icon_url": None,
            "type": "link",
            "entity_id": None,
            "date_created": self.created,
            "date_updated": self.updated,
            "rank": "g",
            "last_updated_by_user_id": BOT_USER,
            "last_updated_by_team_id": TEAM_ID,
            "shortcut_id": None,
            "app_id": None,
        }


@dataclass
class Channel:
    id: str
    name: str
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    is_general: bool = False
    is_archived: bool = False
    topic: str = ""
    purpose: str = ""
    messages: list[Message] = field(default_factory=list)
    pins: list[tuple[str, str, int]] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)
    previous_names: list[str] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, message: Message) -> Message:
        self.messages.append(message)
        self.by_ts[message.ts] = message
        if message.thread_ts and message.thread_ts != message.ts:
            self.replies.setdefault(message.thread_ts, []).append(message)
        return message

    def drop(self, message: Message) -> None:
        self.messages.remove(message)
        del self.by_ts[message.ts]
        if message.thread_ts and message in self.replies.get(message.thread_ts, []):
            self.replies[message.thread_ts].remove(message)

    def lasting(self) -> list[Message]:
        """Returns what is stored for good: an ephemeral message is on one screen only."""
        return [message for message in self.messages if message.ephemeral_to is None]

    @property
    def kind(self) -> str:
        """Returns the channel_type of a message event."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    def shown(self, *, count: bool = False) -> Json:
        if self.is_im:
            return self._shown_im()
        shown: Json = {
            **{"id": self.id, "name": self.name, "name_normalized": self.name},
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "created": self.created,
            "creator": self.creator,
            "is_archived": self.is_archived,
            "is_general": self.is_general,
            "is_member": BOT_USER in self.members,
            **dict.fromkeys(("is_shared", "is_ext_shared", "is_org_shared"), False),
            "pending_shared": [],
            "context_team_id": TEAM_ID,
            "unlinked": 0,
            "topic": self._said(self.topic),
            "purpose": self._said(self.purpose),
            "previous_names": list(self.previous_names),
        }
        return shown | ({"num_members": len(self.members)} if count else {})

    def _said(self, words: str) -> Json:
        return {"value": words, "creator": self.creator if words else "", "last_set": self.created}

    def _shown_im(self) -> Json:
        other = next(one for one in self.members if one != BOT_USER)
        return {
            "id": self.id,
            "created": self.created,
            "is_im": True,
            "is_archived": False,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
            "user": other,
            "is_user_deleted": False,
            "priority": 0,
        }

    def shown_message(self, message: Message, *, metadata: bool = False) -> Json:
        """Returns a message with the counts of its thread."""
        shown = message.shown(metadata=metadata, channel=self.id)
        replies = [one for one in self.replies.get(message.ts, []) if one.ephemeral_to is None]
        if not replies:
            return shown
        users = list(dict.fromkeys(reply.user for reply in replies))
        return shown | {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1].ts,
            "is_locked": False,
            "subscribed": message.user == BOT_USER,
        }
