"""Latency, faults and outages reach the real slack_sdk as they would from Slack."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

ROOM = "C0INCIDENTS"


@pytest.fixture
def impatient(client):
    client.timeout = 0.2
    client.retry_handlers = []
    return client


async def test_a_rate_limit_says_how_long_to_wait(client, guest):
    guest.fails("chat.postMessage", "429", retry_after=7)

    with pytest.raises(SlackApiError) as problem:
        await client.chat_postMessage(channel=ROOM, text="x")

    assert problem.value.response.status_code == 429
    assert problem.value.response.headers["Retry-After"] == "7"
    assert (await client.chat_postMessage(channel=ROOM, text="x"))["ok"]


async def test_an_error_can_be_asked_for_by_its_argument(client, guest):
    guest.fails("pins.add", "error", error="too_many_pins", match={"channel": "C0RANDOM"}, times=None)

    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.pins_add(channel=ROOM, timestamp="1700000000.000000")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="too_many_pins"):
            await client.pins_add(channel="C0RANDOM", timestamp="1700000000.000000")


@pytest.mark.parametrize(
    ("kind", "posted"),
    [
        ("500", 0),
        ("lost_answer", 1),
        ("cut_before", 0),
        ("cut_after", 1),
        ("timeout", 0),
        ("hang_after", 1),
    ],
)
async def test_a_fault_strikes_before_or_after_the_message_is_posted(impatient, guest, kind, posted):
    guest.fails("chat.postMessage", kind)

    with pytest.raises((SlackApiError, aiohttp.ClientError, asyncio.TimeoutError)):
        await impatient.chat_postMessage(channel=ROOM, text="x")

    assert len(guest.messages("incidents")) == posted
    assert (await impatient.chat_postMessage(channel=ROOM, text="x"))["ok"]


async def test_silence_is_kept_until_the_caller_is_gone(impatient, guest):
    guest.fails("chat.postMessage", "hang_after")

    with pytest.raises(asyncio.TimeoutError):
        await impatient.chat_postMessage(channel=ROOM, text="x")

    [call] = guest.calls("chat.postMessage")
    assert call["ms"] is None or (call["status"], call["ms"] >= 150) == (None, True)


async def test_slack_can_be_down(impatient, guest):
    guest.conditions(down=True)
    with pytest.raises(SlackApiError) as problem:
        await impatient.auth_test()
    assert problem.value.response.status_code == 503

    guest.conditions(down=False)
    assert (await impatient.auth_test())["ok"]


async def test_latency_is_waited_out(impatient, guest):
    guest.conditions(latency_ms=30)

    await impatient.auth_test()

    assert guest.calls("auth.test")[0]["ms"] >= 30


async def test_rate_limits_hold_when_they_are_on(client, guest):
    guest.conditions(rates=True)

    for n in range(10):
        await client.chat_postMessage(channel=ROOM, text=str(n))
    with pytest.raises(SlackApiError) as problem:
        await client.chat_postMessage(channel=ROOM, text="one too many")

    assert problem.value.response.status_code == 429


async def test_the_traffic_names_every_call_and_no_token(client, guest):
    await client.chat_postMessage(channel=ROOM, text="x")

    [call] = guest.calls("chat.postMessage")

    assert (call["direction"], call["status"], call["answer"]["ok"]) == ("from_bot", 200, True)
    assert call["args"] == {"channel": ROOM, "text": "x"}
    guest.forget_traffic()
    assert guest.traffic() == []


def test_an_unknown_condition_names_the_known_ones(guest):
    with pytest.raises(Exception, match="latency_ms"):
        guest.conditions(weather="rain")
