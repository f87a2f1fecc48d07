"""Web API methods that read channels and their history, or open a direct one."""

from __future__ import annotations

import re

from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.channels import Message
from bot.sandbox.methods import method, page
from bot.sandbox.methods_people import listed
from bot.sandbox.people import BOT_USER
from bot.sandbox.workspace import Workspace

TS = re.compile(r"\d{1,12}(\.\d{1,6})?")


@method("conversations.info")
def info(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    return {"channel": channel.shown(count=args.flag("include_num_members"))}


@method("conversations.list")
def list_(workspace: Workspace, args: Args) -> Json:
    channels, more = page(listed(workspace, args), args, default=100, most=999)
    return {"channels": [one.shown(count=True) for one in channels]} | more


@method("conversations.members")
def members(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    found, more = page(channel.members, args, default=100)
    return {"members": found} | more


@method("conversations.open")
def open_(workspace: Workspace, args: Args) -> Json:
    if args.has("channel"):
        channel = workspace.channel_for_bot(args.text("channel"))
    else:
        channel = workspace.dm(_other(workspace, args.ids("users")))
    full = args.flag("return_im")
    return {"channel": channel.shown() if full else {"id": channel.id}}


def _other(workspace: Workspace, users: list[str]) -> str:
    """Returns the one person to talk to; group conversations are not served here."""
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > 1:
        raise ApiError("method_not_supported_for_channel_type")
    person = workspace.people.get(users[0])
    if person is None or person.id == BOT_USER:
        raise ApiError("user_not_found")
    if not person.is_active:
        raise ApiError("user_disabled")
    return person.id


@method("conversations.history")
def history(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"), joined=True)
    found = [one for one in _between(channel.lasting(), args) if _is_top(one)]
    limit = args.number("limit", 100)
    messages, more = page(found[::-1], args, default=100, most=999)
    metadata = args.flag("include_all_metadata")
    return {
        "messages": [channel.shown_message(one, metadata=metadata) for one in messages],
        "has_more": len(found) > limit and bool(more["response_metadata"]["next_cursor"]),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    } | (more if more["response_metadata"]["next_cursor"] else {})


@method("conversations.replies")
def replies(workspace: Workspace, args: Args) -> Json:
    """A reply's ts is accepted too, and answers with that reply alone, as Slack does."""
    channel = workspace.channel_for_bot(args.need("channel"), joined=True)
    parent = channel.by_ts.get(_ts(args.need("ts"), "thread_not_found"))
    if parent is None or parent.ephemeral_to:
        raise ApiError("thread_not_found")
    found = [parent, *_between(channel.replies.get(parent.ts, []), args)]
    messages, more = page(found, args, default=1000)
    metadata = args.flag("include_all_metadata")
    shown = [channel.shown_message(one, metadata=metadata) for one in messages]
    cursor = more["response_metadata"]["next_cursor"]
    return {"messages": shown, "has_more": bool(cursor)} | (more if cursor else {})


def _is_top(message: Message) -> bool:
    is_reply = message.thread_ts is not None and message.thread_ts != message.ts
    return not is_reply or message.subtype == "thread_broadcast"


def _between(messages: list[Message], args: Args) -> list[Message]:
    """Returns the messages between oldest and latest; both bounds are exclusive unless inclusive is set."""
    oldest = _key(_ts(args.text("oldest", "0"), "invalid_ts_oldest"))
    latest = _key(_ts(args.text("latest") or "9999999999.999999", "invalid_ts_latest"))
    if args.flag("inclusive"):
        return [one for one in messages if oldest <= _key(one.ts) <= latest]
    return [one for one in messages if oldest < _key(one.ts) < latest]


def _key(ts: str) -> tuple[int, str]:
    seconds, _, rest = ts.partition(".")
    return int(seconds), rest.ljust(6, "0")


def _ts(value: str, error: str) -> str:
    if not TS.fullmatch(value):
        raise ApiError(error)
    return value
