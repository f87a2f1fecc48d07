"""`closeout check` of PagerDuty and mail: would they take what we send, and do they reach us?"""

import pytest

from bot.sandbox.pager.hooks import subscription
from tests.checks.looking import HOOKS, PASSWORD, PUBLIC, found, mail_env
from tests.world import free_port

# ---- PagerDuty


@pytest.fixture
def paged(env, pagerduty):
    return env | pagerduty.env | {"CLOSEOUT_PUBLIC_URL": PUBLIC}


def test_pagerduty_with_everything_set(paged):
    lines = found(paged, services=[{"key": "checkout", "name": "Checkout", "pagerduty_service": "PSVC001"}])
    told = {name: line for name, line in lines.items() if name.startswith("PagerDuty")}
    assert {name: line.state for name, line in told.items()} == {
        "PagerDuty key": "ok",
        "PagerDuty services": "ok",
        "PagerDuty webhook": "ok",
        "PagerDuty paging": "ok",
    }
    assert told["PagerDuty key"].said == "the REST API answers; we act as bot@example.com"
    assert told["PagerDuty webhook"].said == "PagerDuty sends 10 kinds of events to us"


def test_pagerduty_that_answers_401(paged):
    lines = found(paged | {"PAGERDUTY_API_TOKEN": "u+wrong-token"})
    assert "401" in lines["PagerDuty key"].said
    assert "See that PAGERDUTY_API_TOKEN is a live key" in lines["PagerDuty key"].remedy
    assert "PagerDuty services" not in lines, "the rest would only say so again"


def test_pagerduty_with_a_sender_whom_it_does_not_know(paged):
    line = found(paged | {"PAGERDUTY_FROM": "who@example.com"})["PagerDuty key"]
    assert "PAGERDUTY_FROM is who@example.com, whom PagerDuty does not know" in line.said
    unset = found({name: value for name, value in paged.items() if name != "PAGERDUTY_FROM"})
    assert unset["PagerDuty key"].said == "PAGERDUTY_FROM is not set"


def test_a_service_that_pagerduty_does_not_know(paged):
    lines = found(paged, services=[{"key": "checkout", "name": "Checkout", "pagerduty_service": "PNONE"}])
    assert lines["PagerDuty services"].state == "bad"
    assert "checkout has pagerduty_service 'PNONE'" in lines["PagerDuty services"].said


def test_no_webhook_comes_to_us(paged, pagerduty):
    pagerduty.subscriptions[:] = [subscription("https://elsewhere.example.com/webhooks/pagerduty")]
    line = found(paged)["PagerDuty webhook"]
    assert line.said == f"PagerDuty sends no webhook to {HOOKS}"
    assert f"URL {HOOKS}" in line.remedy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"active": False}, "switched off"),
        ({"delivery_method": {"url": HOOKS, "temporarily_disabled": True}}, "for 24 h"),
        ({"events": ["incident.triggered"]}, "does not send incident.acknowledged, incident.resolved"),
    ],
)
def test_a_webhook_that_does_not_do(paged, pagerduty, changes, said):
    pagerduty.subscriptions[:] = [subscription(HOOKS) | changes]
    line = found(paged)["PagerDuty webhook"]
    assert line.state == "bad"
    assert said in line.said


def test_one_webhook_that_works_is_enough(paged, pagerduty):
    pagerduty.subscriptions.insert(0, subscription(HOOKS) | {"active": False})
    assert found(paged)["PagerDuty webhook"].state == "ok"


def test_our_webhook_may_be_on_a_later_page(paged, pagerduty):
    others = [subscription(f"https://other.example.com/{n}") for n in range(120)]
    pagerduty.subscriptions[:] = [*others, subscription(HOOKS)]
    assert found(paged)["PagerDuty webhook"].state == "ok"


def test_webhooks_that_come_without_a_secret_of_ours(paged):
    lines = found({name: value for name, value in paged.items() if name != "PAGERDUTY_WEBHOOK_SECRET"})
    assert lines["PagerDuty webhook"].state == "bad"
    assert "PAGERDUTY_WEBHOOK_SECRET is not set" in lines["PagerDuty webhook"].said


def test_parts_of_pagerduty_can_be_off(env):
    lines = found(env | {"PAGERDUTY_WEBHOOK_SECRET": "hook-secret"})
    assert lines["PagerDuty key"].state == "off"
    assert lines["PagerDuty webhook"].state == "ok"
    assert lines["PagerDuty paging"].state == "off"


# ---- mail


def test_mail_goes_as_far_as_the_server_takes_it_and_none_is_sent(env, smtp):
    line = found(env | smtp.env)["Mail"]
    assert line.state == "ok"
    assert "knows us as closeout and takes mail from Closeout <closeout@example.com>" in line.said
    assert smtp.arrived == []


def test_a_wrong_password(env, smtp):
    wrong = {"SMTP_URL": smtp.env["SMTP_URL"].replace(PASSWORD, "wrong-password")}
    line = found(env | smtp.env | wrong)["Mail"]
    assert line.state == "bad"
    assert "does not take the user and password" in line.said
    assert "SMTP_URL" in line.remedy


def test_a_sender_that_the_server_refuses(env, smtp):
    smtp.refused = "closeout@example.com"
    line = found(env | smtp.env)["Mail"]
    assert "550" in line.said
    assert line.remedy.startswith("Mend MAIL_FROM")


def test_no_mail_server(env):
    line = found(env | mail_env(f"127.0.0.1:{free_port()}"))["Mail"]
    assert line.state == "bad"
    assert "host and port in SMTP_URL" in line.remedy
