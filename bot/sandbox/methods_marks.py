"""Web API methods for what is stuck to channels and messages: pins, bookmarks, reactions."""

from __future__ import annotations

from bot.sandbox import acts
from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.channels import Bookmark, Channel, Message
from bot.sandbox.methods import method
from bot.sandbox.methods_chat import permalink
from bot.sandbox.people import BOT_USER
from bot.sandbox.workspace import Workspace

MOST_PINS = 100
MOST_BOOKMARKS = 100


def _marked(workspace: Workspace, args: Args, *, joined: bool = False) -> tuple[Channel, Message]:
    channel = workspace.channel_for_bot(args.need("channel"), joined=joined)
    if not args.text("timestamp"):
        raise ApiError("no_item_specified")
    return channel, workspace.message_for_bot(channel, args.text("timestamp"))


@method("pins.add")
def pins_add(workspace: Workspace, args: Args) -> Json:
    channel, message = _marked(workspace, args, joined=True)
    if message.is_pinned:
        raise ApiError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise ApiError("too_many_pins")
    acts.pin(workspace, channel, message, by=BOT_USER)
    return {}


@method("pins.remove")
def pins_remove(workspace: Workspace, args: Args) -> Json:
    channel, message = _marked(workspace, args)
    if not message.is_pinned:
        raise ApiError("no_pin")
    acts.unpin(workspace, channel, message, by=BOT_USER)
    return {}


@method("pins.list")
def pins_list(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    items = []
    for ts, by, at in channel.pins:
        message = channel.by_ts[ts]
        shown = message.shown(channel=channel.id) | {"permalink": permalink(workspace, channel, message)}
        pinned = {"type": "message", "channel": channel.id, "created": at, "created_by": by}
        items.append(pinned | {"message": shown})
    return {"items": items}


@method("bookmarks.add")
def bookmarks_add(workspace: Workspace, args: Args) -> Json:
    channel = _bookmarked(workspace, args)
    title, link = args.need("title"), args.text("link")
    if args.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    if not link.startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise ApiError("too_many_bookmarks")
    now = int(workspace.now())
    bookmark = Bookmark(workspace.next_id("Bk"), channel.id, title, link, args.text("emoji"), now)
    channel.bookmarks.append(bookmark)
    workspace.happened({"type": "sandbox_bookmarks", "channel": channel.id})
    return {"bookmark": bookmark.shown()}


def _bookmarked(workspace: Workspace, args: Args) -> Channel:
    return workspace.channel_for_bot(args.need("channel_id"), joined=True)


def _bookmark(channel: Channel, args: Args) -> Bookmark:
    for bookmark in channel.bookmarks:
        if bookmark.id == args.need("bookmark_id"):
            return bookmark
    raise ApiError("not_found")


@method("bookmarks.edit")
def bookmarks_edit(workspace: Workspace, args: Args) -> Json:
    channel = _bookmarked(workspace, args)
    bookmark = _bookmark(channel, args)
    if args.has("link") and not args.text("link").startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    bookmark.title = args.text("title", bookmark.title)
    bookmark.link = args.text("link", bookmark.link)
    bookmark.emoji = args.text("emoji", bookmark.emoji)
    bookmark.updated = int(workspace.now())
    workspace.happened({"type": "sandbox_bookmarks", "channel": channel.id})
    return {"bookmark": bookmark.shown()}


@method("bookmarks.list")
def bookmarks_list(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel_id"))
    return {"bookmarks": [bookmark.shown() for bookmark in channel.bookmarks]}


@method("bookmarks.remove")
def bookmarks_remove(workspace: Workspace, args: Args) -> Json:
    channel = _bookmarked(workspace, args)
    channel.bookmarks.remove(_bookmark(channel, args))
    workspace.happened({"type": "sandbox_bookmarks", "channel": channel.id})
    return {}


@method("reactions.add")
def reactions_add(workspace: Workspace, args: Args) -> Json:
    channel, message = _marked(workspace, args)
    if channel.is_archived:
        raise ApiError("is_archived")
    name = _emoji(args)
    if not acts.react(workspace, channel, message, name, by=BOT_USER):
        raise ApiError("already_reacted")
    return {}


@method("reactions.remove")
def reactions_remove(workspace: Workspace, args: Args) -> Json:
    channel, message = _marked(workspace, args)
    if not acts.unreact(workspace, channel, message, _emoji(args), by=BOT_USER):
        raise ApiError("no_reaction")
    return {}


def _emoji(args: Args) -> str:
    name = args.need("name").strip(":")
    if not name or " " in name:
        raise ApiError("invalid_name")
    return name


@method("reactions.get")
def reactions_get(workspace: Workspace, args: Args) -> Json:
    channel, message = _marked(workspace, args)
    shown = message.shown(channel=channel.id) | {"permalink": permalink(workspace, channel, message)}
    return {"type": "message", "channel": channel.id, "message": shown}
