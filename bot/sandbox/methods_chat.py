"""Web API methods that write, change and take away messages."""

from __future__ import annotations

from typing import Any

from bot.sandbox import acts
from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.channels import Channel, Message
from bot.sandbox.contract import cut_text
from bot.sandbox.methods import method
from bot.sandbox.people import BOT_USER
from bot.sandbox.views import blocks_with_ids
from bot.sandbox.workspace import Workspace

FURTHEST = 120 * 24 * 3600


@method("chat.postMessage")
def post_message(workspace: Workspace, args: Args) -> Json:
    channel = writable(workspace, args.need("channel"))
    message = composed(workspace, channel, args)
    acts.post(workspace, channel, message)
    answer: Json = {"channel": channel.id, "ts": message.ts, "message": message.shown(metadata=True)}
    return answer | _warned(args)


def writable(workspace: Workspace, wanted: str) -> Channel:
    """Returns the channel to post in; a person's id means the direct one, a name works too, as at Slack."""
    person = workspace.people.get(wanted)
    if person and person.id != BOT_USER:
        return workspace.dm(person.id)
    named = workspace.named(wanted.removeprefix("#"))
    channel = workspace.channel_for_bot(named.id if named else wanted, joined=True)
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def composed(workspace: Workspace, channel: Channel, args: Args) -> Message:
    """Builds a message out of the arguments that all chat methods share."""
    text = cut_text(args.text("text"))[0] or args.text("markdown_text")
    thread = args.text("thread_ts") or None
    if thread:
        thread = _thread(channel, thread)
    is_broadcast = bool(thread) and args.flag("reply_broadcast")
    return Message(
        workspace.stamp(),
        BOT_USER,
        text,
        blocks=_blocks(args),
        attachments=args.data("attachments", "invalid_attachments"),
        thread_ts=thread,
        subtype="thread_broadcast" if is_broadcast else None,
        metadata=args.data("metadata", "invalid_metadata_format") or None,
        extra=_dressed(args),
    )


def _thread(channel: Channel, ts: str) -> str:
    """Returns the thread's first message: replying to a reply lands beside it, as in Slack."""
    parent = channel.by_ts.get(ts)
    if parent is None or parent.ephemeral_to:
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _blocks(args: Args) -> list[Json] | None:
    if args.text("markdown_text"):
        return blocks_with_ids([{"type": "markdown", "text": args.text("markdown_text")}])
    blocks = args.data("blocks", "invalid_blocks_format")
    return blocks_with_ids(blocks) if blocks else None


def _dressed(args: Args) -> Json:
    """Returns the borrowed name and icon, when the app posts as somebody."""
    extra: Json = {}
    if args.text("username"):
        extra["username"] = args.text("username")
    if args.text("icon_emoji") or args.text("icon_url"):
        extra["icons"] = {"emoji": args.text("icon_emoji"), "image_48": args.text("icon_url")}
    return extra


def _warned(args: Args) -> Json:
    _, warnings = cut_text(args.text("text"))
    if not warnings:
        return {}
    return {"warning": ",".join(warnings), "response_metadata": {"warnings": warnings}}


@method("chat.update")
def update(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    message = workspace.message_for_bot(channel, args.need("ts"))
    if message.user != BOT_USER or message.subtype not in (None, "thread_broadcast"):
        raise ApiError("cant_update_message")
    changes = _changes(args, message)
    acts.edit(workspace, channel, message, changes, by=BOT_USER)
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return answer | {"message": message.shown(metadata=True)}


def _changes(args: Args, message: Message) -> Json:
    """Leaves what the call does not name; only an empty list takes blocks off, an empty object metadata."""
    changes: dict[str, Any] = {}
    if args.has("text") or args.has("markdown_text"):
        changes["text"] = args.text("text") or args.text("markdown_text")
    if args.has("blocks") or args.has("markdown_text"):
        changes["blocks"] = _blocks(args)
    if args.has("attachments"):
        changes["attachments"] = args.data("attachments", "invalid_attachments")
    if args.has("metadata"):
        changes["metadata"] = args.data("metadata", "invalid_metadata_format") or None
    return changes


@method("chat.delete")
def delete(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    message = workspace.message_for_bot(channel, args.need("ts"))
    if message.user != BOT_USER:
        raise ApiError("cant_delete_message")
    acts.delete(workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral")
def post_ephemeral(workspace: Workspace, args: Args) -> Json:
    channel = writable(workspace, args.need("channel"))
    if args.need("user") not in channel.members:
        raise ApiError("user_not_in_channel")
    message = composed(workspace, channel, args)
    acts.whisper(workspace, channel, args.need("user"), message)
    return {"message_ts": message.ts}


@method("chat.getPermalink")
def get_permalink(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    message = workspace.message_for_bot(channel, args.need("message_ts"))
    return {"channel": channel.id, "permalink": permalink(workspace, channel, message)}


def permalink(workspace: Workspace, channel: Channel, message: Message) -> str:
    link = f"{workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return link


@method("chat.scheduleMessage")
def schedule_message(workspace: Workspace, args: Args) -> Json:
    channel = writable(workspace, args.need("channel"))
    post_at = args.number("post_at", 0)
    if post_at <= workspace.now():
        raise ApiError("time_in_past")
    if post_at > workspace.now() + FURTHEST:
        raise ApiError("time_too_far")
    _check_room(workspace, channel, post_at)
    id = workspace.next_id("Q")
    workspace.scheduled[id] = {"channel": channel.id, "post_at": post_at, "args": args.given}
    message = {"text": args.text("text"), "type": "delayed_message", "user": BOT_USER}
    return {"channel": channel.id, "scheduled_message_id": id, "post_at": post_at, "message": message}


def _check_room(workspace: Workspace, channel: Channel, post_at: int) -> None:
    """Thirty messages may wait for the same five minutes of a channel."""
    near = [
        one
        for one in workspace.scheduled.values()
        if one["channel"] == channel.id and one["post_at"] // 300 == post_at // 300
    ]
    if len(near) >= 30:
        raise ApiError("restricted_too_many")


@method("chat.deleteScheduledMessage")
def delete_scheduled_message(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    id = args.need("scheduled_message_id")
    waiting = workspace.scheduled.get(id)
    if waiting is None or waiting["channel"] != channel.id or waiting["post_at"] - workspace.now() < 60:
        raise ApiError("invalid_scheduled_message_id")
    del workspace.scheduled[id]
    return {}


def post_what_is_due(workspace: Workspace) -> None:
    """Posts the scheduled messages whose time has come."""
    for id, waiting in list(workspace.scheduled.items()):
        channel = workspace.channels[waiting["channel"]]
        if waiting["post_at"] <= workspace.now():
            del workspace.scheduled[id]
            if not channel.is_archived and BOT_USER in channel.members:
                acts.post(workspace, channel, composed(workspace, channel, Args(waiting["args"])))
