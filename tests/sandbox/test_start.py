"""How a sandbox is started, and what it takes from an app's manifest."""

import json
import subprocess
import sys

import pytest

from bot.sandbox import __main__ as start
from bot.sandbox.client import Guest
from bot.sandbox.running import Running


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_it_listens_on_this_machine(host):
    start.check_host(host, "")


def test_it_listens_elsewhere_only_when_that_is_named():
    with pytest.raises(SystemExit, match=r"--allow-host 0\.0\.0\.0"):
        start.check_host("0.0.0.0", "")
    start.check_host("0.0.0.0", "0.0.0.0")


def test_what_the_command_line_says_is_set_up():
    args = start.parsed_args(["--bot", "http://127.0.0.1:3000/slack/events", "--secret", "s", "--no-rates"])

    workspace = start.workspace_for(args)

    assert workspace.installed.bot_url == "http://127.0.0.1:3000/slack/events"
    assert workspace.installed.signing_secret == "s"
    assert workspace.conditions.rates is False


def test_a_manifest_says_what_is_registered(tmp_path):
    manifest = {
        "features": {
            "slash_commands": [{"command": "/outage", "description": "x"}],
            "shortcuts": [{"type": "message", "callback_id": "keep", "name": "Keep", "description": "x"}],
        },
        "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))

    installed = start.workspace_for(start.parsed_args(["--manifest", str(path)])).installed

    assert (installed.commands, installed.escapes_commands) == (["/outage"], False)
    assert installed.shortcuts == {"keep": "message_action"}
    assert (installed.scopes, installed.events) == (["chat:write", "commands"], ["message.channels"])


def test_two_sandboxes_do_not_meet():
    with Running() as one, Running() as other:
        one.guest.person("ada").says("here", in_="random")

        assert one.guest.messages("random")
        assert other.guest.messages("random") == []


@pytest.mark.slow
def test_it_runs_from_a_terminal():
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split()[-1]
        with Guest(url) as guest:
            assert "incidents" in guest.channel_names()
        process.terminate()
