import asyncio

import pytest

from bot.lib.errors import DeliveryError
from bot.sandbox.contract import check_blocks
from bot.slack.calls import SlackRefused
from bot.slack.limits import fit


@pytest.fixture
def call(hall):
    return lambda method, **args: asyncio.run(hall.slack.slack.call(method, **args))


def test_a_refusal_is_final_and_keeps_slacks_code(call):
    with pytest.raises(SlackRefused, match="channel_not_found") as refused:
        call("chat.postMessage", channel="C0NONE", text="Hello")
    assert (refused.value.code, refused.value.permanent) == ("channel_not_found", True)


@pytest.mark.parametrize("kind", ["500", "cut_before", "cut_after", "lost_answer", "timeout"])
def test_what_may_pass_is_said_to_pass(hall, call, kind):
    hall.slack.slack.client.timeout = 0.3
    hall.guest.fails("chat.postMessage", kind)
    with pytest.raises(DeliveryError) as failed:
        call("chat.postMessage", channel="C0INCIDENTS", text="Hello")
    assert (failed.value.permanent, failed.value.retry_after) == (False, None)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "token_revoked"])
def test_slacks_own_trouble_and_our_token_pass_too(hall, call, error):
    hall.guest.fails("auth.test", "error", error=error)
    with pytest.raises(DeliveryError) as failed:
        call("auth.test")
    assert not failed.value.permanent


def test_who_is_asked_for_quiet_keeps_it_for_that_channel_only(hall, call):
    hall.guest.fails("chat.postMessage", "429", retry_after=30)
    with pytest.raises(DeliveryError) as failed:
        call("chat.postMessage", channel="C0INCIDENTS", text="Hello")
    assert failed.value.retry_after == 30
    assert list(hall.slack.slack.door.quiet) == ["chat.postMessage/C0INCIDENTS"]
    other = call("conversations.create", name="other")["channel"]["id"]
    assert call("chat.postMessage", channel=other, text="Hello")["ok"]


def test_done_already_counts_as_done(call):
    ts = call("chat.postMessage", channel="C0INCIDENTS", text="Hello")["ts"]
    for _ in range(2):
        assert call("pins.add", channel="C0INCIDENTS", timestamp=ts)["ok"]


def test_a_message_is_not_sent_again_behind_our_back(hall, call):
    hall.guest.fails("chat.postMessage", "cut_after")
    with pytest.raises(DeliveryError):
        call("chat.postMessage", channel="C0INCIDENTS", text="Hello")
    assert len(hall.guest.calls("chat.postMessage")) == 1


def test_methods_that_take_forms_get_forms(call):
    assert call("conversations.list", types="public_channel", exclude_archived=True, limit=5)["ok"]


def test_nothing_over_a_limit_leaves():
    long = "x" * 50_000
    text = {"type": "mrkdwn", "text": long}
    button = {"type": "button", "text": {"type": "plain_text", "text": long}, "action_id": "a", "value": long}
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": long}},
        {"type": "section", "text": text, "accessory": button},
        {"type": "section", "fields": [text] * 12},
        {"type": "context", "elements": [text] * 12},
        {"type": "actions", "elements": [{**button, "action_id": str(n)} for n in range(30)]},
        *[{"type": "divider"}] * 60,
    ]
    sent = fit({"text": long, "topic": long, "blocks": blocks})
    assert (len(sent["text"]), len(sent["topic"]), len(sent["blocks"])) == (4000, 250, 50)
    assert check_blocks(sent["blocks"], "message") == []


def test_a_response_url_that_is_used_up_is_a_refusal(hall):
    with pytest.raises(SlackRefused):
        asyncio.run(hall.slack.slack.respond(f"{hall.sandbox.url}/response/none", {"text": "Hello"}))
