"""The app's manifest asks for what is used, and for nothing else."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest
from click.testing import CliRunner

from bot.cli import closeout
from bot.sandbox.contract.methods import METHODS
from bot.slack import happenings, manifests, signing_in
from bot.slack.shortcuts import SHORTCUTS
from bot.web.sign_in import BACK

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


def test_for_an_https_address_everything_arrives_there():
    made = manifests.made_for(MANIFEST, "https://inc.acme.test")
    address = "https://inc.acme.test/slack/events"

    jsonschema.Draft7Validator(SCHEMA).validate(made)
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["oauth_config"]["redirect_urls"] == ["https://inc.acme.test/sign-in/slack/callback"]
    assert not made["settings"]["socket_mode_enabled"]
    assert "closeout.example.com" not in json.dumps(made)


@pytest.mark.parametrize("address", ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"])
def test_on_this_machine_alone_it_is_socket_mode_without_any_address(address):
    made = manifests.made_for(MANIFEST, address)

    jsonschema.Draft7Validator(SCHEMA).validate(made)
    assert made["settings"]["socket_mode_enabled"]
    assert "://" not in json.dumps(made)


def test_socket_mode_with_an_address_keeps_the_way_to_sign_in():
    made = manifests.made_for(MANIFEST, "https://inc.acme.test", socket=True)

    assert made["settings"]["socket_mode_enabled"]
    assert "url" not in made["features"]["slash_commands"][0]
    assert made["oauth_config"]["redirect_urls"] == ["https://inc.acme.test/sign-in/slack/callback"]


@pytest.mark.parametrize("address", ["http://inc.acme.test", "inc.acme.test", "ftp://inc.acme.test", ""])
def test_an_address_that_slack_could_not_use_makes_no_manifest(address):
    with pytest.raises(manifests.BadAddress, match="Slack sends to https alone"):
        manifests.made_for(MANIFEST, address)


def test_the_file_itself_is_left_as_it_is():
    before = json.dumps(MANIFEST)
    manifests.made_for(MANIFEST, "https://inc.acme.test", socket=True)

    assert json.dumps(MANIFEST) == before


def test_the_link_carries_the_whole_manifest():
    made = manifests.made_for(MANIFEST, "https://inc.acme.test")
    parts = urlsplit(manifests.link(made))
    asked = dict(parse_qsl(parts.query, strict_parsing=True))

    assert (parts.netloc, parts.path, asked["new_app"]) == ("api.slack.com", "/apps", "1")
    assert json.loads(asked["manifest_json"]) == made
    assert len(manifests.link(made)) < 8000  # the longest address that servers commonly take


def test_the_terminal_prints_manifest_and_link():
    printed = CliRunner().invoke(closeout, ["manifest", "--url", "https://inc.acme.test/"])
    linked = CliRunner().invoke(closeout, ["manifest", "--url", "https://inc.acme.test", "--link"])
    refused = CliRunner().invoke(closeout, ["manifest", "--url", "http://inc.acme.test"])

    assert json.loads(printed.stdout) == manifests.made_for(MANIFEST, "https://inc.acme.test")
    assert linked.stdout.strip() == manifests.link(manifests.made_for(MANIFEST, "https://inc.acme.test"))
    assert isinstance(refused.exception, manifests.BadAddress)


def test_both_floors_mean_the_same_address():
    assert signing_in.CALLBACK == BACK
