"""Web API methods that make, change and leave channels."""

from __future__ import annotations

from bot.sandbox import acts
from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args, missing
from bot.sandbox.channels import Channel
from bot.sandbox.contract import check_channel_name, check_topic
from bot.sandbox.methods import method
from bot.sandbox.people import BOT_USER
from bot.sandbox.workspace import Workspace

MOST_INVITED = 100


@method("conversations.create")
def create(workspace: Workspace, args: Args) -> Json:
    name = _good_name(workspace, args)
    channel = Channel(workspace.next_id("C"), name, BOT_USER, int(workspace.now()))
    channel.is_private = args.flag("is_private")
    workspace.channels[channel.id] = channel
    if not channel.is_private:
        about = {"id": channel.id, "name": name, "created": channel.created, "creator": BOT_USER}
        workspace.happened({"type": "channel_created", "channel": about, "event_ts": workspace.stamp()})
    acts.join(workspace, channel, BOT_USER)
    return {"channel": channel.shown()}


def _good_name(workspace: Workspace, args: Args) -> str:
    name = args.text("name")
    if problem := check_channel_name(name):
        raise ApiError(problem)
    if workspace.named(name):
        raise ApiError("name_taken")
    return name


@method("conversations.invite")
def invite(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"), joined=True)
    if channel.is_archived:
        raise ApiError("is_archived")
    wanted = args.ids("users")
    if not wanted:
        raise missing("users") if not args.has("users") else ApiError("no_user")
    if len(wanted) > MOST_INVITED:
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] too many users"]})
    refused = [_refusal(workspace, channel, user) for user in wanted]
    errors = [one for one in refused if one]
    if errors and (not args.flag("force") or len(errors) == len(wanted)):
        raise ApiError(errors[0]["error"], errors=errors)
    for user in dict.fromkeys(user for user, problem in zip(wanted, refused, strict=True) if not problem):
        acts.join(workspace, channel, user, inviter=BOT_USER)
    return {"channel": channel.shown()} | ({"errors": errors} if errors else {})


def _refusal(workspace: Workspace, channel: Channel, user: str) -> Json | None:
    person = workspace.people.get(user)
    if person is None or not person.is_active:
        return {"user": user, "ok": False, "error": "user_not_found"}
    if user == BOT_USER:
        return {"user": user, "ok": False, "error": "cant_invite_self"}
    if user in channel.members:
        return {"user": user, "ok": False, "error": "already_in_channel"}
    if person.is_guest:
        return {"user": user, "ok": False, "error": "ura_max_channels"}
    return None


@method("conversations.join")
def join(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel_for_bot(args.need("channel"))
    if channel.is_im or channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    if BOT_USER in channel.members:
        warnings = {"warnings": ["already_in_channel"]}
        return {"channel": channel.shown(), "warning": "already_in_channel", "response_metadata": warnings}
    acts.join(workspace, channel, BOT_USER)
    return {"channel": channel.shown()}


@method("conversations.kick")
def kick(workspace: Workspace, args: Args) -> Json:
    channel = _real_channel(workspace, args)
    user = args.need("user")
    if user not in workspace.people:
        raise ApiError("user_not_found")
    if user == BOT_USER:
        raise ApiError("cant_kick_self")
    if channel.is_general:
        raise ApiError("cant_kick_from_general")
    if user not in channel.members:
        raise ApiError("not_in_channel")
    acts.leave(workspace, channel, user)
    return {"errors": {}}


@method("conversations.archive")
def archive(workspace: Workspace, args: Args) -> Json:
    channel = _real_channel(workspace, args, joined=False)
    if channel.is_general:
        raise ApiError("cant_archive_general")
    if channel.is_archived:
        raise ApiError("already_archived")
    if BOT_USER not in channel.members:
        raise ApiError("not_in_channel")
    acts.archive(workspace, channel, by=BOT_USER)
    return {}


@method("conversations.unarchive")
def unarchive(workspace: Workspace, args: Args) -> Json:
    channel = _real_channel(workspace, args, joined=False)
    if not channel.is_archived:
        raise ApiError("not_archived")
    acts.unarchive(workspace, channel, by=BOT_USER)
    return {}


@method("conversations.rename")
def rename(workspace: Workspace, args: Args) -> Json:
    channel = _writable(workspace, args)
    if channel.creator != BOT_USER:
        raise ApiError("not_authorized")
    if args.text("name") != channel.name:
        acts.rename(workspace, channel, _good_name(workspace, args), by=BOT_USER)
    return {"channel": channel.shown()}


@method("conversations.setTopic")
def set_topic(workspace: Workspace, args: Args) -> Json:
    channel = _writable(workspace, args)
    topic = args.text("topic")
    if not args.has("topic"):
        raise missing("topic")
    if check_topic(topic):
        raise ApiError("too_long")
    if topic != channel.topic:
        acts.set_topic(workspace, channel, topic, by=BOT_USER)
    return {"channel": channel.shown()}


@method("conversations.setPurpose")
def set_purpose(workspace: Workspace, args: Args) -> Json:
    channel = _writable(workspace, args)
    purpose = args.text("purpose")
    if not args.has("purpose"):
        raise missing("purpose")
    if check_topic(purpose):
        raise ApiError("too_long")
    if purpose != channel.purpose:
        acts.set_purpose(workspace, channel, purpose, by=BOT_USER)
    return {"purpose": purpose, "channel": channel.shown()}


def _real_channel(workspace: Workspace, args: Args, *, joined: bool = True) -> Channel:
    channel = workspace.channel_for_bot(args.need("channel"), joined=joined)
    if channel.is_im:
        raise ApiError("method_not_supported_for_channel_type")
    return channel


def _writable(workspace: Workspace, args: Args) -> Channel:
    channel = _real_channel(workspace, args)
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel
