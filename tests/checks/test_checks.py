"""`closeout check`: each line is well, off, or says what to do; bounded, discreet, and without effect."""

import asyncio
import logging
import os
import socket
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot.app import House
from bot.cli import closeout
from bot.domain import incidents, people
from bot.domain.incidents import Report
from bot.lib import logs
from bot.lib.findings import Finding, bad, within
from bot.settings import read
from tests.checks.looking import NOT_HERE, PASSWORD, found, house_of, line_of, looked, mail_env, says
from tests.conftest import NOON
from tests.world import free_port

OURS = ("SLACK_", "PAGERDUTY_", "SMTP_", "CLOSEOUT_", "DATABASE_")


def test_a_workspace_in_which_all_is_well(env, alive):
    lines = found(env | {"CLOSEOUT_PUBLIC_URL": alive})
    states = {name: line.state for name, line in lines.items()}
    assert states == {
        "closeout.toml": "ok",
        "Database": "ok",
        "Tables": "ok",
        "Public address": "ok",
        "Slack token": "ok",
        "Slack scopes": "ok",
        "Clock": "ok",
        "Announcements": "ok",
        "Socket Mode": "off",
        "Signing secret": "off",  # until something comes from Slack
        "Sign in with Slack": "ok",
        "PagerDuty": "off",
        "Mail": "off",
        "Trackers": "off",
        "Signals": "off",
        "Status page": "off",
    }
    assert all(line.remedy for line in lines.values() if line.state == "bad")


# ---- the database and the address


def test_before_the_first_start_looking_makes_no_database(env, tmp_path):
    house = House(read(env))
    line = line_of(house, "Database")
    house.engine.dispose()
    assert line.said == "SQLite, still empty; the first start makes its tables"
    assert not (tmp_path / "closeout.db").exists()


def test_old_tables(env):
    with house_of(env) as house:
        with house.engine.begin() as connection:
            connection.execute(sa.text("update alembic_version set version_num = '0001'"))
        line = line_of(house, "Tables")
    assert line == bad("Tables", "of another version of Closeout", "Run: closeout db upgrade")


def test_sample_data_beside_what_is_real(env):
    with house_of({**env, **NOT_HERE}) as house:
        assert "Sample data" not in {each.what for each in looked(house)}
        with house.courier.transaction() as session:
            by = people.closeout(session)
            incidents.declare(session, Report("made up", sample=True), by=by, now=NOON)
        line = line_of(house, "Sample data")
    assert (line.state, line.said) == ("bad", "1 incident in this database is made up")
    assert "closeout sample clear" in line.remedy


def test_a_database_that_does_not_answer(env):
    url = f"postgresql://closeout:{PASSWORD}@127.0.0.1:{free_port()}/closeout"
    line = line_of(House(read(env | {"DATABASE_URL": url})), "Database")
    assert line.state == "bad"
    assert line.said.startswith("PostgreSQL does not answer")
    assert PASSWORD not in line.said


@contextmanager
def silent():
    """Takes every connection, and says nothing."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(50)
        yield door.getsockname()[1]


def test_whoever_keeps_silent_does_not_keep_us(env, pagerduty):
    """No line waits longer than its few seconds, and all wait at the same time."""
    pagerduty.fail("GET /users", "hang")
    with silent() as port:
        there = mail_env(f"127.0.0.1:{port}") | {
            "CLOSEOUT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SLACK_API_URL": f"http://127.0.0.1:{port}/",
        }
        house = House(read(env | pagerduty.env | there))
        began = time.monotonic()
        lines = {each.what: each for each in looked(house, 0.3)}
        took = time.monotonic() - began
    for name in ("Slack token", "Sign in with Slack", "Mail", "PagerDuty key"):
        assert lines[name].state == "bad", name
    assert lines["Slack token"].said == "no answer within 0.3 s"
    assert took < 3


async def test_a_look_is_bounded():
    async def never():
        await asyncio.Event().wait()

    [line] = await within(0.01, "Far end", never())
    assert line == Finding("Far end", "bad", "no answer within 0.01 s", line.remedy)


@pytest.mark.slow
def test_postgres(env, bare_postgres_url, postgres_url):
    assert found(env | {"DATABASE_URL": postgres_url})["Database"].said.startswith("PostgreSQL 1")
    house = House(read(env | {"DATABASE_URL": bare_postgres_url}))
    line = line_of(house, "Database")
    house.engine.dispose()
    assert line.said == "PostgreSQL, still empty; the first start makes its tables"


def test_a_public_address_that_leads_here(env, alive):
    assert found(env | {"CLOSEOUT_PUBLIC_URL": alive})["Public address"].said == f"{alive} leads to Closeout"


def test_closeout_is_not_running(env):
    line = found(env)["Public address"]
    assert line.state == "off"
    assert line.remedy == "Start it, then check again."


def test_closeout_runs_but_its_public_address_leads_elsewhere(env, alive):
    with says("It works!") as other:
        there = {"CLOSEOUT_PORT": alive.rpartition(":")[2], "CLOSEOUT_PUBLIC_URL": other}
        line = found(env | there)["Public address"]
    assert line.state == "bad"
    assert "something else answers there" in line.said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:3000", "cannot be reached by Slack"),
        ("http://localhost:3000", "cannot be reached by Slack"),
        ("http://closeout.invalid", "is not https"),
    ],
)
def test_an_address_that_slack_could_not_use(env, url, said):
    line = found(env | NOT_HERE | {"CLOSEOUT_PUBLIC_URL": url})["Public address"]
    assert line.state == "bad"
    assert said in line.said
    socket_mode = found(env | NOT_HERE | {"CLOSEOUT_PUBLIC_URL": url, "SLACK_APP_TOKEN": "xapp-1"})
    assert socket_mode["Public address"].state == "off", "with Socket Mode nobody must reach it"


def test_what_customers_see(env):
    lines = found(env, services=[{"key": "checkout", "name": "Checkout", "component": "Checkout"}])
    assert lines["Status page"].said.endswith("/status shows 1 component")


# ---- all of it


def test_no_secret_is_ever_said(env, smtp, pagerduty):
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-very-secret",
        "SLACK_SIGNING_SECRET": "signing-very-secret",
        "SLACK_APP_TOKEN": "xapp-very-secret",
        "SLACK_CLIENT_SECRET": "client-very-secret",
        "PAGERDUTY_API_TOKEN": "u+very-secret",
        "PAGERDUTY_WEBHOOK_SECRET": "one-very-secret,two-very-secret",
        "PAGERDUTY_ROUTING_KEY": "routing-very-secret",
        "CLOSEOUT_API_TOKEN": "api-very-secret",
        "SMTP_URL": f"smtp://closeout:mail-very-secret@{smtp.env['SMTP_URL'].rpartition('@')[2]}",
    }
    lines = found(env | pagerduty.env | smtp.env | secrets)
    said = " ".join(f"{each.said} {each.remedy}" for each in lines.values())
    assert "very-secret" not in said
    assert [name for name in ("Slack token", "PagerDuty key", "Mail") if lines[name].state != "bad"] == []


def test_a_far_end_that_repeats_a_secret_is_blotted_out(env, alive):
    with says("You sent mail-very-secret", 500) as other:
        there = {"CLOSEOUT_PORT": alive.rpartition(":")[2], "CLOSEOUT_PUBLIC_URL": other}
        line = found(env | there | {"GITHUB_TOKEN": "mail-very-secret"})["Public address"]
    assert "You sent …" in line.said
    assert "very-secret" not in line.said


def test_nothing_outside_is_changed_by_looking(env, sandbox, pagerduty, smtp):
    sandbox.guest.forget_traffic()
    found(env | pagerduty.env | smtp.env | {"SLACK_APP_TOKEN": sandbox.workspace.installed.app_token})
    called = {call["method"] for call in sandbox.guest.traffic()}
    assert called == {"auth.test", "users.conversations", "apps.connections.open", "openid.connect.token"}
    assert {call.operation.partition(" ")[0] for call in pagerduty.calls} == {"GET"}
    assert smtp.arrived == []


def said(env):
    """`closeout check`, with these settings and none of the machine's."""
    unset = {name: None for name in os.environ if name.startswith(OURS)}
    return CliRunner(env=unset | env).invoke(closeout, "check", standalone_mode=False)


def test_settings_that_cannot_work_are_a_line_too(env):
    done = said(env | {"SMTP_URL": "smtp://nowhere", "MAIL_FROM": ""})
    assert done.return_value == 1
    assert done.stdout.startswith("✗ Settings: SMTP_URL must look like")


def test_the_command_says_each_line_and_leaves_with_one_when_something_is_wrong(env):
    well = said(env)
    assert well.return_value == 0
    assert "✓ Slack token: Sandbox, as @closeout" in well.stdout
    assert "- Mail: SMTP_URL is not set\n    Set SMTP_URL and MAIL_FROM" in well.stdout
    wrong = said(env | mail_env(f"127.0.0.1:{free_port()}"))
    assert wrong.return_value == 1
    assert "✗ Mail: " in wrong.stdout


def test_bolt_does_not_complain_of_our_token(env, monkeypatch, caplog):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-sandbox")
    logs.set_up(json=False)
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.addHandler(caplog.handler)
    House(read(env)).engine.dispose()
    bolt.removeHandler(caplog.handler)

    assert caplog.messages == []
