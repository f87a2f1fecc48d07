"""What Slack sends to an app when a person does something, field by field."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.channels import Channel, Message
from bot.sandbox.contract import state_of
from bot.sandbox.finding import Found
from bot.sandbox.people import APP_ID, TEAM_ID, Person
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

TEAM = {"id": TEAM_ID, "domain": "sandbox"}
# Fields of an element that Slack repeats in the action.
REPEATED = ("text", "value", "style", "placeholder", "confirm", "accessibility_label")


def command(workspace: Workspace, person: Person, channel: Channel, word: str, text: str) -> Json:
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "team_domain": "sandbox",
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": word,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": workspace.hooks.make(person.id, channel.id),
        "trigger_id": workspace.triggers.make(person.id).id,
    }


def shown_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _base(kind: str, person: Person) -> Json:
    user = {"id": person.id, "username": person.handle, "name": person.handle, "team_id": TEAM_ID}
    return {
        "type": kind,
        "user": user,
        "api_app_id": APP_ID,
        "token": "sandbox",
        "team": dict(TEAM),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def block_actions(workspace: Workspace, person: Person, found: Found, chosen: Json) -> Json:
    payload = _base("block_actions", person) | {"trigger_id": workspace.triggers.make(person.id).id}
    action = {key: found.element[key] for key in REPEATED if key in found.element}
    action |= {"action_id": found.element["action_id"], "block_id": found.block["block_id"]}
    action |= {"type": found.element["type"], "action_ts": workspace.stamp()} | chosen
    if found.view:
        place = {"container": {"type": "view", "view_id": found.view.id}, "view": found.view.shown()}
        return payload | place | {"actions": [action]}
    return payload | _on_message(workspace, person, found) | {"actions": [action]}


def block_suggestion(person: Person, found: Found, typed: str) -> Json:
    payload = _base("block_suggestion", person) | {"value": typed}
    payload |= {"action_id": found.element["action_id"], "block_id": found.block["block_id"]}
    if found.view:
        return payload | {"container": {"type": "view", "view_id": found.view.id}, "view": found.view.shown()}
    assert found.channel
    assert found.message
    container = {"type": "message", "message_ts": found.message.ts, "channel_id": found.channel.id}
    channel = {"id": found.channel.id, "name": shown_name(found.channel)}
    return payload | {"container": container, "channel": channel}


def _on_message(workspace: Workspace, person: Person, found: Found) -> Json:
    """An ephemeral message is not sent along: the app has only the response_url to change it."""
    channel, message = found.channel, found.message
    assert channel
    assert message
    is_ephemeral = message.ephemeral_to is not None
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container["is_ephemeral"] = is_ephemeral
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = {
        "container": container,
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "state": {"values": state_of({"blocks": message.blocks or []}, before=found.typed)},
        "response_url": workspace.hooks.make(person.id, channel.id, message.ts),
    }
    if is_ephemeral:
        return payload
    return payload | {"message": channel.shown_message(message, metadata=True)}


def view_submission(workspace: Workspace, person: Person, view: View, urls: list[Json]) -> Json:
    made = [one | {"response_url": workspace.hooks.make(person.id, one["channel_id"])} for one in urls]
    trigger = workspace.triggers.make(person.id).id
    return _base("view_submission", person) | {
        "trigger_id": trigger,
        "view": view.shown(),
        "response_urls": made,
    }


def view_closed(person: Person, view: View, *, is_cleared: bool) -> Json:
    payload = _base("view_closed", person)
    return payload | {"view": view.shown(), "is_cleared": is_cleared}


def shortcut(workspace: Workspace, person: Person, callback_id: str) -> Json:
    payload = _base("shortcut", person) | {"callback_id": callback_id, "action_ts": workspace.stamp()}
    return payload | {"trigger_id": workspace.triggers.make(person.id).id}


def message_action(
    workspace: Workspace, person: Person, callback_id: str, channel: Channel, message: Message
) -> Json:
    return _base("message_action", person) | {
        "callback_id": callback_id,
        "action_ts": workspace.stamp(),
        "trigger_id": workspace.triggers.make(person.id).id,
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "message_ts": message.ts,
        "message": channel.shown_message(message, metadata=True),
        "response_url": workspace.hooks.make(person.id, channel.id, message.ts),
    }
