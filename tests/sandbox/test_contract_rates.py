"""Slack's patience, measured in seconds that the test hands out."""

import pytest

from bot.sandbox.contract import Rates


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rates(clock):
    return Rates(clock)


def passed(rates, times, method, channel=None):
    return [rates.knock(method, channel) for _ in range(times)].count(None)


@pytest.mark.parametrize(
    ("method", "allowed"), [("pins.add", 20), ("chat.update", 50), ("views.open", 100), ("auth.test", 300)]
)
def test_a_method_passes_as_often_a_minute_as_its_tier_says(rates, method, allowed):
    assert passed(rates, 400, method) == allowed


def test_the_wait_ends_when_it_was_said_to_end(rates, clock):
    passed(rates, 20, "pins.add")
    wait = rates.knock("pins.add")
    assert wait == 3
    clock.seconds += wait
    assert rates.knock("pins.add") is None
    assert rates.knock("pins.add") == 3


def test_methods_wait_each_for_itself(rates):
    passed(rates, 21, "pins.add")
    assert rates.knock("pins.remove") is None


def test_a_channel_takes_a_short_burst_and_then_one_message_a_second(rates, clock):
    assert passed(rates, 20, "chat.postMessage", "C1") == 10
    assert rates.knock("chat.postMessage", "C1") == 1
    assert rates.knock("chat.postMessage", "C2") is None
    clock.seconds += 3
    assert passed(rates, 20, "chat.postMessage", "C1") == 3


def test_posting_has_a_ceiling_for_the_whole_workspace(rates):
    posted = sum(passed(rates, 10, "chat.postMessage", f"C{number}") for number in range(40))
    assert posted == 300


def test_a_refused_call_costs_nothing(rates, clock):
    passed(rates, 500, "pins.add")
    clock.seconds += 60
    assert passed(rates, 500, "pins.add") == 20


def test_rates_can_be_switched_off_and_forgotten(rates):
    passed(rates, 20, "pins.add")
    rates.on = False
    assert rates.knock("pins.add") is None
    rates.on = True
    rates.forget()
    assert rates.knock("pins.add") is None
