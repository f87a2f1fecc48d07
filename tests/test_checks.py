"""`closeout check`: each line is well, or says what to do."""

import json
import logging
from pathlib import Path

import pytest

from bot.app import House
from bot.checks import check_all
from bot.domain.company import Service
from bot.lib import db, logs
from bot.sandbox.running import Running
from bot.settings import read
from bot.slack.checking import SCOPES
from tests.doubles.pagerduty import PagerDuty
from tests.world import free_port

TOP = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def sandbox():
    with Running() as sandbox:
        yield sandbox


@pytest.fixture
def env(sandbox, tmp_path):
    return {
        "CLOSEOUT_DATA_DIR": str(tmp_path),
        "CLOSEOUT_PUBLIC_URL": "https://closeout.example.com",
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "secret",
        "SLACK_API_URL": sandbox.api_url,
    }


def found(env, **company):
    house = House(read(env))
    db.upgrade(house.engine)
    house.company = replace_company(house, company)
    findings = check_all(house)
    house.engine.dispose()
    return {(each.what, each.state): f"{each.said} > {each.remedy}" for each in findings}, findings


def replace_company(house, changes):
    made = house.company.model_copy(update=changes) if hasattr(house.company, "model_copy") else house.company
    for vendor in house.vendors.values():
        vendor.company = made
    return made


def bad(findings):
    return [f"{each.said} > {each.remedy}" for each in findings if each.state == "bad"]


def test_a_workspace_in_which_all_is_well(env):
    _, findings = found(env)
    said = [each.said for each in findings if each.what == "Slack"]

    assert bad(findings) == []
    assert said[1:] == [f"all {len(SCOPES)} scopes are granted", "#incidents is there for announcements"]


def test_the_scopes_are_those_of_the_manifest():
    manifest = json.loads((TOP / "deploy/slack-manifest.json").read_text())

    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_a_missing_scope_is_named(env, sandbox):
    granted = sandbox.workspace.installed.scopes
    sandbox.workspace.installed.scopes = [scope for scope in granted if scope != "pins:write"]
    [line] = bad(found(env)[1])
    sandbox.workspace.installed.scopes = granted

    assert line.startswith("scopes are missing: pins:write > Add them under OAuth & Permissions")


def test_a_wrong_token_says_where_the_right_one_is(env):
    [line] = bad(found(env | {"SLACK_BOT_TOKEN": "xoxb-wrong"})[1])

    assert "invalid_auth" in line
    assert line.endswith("into SLACK_BOT_TOKEN.")


def test_slack_out_of_reach_is_not_called_a_wrong_token(env):
    [line] = bad(found(env | {"SLACK_API_URL": f"http://127.0.0.1:{free_port()}/"})[1])

    assert "See that this machine reaches SLACK_API_URL" in line


def test_a_channel_that_is_not_there_is_to_be_made(env, tmp_path):
    toml = tmp_path / "closeout.toml"
    toml.write_text('[workspace]\nannounce_in = "alarms"\n')
    [line] = bad(found(env | {"CLOSEOUT_CONFIG": str(toml)})[1])

    assert line.startswith("nothing is announced: there is no #alarms > Create the public channel #alarms")


def test_pagerduty_with_everything_set(env):
    with PagerDuty() as double:
        _, findings = found(env | double.env)

    assert bad(findings) == []
    assert [each.what for each in findings].count("PagerDuty") == 3


def test_pagerduty_with_a_wrong_token_sender_and_service(env):
    with PagerDuty() as double:
        token = bad(found(env | double.env | {"PAGERDUTY_API_TOKEN": "u+wrong"})[1])
        sender = bad(found(env | double.env | {"PAGERDUTY_FROM": "who@example.com"})[1])
        typo = Service(key="checkout", name="Checkout", pagerduty_service="PNONE")
        service = bad(found(env | double.env, services=(typo,))[1])

    assert "See that PAGERDUTY_API_TOKEN is a live key" in token[0]
    assert sender[0].startswith("PAGERDUTY_FROM is who@example.com, whom PagerDuty does not know")
    assert service[0].startswith("the service checkout has pagerduty_service 'PNONE'")


def test_bolt_does_not_complain_of_our_token(env, monkeypatch, caplog):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-sandbox")
    logs.set_up(json=False)
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.addHandler(caplog.handler)
    House(read(env)).engine.dispose()
    bolt.removeHandler(caplog.handler)

    assert caplog.messages == []


def test_before_the_first_start_nothing_is_wrong_with_the_database(env):
    house = House(read(env))
    findings = check_all(house)
    house.engine.dispose()

    assert bad(findings) == []
