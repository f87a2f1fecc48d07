"""How events and interactions reach a bot: signatures, retries, time limits, disturbed streams."""

import asyncio
import json
import threading

import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.client import wait_for


class Ear:
    """A bot that keeps what it hears and answers what the test says."""

    def __init__(self):
        self.heard = []
        self.answers = []
        self.gate = threading.Event()
        self.gate.set()

    async def hear(self, request):
        body = (await request.body()).decode()
        self.heard.append((dict(request.headers), body))
        while not self.gate.is_set():
            await asyncio.sleep(0.01)
        return self.answers.pop(0) if self.answers else Response()

    def events(self):
        return [json.loads(body) for _, body in self.heard]


@pytest.fixture
def ear(guest, serve):
    ear = Ear()
    app = Starlette(routes=[Route("/slack/events", ear.hear, methods=["POST"])])
    with serve(app):
        guest.conditions(timing={"retries": [0.0, 0.0, 0.0], "ack": 0.15})
        yield ear
        ear.gate.set()


def test_what_is_delivered_is_signed(ear, ada):
    ada.says("/incident help")
    ada.says("hello", in_="incidents")
    wait_for(lambda: len(ear.heard) == 2)

    verifier = SignatureVerifier("sandbox-signing-secret")
    assert all(verifier.is_valid_request(body, headers) for headers, body in ear.heard)


def test_an_event_is_tried_four_times_with_one_id(ear, ada):
    ear.answers = [Response(status_code=500) for _ in range(4)]

    ada.says("hello", in_="incidents")
    wait_for(lambda: len(ear.heard) == 4)

    assert len({event["event_id"] for event in ear.events()}) == 1
    numbers = [headers.get("x-slack-retry-num") for headers, _ in ear.heard]
    assert numbers == [None, "1", "2", "3"]
    assert ear.heard[1][0]["x-slack-retry-reason"] == "http_error"


def test_a_bot_can_ask_for_no_retry(ear, guest, ada):
    ear.answers = [Response(status_code=404, headers={"x-slack-no-retry": "1"})]

    ada.says("hello", in_="incidents")
    ada.says("again", in_="incidents")
    wait_for(lambda: len(ear.heard) == 2)

    assert [event["event"]["text"] for event in ear.events()] == ["hello", "again"]


def test_a_slow_answer_counts_as_none(ear, ada):
    ear.gate.clear()

    answer = ada.says("/incident")

    assert (answer.status, answer.error) == (None, "operation_timeout")
    assert "operation_timeout" in ada.reads("general")
    assert len(ear.heard) == 1


def test_an_event_that_times_out_is_sent_again(ear, ada):
    ear.gate.clear()
    ada.says("hello", in_="incidents")
    wait_for(lambda: len(ear.heard) >= 2)
    assert ear.heard[1][0]["x-slack-retry-reason"] == "http_timeout"


def test_events_can_be_muted_doubled_and_turned_around(ear, guest, ada):
    guest.conditions(mute_events=True)
    ada.says("unheard", in_="incidents")
    guest.conditions(mute_events=False, duplicate_events=1)
    ada.says("twice", in_="incidents")
    wait_for(lambda: len(ear.heard) == 2)
    guest.conditions(duplicate_events=0, reorder_events=True)
    ada.says("first", in_="incidents")
    ada.says("second", in_="incidents")
    wait_for(lambda: len(ear.heard) == 4)

    assert [event["event"]["text"] for event in ear.events()] == ["twice", "twice", "second", "first"]


def test_only_subscribed_events_come(ear, guest, ada):
    guest.act("connect", events=["reaction_added"])

    ts = ada.says("hello", in_="incidents").ts
    ada.reacts("eyes", ts, in_="incidents")
    wait_for(lambda: ear.heard)

    assert [event["event"]["type"] for event in ear.events()] == ["reaction_added"]


def test_a_bot_that_is_taken_out_hears_of_it_and_then_no_more(ear, ada):
    ada.kicks("closeout", from_="incidents")
    ada.says("without you", in_="incidents")
    ada.says("hello", in_="dm")
    wait_for(lambda: any(event["event"].get("channel_type") == "im" for event in ear.events()))

    kinds = {event["event"]["type"] for event in ear.events()}
    assert kinds == {"message", "member_left_channel"}
    assert "without you" not in [event["event"].get("text") for event in ear.events()]


def test_the_address_of_the_bot_is_verified_on_request(ear, guest, sandbox):
    assert guest.connect(sandbox.workspace.installed.bot_url, verify=True)["verified"] is False
    question = "a challenge"
    ear.answers = [JSONResponse({"challenge": question})]
    assert guest.connect(sandbox.workspace.installed.bot_url, verify=True)["verified"] is False


def test_nobody_there_is_said_at_once(guest, ada):
    assert ada.says("/incident").error == "dispatch_failed"
