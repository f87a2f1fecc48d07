"""The app's manifest asks for what is used, and for nothing else."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from bot.sandbox.contract.methods import METHODS
from bot.slack import happenings
from bot.slack.shortcuts import SHORTCUTS

TOP = Path(__file__).parent.parent.parent
MANIFEST = json.loads((TOP / "deploy/slack-manifest.json").read_text())
SCHEMA = json.loads((Path(__file__).parent / "data/manifest.schema.json").read_text())
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
# From Slack's reference of each event; those that are not here need none.
NEEDS = {
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_rename": {"channels:read"},
    "channel_unarchive": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_rename": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
}


def methods_used():
    """Every method that a file of ours names; calls.py lists some that it only knows how to send."""
    files = [path for path in (TOP / "bot/slack").rglob("*.py") if path.name != "calls.py"]
    named = {word for path in files for word in re.findall(r'"([a-z]+\.[a-zA-Z.]+)"', path.read_text())}
    return named & set(METHODS)


def test_it_is_valid_by_slacks_own_schema():
    jsonschema.Draft7Validator(SCHEMA).validate(MANIFEST)


@pytest.mark.parametrize("method", sorted(methods_used()))
def test_each_method_that_is_called_has_a_scope(method):
    scopes = set(METHODS[method].scopes)

    assert not scopes or scopes & SCOPES


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_is_used(scope):
    by_methods = any(scope in METHODS[method].scopes for method in methods_used())
    by_events = any(scope in needed for event, needed in NEEDS.items() if event in EVENTS)

    assert by_methods or by_events or scope == "commands"


def test_each_event_that_is_heard_is_subscribed_and_no_other():
    assert set(happenings.EVENTS) == EVENTS


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_each_event_has_its_scopes(event):
    assert NEEDS.get(event, set()) <= SCOPES


def test_the_shortcuts_are_those_that_are_answered():
    assert {one["callback_id"] for one in MANIFEST["features"]["shortcuts"]} == set(SHORTCUTS)
    assert {one["name"] for one in MANIFEST["features"]["shortcuts"]} == {
        "Declare incident",
        "Add to timeline",
        "Create action item",
    }


def test_the_command_asks_slack_to_tell_people_by_id():
    (command,) = MANIFEST["features"]["slash_commands"]

    assert command["command"] == "/incident"
    assert command["should_escape"]
