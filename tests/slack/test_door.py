"""The door: who may come in, what is acknowledged when, and what is said when something breaks."""

import asyncio
import json
import time
from urllib.parse import urlencode

import httpx
import pytest
from sqlmodel import Session, func, select
from starlette.applications import Starlette

from bot import slack
from bot.domain import incidents
from bot.domain.company import Company
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.inbox import Inbox
from bot.lib.letters import Letter
from bot.sandbox.deliver import signature
from bot.settings import SlackSettings
from bot.slack import replies
from bot.slack.commands import all_commands
from bot.slack.happenings import concerns_us
from tests.conftest import NOON

SECRET = "sandbox-signing-secret"
NOWHERE = "http://127.0.0.1:9/"
EVENT = {
    "type": "event_callback",
    "event_id": "Ev1",
    "authorizations": [{"user_id": "U0CLOSEOUT"}],
    "event": {
        "type": "reaction_added",
        "user": "U0ADA",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C1", "ts": "1.000001"},
        "event_ts": "2.000001",
    },
}


class Gate:
    def __init__(self, engine):
        self.engine = engine
        self.courier = Courier(engine, Listeners(), {"company": Company()})
        self.inbox = Inbox(engine)
        settings = SlackSettings(bot_token="xoxb", signing_secret=SECRET, api_url=NOWHERE)
        self.slack = slack.connect(
            settings, self.courier, self.inbox, lambda: NOON, Company(), "http://closeout.test"
        )
        transport = httpx.ASGITransport(app=Starlette(routes=self.slack.routes))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://closeout.test")

    async def post(
        self, body, *, at=None, secret=SECRET, kind="application/x-www-form-urlencoded", **headers
    ):
        signed = signature(secret, body, at or int(time.time()))
        given = (
            {"content-type": kind} | signed | {name.replace("_", "-"): one for name, one in headers.items()}
        )
        return await self.http.post("/slack/events", content=body.encode(), headers=given)

    async def event(self, event=EVENT, **how):
        return await self.post(json.dumps(event), kind="application/json", **how)

    async def command(self, text, **how):
        return await self.post(command(text), **how)

    def count(self, table):
        with Session(self.engine) as session:
            return session.exec(select(func.count()).select_from(table)).one()


def command(text, **more):
    told = {
        "command": "/incident",
        "user_id": "U0ADA",
        "user_name": "ada",
        "channel_id": "C1",
        "team_id": "T1",
    }
    return urlencode(told | {"text": text, "trigger_id": "1.2.abc", "response_url": f"{NOWHERE}r"} | more)


@pytest.fixture
def gate(engine):
    return Gate(engine)


async def test_a_command_is_answered_in_its_acknowledgement(gate):
    response = await gate.command("new Checkout is down")

    assert response.status_code == 200
    assert response.json()["text"].startswith("*INC-1* is declared")
    assert response.json()["response_type"] == "ephemeral"


@pytest.mark.parametrize(("secret", "off"), [("wrong", 0), (SECRET, -400), (SECRET, 400)])
async def test_forged_and_stale_requests_get_401_and_leave_no_row(gate, secret, off):
    how = {"secret": secret, "at": int(time.time()) + off}
    assert (await gate.command("new x", **how)).status_code == 401
    assert (await gate.event(**how)).status_code == 401
    assert gate.count(incidents.Incident) == gate.count(Letter) == 0


async def test_a_replayed_request_gets_401_and_leaves_no_row(gate):
    at = int(time.time())

    assert (await gate.command("new x", at=at)).status_code == 200
    assert (await gate.command("new x", at=at)).status_code == 401
    assert (await gate.command("new x", at=at, x_slack_retry_num="1")).status_code == 401
    assert gate.count(incidents.Incident) == 1


@pytest.mark.parametrize("kind", ["application/jsonx", "application/json", "application/json; x"])
async def test_a_replay_that_pretends_to_be_an_event_is_one_all_the_same(gate, kind):
    at = int(time.time())
    await gate.command("new x", at=at)

    replayed = await gate.command("new x", at=at, kind=kind, x_slack_retry_num="1")

    assert replayed.status_code == 401
    assert gate.count(incidents.Incident) == 1


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("body", ["{", "[]", "null", "payload={", "payload=[]", "[" * 50_000])
async def test_what_is_malformed_and_forged_gets_401_and_signed_400(gate, body, kind):
    assert (await gate.post(body, secret="wrong", kind=kind)).status_code == 401
    if kind == "application/json" or body.startswith(("{", "payload")):
        assert (await gate.post(body, kind=kind)).status_code == 400


@pytest.mark.parametrize("signature", ["", "v0=", "v0=zz", "v1=00", "v0=\u00e9"])
async def test_a_signature_that_is_none_gets_401(gate, signature):
    stamp = str(int(time.time()))
    headers = {"x-slack-signature": signature.encode("latin-1"), "x-slack-request-timestamp": stamp}

    assert (await gate.http.post("/slack/events", content=b"a=1", headers=headers)).status_code == 401


@pytest.mark.parametrize("stamp", ["", "yesterday", "1e9", "\uff19\uff19", "9" * 40])
async def test_a_timestamp_that_is_none_gets_401(gate, stamp):
    headers = {"x-slack-signature": "v0=00", "x-slack-request-timestamp": stamp.encode()}

    assert (await gate.http.post("/slack/events", content=b"x", headers=headers)).status_code == 401


async def test_bytes_that_are_no_text_get_401(gate):
    headers = {"x-slack-signature": "v0=00", "x-slack-request-timestamp": "1"}

    assert (await gate.http.post("/slack/events", content=b"\xff\xfe", headers=headers)).status_code == 401


async def test_a_body_that_is_too_large_is_not_read(gate):
    headers = {"content-length": "99000000"}

    assert (await gate.http.post("/slack/events", content=b"x", headers=headers)).status_code == 413


async def test_slacks_challenge_is_answered(gate):
    response = await gate.event({"type": "url_verification", "challenge": "abc", "token": "t"})

    assert response.json() == {"challenge": "abc"}


async def test_an_event_is_stored_once_before_it_is_acknowledged(gate):
    at = int(time.time())
    for retry in ({}, {"x_slack_retry_num": "1"}, {"x_slack_retry_num": "2"}):
        assert (await gate.event(at=at, **retry)).status_code == 200
    await gate.inbox.close()

    assert gate.count(Letter) == 1


async def test_an_event_is_not_acknowledged_while_the_database_is_away(gate):
    async def away(*_):
        raise OSError("the disk is gone")

    gate.inbox.put = away

    assert (await gate.event()).status_code == 500


@pytest.mark.parametrize("kind", ["channel_created", "user_change", "something_new_of_2027"])
async def test_an_event_that_concerns_nobody_is_acknowledged_and_not_kept(gate, kind):
    assert (await gate.event(EVENT | {"event": {"type": kind}})).status_code == 200
    assert gate.count(Letter) == 0


async def test_a_warning_about_too_many_events_is_acknowledged(gate):
    assert (await gate.event({"type": "app_rate_limited", "minute_rate_limited": 1})).status_code == 200


async def test_a_click_on_a_link_is_acknowledged(gate):
    payload = {
        "type": "block_actions",
        "user": {"id": "U0ADA"},
        "actions": [{"action_id": "x", "type": "button"}],
    }

    assert (await gate.post(urlencode({"payload": json.dumps(payload)}))).status_code == 200


async def test_what_breaks_is_logged_once_and_said(gate, caplog):
    def breaks(session, ask):
        raise ZeroDivisionError

    said = all_commands()["drill"]
    all_commands()["drill"] = type(said)("drill", "drill", breaks)
    try:
        response = await gate.command("drill")
    finally:
        all_commands()["drill"] = said

    assert response.status_code == 200
    assert response.json()["text"].startswith("We broke")
    assert len([one for one in caplog.records if one.exc_info]) == 1


async def test_a_slow_verb_is_acknowledged_at_once_and_answered_behind(gate):
    posted, free = [], asyncio.Event()

    async def respond(url, body):
        posted.append((url, body["text"]))

    async def run(verb, *args):
        await free.wait()
        return replies.Reply("Done at last.")

    talk = gate.slack.listener.replies
    talk.slack.respond, talk.courier.run, talk.patience = respond, run, 0
    response = await gate.command("list")
    assert (response.status_code, response.text) == (200, "")

    free.set()
    await talk.close()
    assert posted == [(f"{NOWHERE}r", "Done at last.")]


async def test_of_many_at_once_the_last_are_acknowledged_before_their_turn_comes(gate):
    posted, free, begun = [], asyncio.Event(), []

    async def respond(url, body):
        posted.append(body["text"])

    async def run(verb, heard, now):
        begun.append(heard.text)
        await free.wait()
        return replies.Reply(heard.text)

    talk = gate.slack.listener.replies
    talk.slack.respond, talk.courier.run, talk.lull = respond, run, 0
    first = [asyncio.create_task(gate.command(f"list {number}")) for number in range(replies.AT_ONCE)]
    while len(begun) < replies.AT_ONCE:
        await asyncio.sleep(0)

    for word in ("help", "status", "about"):
        assert (await gate.command(word)).text == ""

    free.set()
    assert [response.json()["text"] for response in await asyncio.gather(*first)] == begun[:4]
    await talk.close()
    assert posted == ["help", "status", "about"]


async def test_while_webhooks_pour_in_nobody_waits_long_for_an_acknowledgement(gate):
    talk = gate.slack.listener.replies
    assert talk._patience == replies.PATIENCE
    gate.inbox.tide.came(10_000)
    assert talk._patience == replies.HASTE


async def test_a_form_that_cannot_be_opened_is_a_sentence(gate):
    posted = []

    async def respond(url, body):
        posted.append(body["text"])

    gate.slack.listener.replies.slack.respond = respond
    assert (await gate.command("new")).text == ""
    await gate.slack.listener.replies.close()

    assert "Say it in one line instead" in posted[0]


def test_without_a_signing_secret_there_is_no_door(engine):
    courier = Courier(engine, Listeners(), {})
    settings = SlackSettings(bot_token="xoxb", app_token="xapp")

    assert slack.connect(settings, courier, Inbox(engine), lambda: NOON, Company(), "http://x").routes == []


def edited(new, old, **more):
    message = {"text": new} | more
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message,
        "previous_message": {"text": old},
    }


def reaction(name, **item):
    return {"type": "reaction_added", "reaction": name, "item": item}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"type": "message", "text": "hello"}, False),
        (edited("a", "a"), False),
        (edited("b", "a"), True),
        (edited("b", "a", bot_id="B1"), False),
        ({"type": "message", "subtype": "message_deleted"}, True),
        (reaction("pushpin", type="file", file="F1"), False),
        (reaction("pushpin::skin-tone-2", ts="1.0"), True),
        (reaction("eyes", ts="1.0"), False),
    ],
)
def test_only_what_we_act_on_is_kept(told, kept):
    assert concerns_us(told) is kept
