"""`make run` for a newcomer: it says what is there and what to do next, and Ctrl-C ends it."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from bot import sample
from bot.cli.serving import OTHERS, bound, on_sandbox
from bot.lib.errors import Refused
from bot.sandbox.client import Guest
from tests.world import TOP, free_port, wait_for

FIRST = 60.0  # seconds that a first start may take, also on a machine that has other things to do
LENT = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s",
    "PAGERDUTY_API_TOKEN": "u+token",
    "PAGERDUTY_API_URL": "http://127.0.0.1:1/pagerduty",
    "SMTP_URL": "smtp://127.0.0.1:2",
    "MAIL_FROM": "closeout@example.com",
}


def start(folder, port, **more):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", *OTHERS))}
    env |= {"CLOSEOUT_DATA_DIR": str(folder / "var"), "CLOSEOUT_PORT": str(port), **more}
    env["DATABASE_URL"] = f"sqlite:///{folder}/closeout.db"
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"], cwd=TOP, env=env, stdout=log, stderr=log
        )


@pytest.mark.slow
def test_it_greets_with_one_address_at_which_everything_is_and_ends_cleanly(tmp_path):
    port = free_port()
    process = start(tmp_path, port)
    log = tmp_path / "log"
    try:
        wait_for(lambda: "Ctrl-C ends it" in log.read_text() and "drill" in log.read_text(), patience=FIRST)
        said = log.read_text()
        [page] = [word for word in said.split() if word.startswith("http")]
        assert httpx.get(page).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/status").status_code == 200
        assert "warning" not in said
        with Guest(page) as guest:
            an_alert_is_answered(guest)
            signing_in_with_slack_leads_to_the_pages(f"http://127.0.0.1:{port}")
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()


def an_alert_is_answered(guest):
    """By a channel, and by whoever is on call at the practice company's PagerDuty."""
    told = guest.act("alert", service="Checkout", title="Error rate is 40 %", priority="P1")
    assert told["delivery"]["status"] == 202
    line = wait_for(
        lambda: next(
            (one for one in guest.transcript("incidents").splitlines() if "commander Ben" in one), ""
        ),
        what="a commander",
    )
    assert "SEV1 · *INC-41* Error rate is 40 % · investigating" in line


def signing_in_with_slack_leads_to_the_pages(url):
    with httpx.Client(follow_redirects=True, trust_env=False, verify=False) as browser:
        choice = browser.get(f"{url}/sign-in/slack")
        assert "Sign in to Closeout as" in choice.text
        there = browser.get(str(choice.url.copy_merge_params({"as": "ada"})))
        assert (there.status_code, there.url.path) == (200, "/")
        assert "Ada Lovelace" in there.text


@pytest.mark.slow
def test_a_practice_workspace_listens_on_this_machine_alone(tmp_path):
    process = start(tmp_path, free_port(), CLOSEOUT_HOST="0.0.0.0")
    assert process.wait(30) == 1
    assert "0.0.0.0 is not a loopback address" in (tmp_path / "log").read_text()
    assert "--allow-host 0.0.0.0" in (tmp_path / "log").read_text()


def test_what_the_environment_does_not_name_is_lent_by_the_practice_workspace(tmp_path):
    settings = on_sandbox({"CLOSEOUT_DATA_DIR": str(tmp_path), "SLACK_BOT_TOKEN": "xoxb-real"}, LENT)
    assert (settings.slack.bot_token, settings.slack.signs_in) == ("xoxb-sandbox", True)
    assert settings.env["SMTP_URL"] == "smtp://127.0.0.1:2"
    assert settings.config == sample.COMPANY


def test_keys_of_two_accounts_are_not_mixed(tmp_path):
    mine = {
        "CLOSEOUT_DATA_DIR": str(tmp_path),
        "PAGERDUTY_ROUTING_KEY": "R",
        "SMTP_URL": "",
        "CLOSEOUT_CONFIG": str(sample.COMPANY),
    }
    env = on_sandbox(mine, LENT).env
    assert [name for name in env if name.startswith("PAGERDUTY_")] == ["PAGERDUTY_ROUTING_KEY"]
    assert env["SMTP_URL"] == "", "what is named and empty is off"


def test_a_port_that_is_taken_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} on 127.0.0.1 .* set CLOSEOUT_PORT to another one"):
            bound("127.0.0.1", port, "CLOSEOUT_PORT to another one")
