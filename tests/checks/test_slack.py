"""`closeout check` of Slack: the token, its scopes, the channel, the clock, and the ways in."""

import asyncio
import json
import re
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.lib import clock
from bot.lib.findings import bad, ok
from bot.sandbox.people import BOT_USER
from bot.sandbox.running import Served
from bot.slack.checking import NOBODY, SCOPES
from tests.checks.looking import NOT_HERE, PUBLIC, found, house_of, line_of
from tests.world import free_port

TOP = Path(__file__).parent.parent.parent


def test_whose_token_it_is(env):
    assert found(env)["Slack token"].said == "Sandbox, as @closeout"


def test_without_a_token_slack_is_off_and_says_how_to_make_the_app(env):
    mine = {name: value for name, value in env.items() if not name.startswith("SLACK_")}
    lines = found(mine)
    assert lines["Slack"].state == "off"
    assert "closeout manifest --link" in lines["Slack"].remedy
    assert lines["Clock"].state == "off"


def test_a_wrong_token_says_where_the_right_one_is_and_says_it_once(env):
    lines = found(env | {"SLACK_BOT_TOKEN": "xoxb-wrong"})
    assert "invalid_auth" in lines["Slack token"].said
    assert "into SLACK_BOT_TOKEN" in lines["Slack token"].remedy
    assert "Announcements" not in lines


def test_slack_out_of_reach_is_not_called_a_wrong_token(env):
    line = found(env | {"SLACK_API_URL": f"http://127.0.0.1:{free_port()}/"})["Slack token"]
    assert line.state == "bad"
    assert "See that this machine reaches SLACK_API_URL" in line.remedy


def test_since_when_slack_is_away_is_said(env):
    with house_of(env | {"SLACK_API_URL": f"http://127.0.0.1:{free_port()}/"}) as house:
        door = house.slack.projection.slack.door
        door._back, door._left = asyncio.Event(), time.monotonic() - 720
        line = line_of(house, "Slack")
    assert line.state == "bad"
    assert re.match(r"away since [-0-9]+ [:0-9]+ UTC \(12 min\); what is meant for it waits", line.said)


def test_the_scopes_are_those_of_the_manifest():
    manifest = json.loads((TOP / "deploy/slack-manifest.json").read_text())
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


@contextmanager
def granted(sandbox, scopes):
    before, sandbox.workspace.installed.scopes = sandbox.workspace.installed.scopes, list(scopes)
    yield
    sandbox.workspace.installed.scopes = before


def test_missing_and_superfluous_scopes_are_named(env, sandbox):
    with granted(sandbox, [*(scope for scope in SCOPES if scope != "pins:write"), "files:write"]):
        line = found(env)["Slack scopes"]
    assert line == bad("Slack scopes", "missing: pins:write; not needed: files:write", line.remedy)
    assert line.remedy.startswith("Add them under OAuth & Permissions")


def test_superfluous_scopes_alone_are_no_fault(env, sandbox):
    with granted(sandbox, [*SCOPES, "files:write"]):
        line = found(env)["Slack scopes"]
    assert line == ok("Slack scopes", f"all {len(SCOPES)} are granted; not needed: files:write")


def test_exactly_the_scopes_of_the_manifest(env, sandbox):
    with granted(sandbox, SCOPES):
        lines = found(env)
    assert lines["Slack scopes"] == ok("Slack scopes", f"all {len(SCOPES)} are granted")
    assert lines["Announcements"].state == "ok", "the checks themselves need no other scope"


def test_a_channel_that_is_not_there_is_to_be_made(env, tmp_path):
    toml = tmp_path / "closeout.toml"
    toml.write_text('[workspace]\nannounce_in = "alarms"\n')
    line = found(env | {"CLOSEOUT_CONFIG": str(toml)})["Announcements"]
    assert "there is no public channel #alarms" in line.said
    assert line.remedy.startswith("Create the public channel #alarms")


def test_a_channel_that_the_bot_is_not_in_is_not_joined_by_looking(env, sandbox):
    members = sandbox.workspace.named("incidents").members
    members.remove(BOT_USER)
    line = found(env)["Announcements"]
    assert BOT_USER not in members
    members.append(BOT_USER)
    assert line.said == "Closeout is not in #incidents, so nothing is announced"
    assert "/invite @Closeout" in line.remedy


def test_announcements_can_be_off(env, tmp_path):
    toml = tmp_path / "closeout.toml"
    toml.write_text('[workspace]\nannounce_in = ""\n')
    assert found(env | {"CLOSEOUT_CONFIG": str(toml)})["Announcements"].state == "off"


TEAM = '[[teams]]\nkey = "{0}"\nname = "{0}"\n{1}\n'


def test_a_team_whose_channel_is_not_there_is_named(env, tmp_path):
    toml = tmp_path / "closeout.toml"
    here, gone = TEAM.format("payments", 'channel = "#general"'), TEAM.format("search", 'channel = "lost"')
    toml.write_text(here)
    assert found(env | {"CLOSEOUT_CONFIG": str(toml)})["Team channels"].state == "ok"
    toml.write_text(here + gone + 'manager = "mia@example.com"\n')
    line = found(env | {"CLOSEOUT_CONFIG": str(toml)})["Team channels"]
    assert (line.state, line.said) == ("bad", "#lost of search is not there")
    assert "Until then its manager is told" in line.remedy


def test_a_team_that_nobody_hears_for_is_named(env, tmp_path):
    toml = tmp_path / "closeout.toml"
    toml.write_text(TEAM.format("search", ""))
    line = found(env | {"CLOSEOUT_CONFIG": str(toml)})["Team channels"]
    assert line == bad("Team channels", "no channel and no manager: search", NOBODY)


@pytest.mark.parametrize(("apart", "words"), [(5, "5 min ahead of Slack's"), (-5, "min behind Slack's")])
def test_a_clock_that_is_five_minutes_off(env, apart, words):
    line = found(env, now=lambda: clock.now() + timedelta(minutes=apart))["Clock"]
    assert line.state == "bad"
    assert words in line.said
    assert "timedatectl" in line.remedy


def test_half_a_minute_is_near_enough(env):
    assert found(env, now=lambda: clock.now() - timedelta(seconds=30))["Clock"].state == "ok"


def test_socket_mode(env, sandbox):
    app_token = sandbox.workspace.installed.app_token
    assert found(env | {"SLACK_APP_TOKEN": app_token})["Socket Mode"].state == "ok"
    for wrong in ("xapp-wrong", "xoxb-sandbox"):
        line = found(env | {"SLACK_APP_TOKEN": wrong})["Socket Mode"]
        assert line.state == "bad"
        assert "App-Level Token with connections:write" in line.remedy


def test_a_signing_secret_of_the_wrong_shape(env):
    line = found(env | NOT_HERE | {"SLACK_SIGNING_SECRET": "xoxb-not-this-one"})["Signing secret"]
    assert line.state == "bad"
    assert "Signing Secret from Basic Information" in line.remedy
    right = found(env | NOT_HERE | {"SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99aaaaaa85a5"})
    assert right["Signing secret"].state == "off"


@contextmanager
def knocked(env, sandbox, secret):
    """Slack sends something, signed with this secret, to the door of a house."""
    with house_of(env) as house, Served(Starlette(routes=house.slack.routes)) as bot:
        sandbox.guest.connect(f"{bot.url}/slack/events", secret)
        sandbox.guest.act("command", user="ada", channel="general", text="/incident help")
        yield house
    sandbox.guest.connect("", "sandbox-signing-secret")


def test_a_signing_secret_that_nothing_came_for_yet(env):
    with house_of(env) as house:
        line = line_of(house, "Signing secret")
    assert (line.state, line.said) == ("off", "set, and not put to the test yet")
    assert "/admin/check" in line.remedy


def test_a_signing_secret_that_fits(env, sandbox):
    with knocked(env, sandbox, env["SLACK_SIGNING_SECRET"]) as house:
        line = line_of(house, "Signing secret")
    assert line.state == "ok"
    assert line.said.startswith("the last valid request came 0 s ago")


def test_a_signing_secret_that_never_fits(env, sandbox):
    with knocked(env, sandbox, "that-of-another-app") as house:
        line = line_of(house, "Signing secret")
    assert line.state == "bad"
    assert "every request so far was refused" in line.said


def test_a_forged_request_among_valid_ones_is_mentioned(env):
    now = clock.now()
    with house_of(env, now=lambda: now) as house:
        house.slack.door.heard.signed_at = now - timedelta(minutes=3)
        house.slack.door.heard.refused_at = now - timedelta(minutes=1)
        line = line_of(house, "Signing secret")
    assert line.said == "the last valid request came 3 min ago; a forged or stale one was refused 1 min ago"


def test_signing_in_is_off_until_the_app_is_named(env):
    mine = {name: value for name, value in env.items() if "_CLIENT_" not in name}
    line = found(mine)["Sign in with Slack"]
    assert line.state == "off"
    assert "one-time link" in line.said


def test_the_redirect_address_that_slack_must_know_is_named(env):
    line = found(env | {"CLOSEOUT_PUBLIC_URL": PUBLIC})["Sign in with Slack"]
    assert line.state == "ok"
    assert f"{PUBLIC}/sign-in/slack/callback" in line.said


@pytest.mark.parametrize("name", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"])
def test_an_app_that_slack_does_not_know(env, name):
    line = found(env | {name: "not-the-right-one"})["Sign in with Slack"]
    assert line.state == "bad"
    assert "Copy Client ID and Client Secret" in line.remedy
