"""A vendor is found by its folder, and on when its settings are there."""

from types import SimpleNamespace

from bot.domain.company import Company
from bot.integrations import connect_all
from tests.alerting import at

DEPS = SimpleNamespace(
    inbox=None,
    courier=SimpleNamespace(info={}),
    http=None,
    clock=at,
    public_url="https://x.example",
    company=Company(),
)


def test_without_settings_nothing_is_on():
    """But webhooks: what sets them up is who subscribes."""
    assert connect_all({}, DEPS).keys() == {"webhooks"}


def test_what_is_configured_is_on():
    assert "pagerduty" in connect_all({"PAGERDUTY_WEBHOOK_SECRET": "secret"}, DEPS)


def test_without_a_webhook_secret_there_is_no_door():
    assert connect_all({"PAGERDUTY_ROUTING_KEY": "R" * 32}, DEPS)["pagerduty"].routes == []
