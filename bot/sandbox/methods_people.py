"""Web API methods about the team, its people and its groups."""

from __future__ import annotations

from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.channels import Channel
from bot.sandbox.methods import method, page
from bot.sandbox.people import BOT_ID, BOT_USER, TEAM_ID
from bot.sandbox.workspace import Workspace


@method("api.test")
def api_test(workspace: Workspace, args: Args) -> Json:
    if args.has("error"):
        raise ApiError(args.text("error"), args=args.given)
    return {"args": args.given}


@method("auth.test")
def auth_test(workspace: Workspace, args: Args) -> Json:
    return {
        "url": f"{workspace.base_url}/",
        "team": "Sandbox",
        "user": "closeout",
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("team.info")
def team_info(workspace: Workspace, args: Args) -> Json:
    if args.text("team", TEAM_ID) != TEAM_ID:
        raise ApiError("team_not_found")
    return {
        "team": {
            "id": TEAM_ID,
            "name": "Sandbox",
            "url": f"{workspace.base_url}/",
            "domain": "sandbox",
            "email_domain": "example.com",
            "icon": {"image_default": True},
        }
    }


@method("users.info")
def users_info(workspace: Workspace, args: Args) -> Json:
    person = workspace.people.get(args.need("user"))
    if person is None:
        raise ApiError("user_not_found")
    return {"user": person.shown(with_email=_may_see_mail(workspace))}


@method("users.list")
def users_list(workspace: Workspace, args: Args) -> Json:
    people, more = page(list(workspace.people.values()), args, default=1000)
    shown = [person.shown(with_email=_may_see_mail(workspace)) for person in people]
    return {"members": shown, "cache_ts": int(workspace.now())} | more


@method("users.lookupByEmail")
def users_lookup_by_email(workspace: Workspace, args: Args) -> Json:
    email = args.need("email").lower()
    for person in workspace.people.values():
        if person.email.lower() == email and person.is_active and not person.is_bot:
            return {"user": person.shown()}
    raise ApiError("users_not_found")


@method("users.conversations")
def users_conversations(workspace: Workspace, args: Args) -> Json:
    user = args.text("user", BOT_USER)
    if user not in workspace.people:
        raise ApiError("user_not_found")
    found = [one for one in listed(workspace, args) if user in one.members]
    channels, more = page(found, args, default=100, most=999)
    return {"channels": [one.shown() for one in channels]} | more


def listed(workspace: Workspace, args: Args) -> list[Channel]:
    """Returns the channels of the types asked for that the bot may know of, oldest first."""
    types = set(args.ids("types") or ["public_channel"])
    if unknown := types - {"public_channel", "private_channel", "im", "mpim"}:
        raise ApiError("invalid_types", response_metadata={"messages": sorted(unknown)})
    found = []
    for channel in workspace.channels.values():
        kind = {"im": "im", "group": "private_channel", "channel": "public_channel"}[channel.kind]
        is_hidden = (channel.is_private or channel.is_im) and BOT_USER not in channel.members
        is_left_out = channel.is_archived and args.flag("exclude_archived")
        if kind in types and not is_hidden and not is_left_out:
            found.append(channel)
    return found


@method("usergroups.list")
def usergroups_list(workspace: Workspace, args: Args) -> Json:
    with_users, with_count = args.flag("include_users"), args.flag("include_count")
    shown = [one.shown(with_users=with_users, with_count=with_count) for one in workspace.groups]
    return {"usergroups": shown}


@method("usergroups.users.list")
def usergroups_users_list(workspace: Workspace, args: Args) -> Json:
    for group in workspace.groups:
        if group.id == args.need("usergroup"):
            return {"users": list(group.members)}
    raise ApiError("no_such_subteam")


def _may_see_mail(workspace: Workspace) -> bool:
    return "users:read.email" in workspace.installed.scopes
