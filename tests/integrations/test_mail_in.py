"""Mail of customers is posted by whoever takes it in, and is feedback: once, in their own words alone."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from types import SimpleNamespace

import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.domain import feedback
from bot.domain.company import Company
from bot.domain.feedback import Feedback
from bot.domain.people import Person
from bot.integrations import mail_in
from bot.integrations.mail_in.reading import own_words, read
from bot.lib.inbox import Inbox
from bot.lib.letters import Letter
from tests.conftest import NOON

MAIL = {"from": "Kim <Kim@Shop.example>", "subject": "Cannot pay", "text": "Error 502.", "id": "<1@shop>"}


class Desk:
    """The door on a database of its own."""

    def __init__(self, courier, engine, **env):
        self.inbox, self.courier = Inbox(engine), courier
        deps = SimpleNamespace(inbox=self.inbox, courier=courier, clock=lambda: NOON)
        self.vendor = mail_in.connect(env, deps)
        self.browser = TestClient(Starlette(routes=self.vendor.routes))

    def post(self, body, token="let-me-in", **headers):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        said = {"Authorization": f"Bearer {token}", **headers}
        return self.browser.post("/webhooks/mail", content=text, headers=said)

    def kept(self):
        asyncio.run(self.inbox.drain(self.courier, self.vendor.openers, lambda: NOON))
        with self.courier.reading() as session:
            return session.exec(select(Feedback).order_by(Feedback.id)).all()


@pytest.fixture
def desk(courier, engine):
    courier.info["company"] = Company()
    env = {"MAIL_IN_TOKEN": "let-me-in", "MAIL_IN_SECRET": "a-secret", "MAIL_FROM": "Us <status@us.example>"}
    desk = Desk(courier, engine, **env)
    yield desk
    asyncio.run(desk.inbox.close())


def test_a_mail_is_feedback_once(desk):
    assert desk.post(MAIL).status_code == 202
    assert desk.post(MAIL).status_code == 202
    [one] = desk.kept()
    assert (one.source, one.name, one.address) == ("mail", "Kim", "kim@shop.example")
    assert one.words == "Cannot pay\n\nError 502."
    desk.post(MAIL)
    assert len(desk.kept()) == 1


def test_it_comes_by_token_or_by_signature_and_by_nothing_else(desk):
    body = json.dumps(MAIL).encode()
    signed = f"msg_1.{int(NOON.timestamp())}.".encode() + body
    digest = base64.b64encode(hmac.new(b"a-secret", signed, hashlib.sha256).digest()).decode()
    named = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOON.timestamp()))}
    assert desk.post(body, "wrong").status_code == 401
    assert desk.post(body, "", **named, **{"webhook-signature": f"v1,{digest}x"}).status_code == 401
    assert desk.post(body, "", **named, **{"webhook-signature": f"v1,{digest}"}).status_code == 202
    assert len(desk.kept()) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no json", 400),
        ("[" * 100_000, 400),
        ("[]", 422),
        ("{}", 422),
        (json.dumps({**MAIL, "text": ["a", "b"]}), 422),
        (json.dumps({**MAIL, "subject": "", "text": " "}), 422),
        (json.dumps({**MAIL, "text": "x" * 1_100_000}), 413),
    ],
)
def test_what_is_no_mail_is_turned_away(desk, body, status):
    assert desk.post(body).status_code == status
    assert desk.kept() == []


def test_as_postmark_sends_it(desk):
    sent = {"From": "kim@shop.example", "Subject": "Cannot pay", "TextBody": "Error", "MessageID": "7"}
    desk.post({**sent, "Headers": [{"Name": "X-Spam-Status", "Value": "No"}], "Attachments": []})
    assert [one.words for one in desk.kept()] == ["Cannot pay\n\nError"]


@pytest.mark.parametrize(
    "automatic",
    [
        {"headers": {"Auto-Submitted": "auto-replied (vacation)"}},
        {"headers": [{"Name": "Precedence", "Value": "bulk"}]},
        {"headers": {"List-Id": "<updates.us.example>"}},
        {"headers": {"Return-Path": "<>"}},
        {"subject": "Out of Office: back on Monday"},
        {"subject": "Automatische Antwort: Danke"},
        {"subject": "Undeliverable: What happened"},
        {"from": "MAILER-DAEMON@shop.example"},
        {"from": "no-reply@shop.example"},
        {"from": "status@us.example"},
    ],
)
def test_what_a_program_or_we_wrote_is_not_kept(desk, automatic):
    assert desk.post({**MAIL, **automatic}).status_code == 202
    assert desk.kept() == []


def test_auto_submitted_no_is_a_person(desk):
    desk.post({**MAIL, "headers": {"Auto-Submitted": "no"}})
    assert len(desk.kept()) == 1


def test_an_answer_to_us_is_their_words_alone(desk):
    said = (
        "Still broken.\r\n\r\nOn Mon, 2 Mar 2026 at 12:00, Us <status@us.example> wrote:\r\n> We mended it."
    )
    desk.post({**MAIL, "subject": "Re: What happened, and what we did", "text": said})
    assert [one.words for one in desk.kept()] == ["Still broken."]


QUOTED = [
    ("It fails.\n-- \nKim\nHead of Shops", "It fails."),
    ("It fails.\n\nSent from my iPhone", "It fails."),
    ("It fails.\n\nOn Mon, 2 Mar 2026 at 12:00,\nUs <status@us.example> wrote:\n\n> We know.", "It fails."),
    ("Es geht nicht.\n\nAm 2. März 2026 um 12:00 schrieb Us <s@us.example>:\n> Ja", "Es geht nicht."),
    ("It fails.\n\nFrom: Us <s@us.example>\nSent: Monday\nTo: Kim\n\nWe know.", "It fails."),
    ("It fails.\n-----Original Message-----\nWe know.", "It fails."),
    ("On Mon, 2 Mar 2026, Us wrote:\n> Does it work?\nNo.", "On Mon, 2 Mar 2026, Us wrote:\nNo."),
    ("From: the shop\nwe see errors", "From: the shop\nwe see errors"),
    (
        "It fails.\nOn the page of payments I wrote:\n41\nHelp",
        "It fails.\nOn the page of payments I wrote:\n41\nHelp",
    ),
    ("> all of it\n> quoted", "> all of it\n> quoted"),
]


@pytest.mark.parametrize(("text", "own"), QUOTED)
def test_what_is_quoted_or_sewn_on_is_cut_off(text, own):
    assert own_words(text) == own


def test_a_mail_that_cannot_be_answered_is_kept_without_an_address(desk):
    desk.post({**MAIL, "from": "Kim <not an address>"})
    desk.post({**MAIL, "from": "kim@localhost", "id": "2"})
    assert [one.address for one in desk.kept()] == ["", ""]


@pytest.mark.parametrize("hostile", [" " * 900_000, "on " * 300_000, "\n" * 900_000, "> " * 400_000])
def test_a_hostile_mail_holds_up_nobody(hostile):
    begin = time.process_time()
    own_words(f"It fails.\n{hostile}wrote:")
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("hostile", ["@" * 900_000, f"kim@{'ü.' * 400_000}c", f"kim@{'ü' * 800_000}.c"])
def test_a_hostile_sender_holds_up_nobody(hostile):
    """It is read at the door, on the one loop that everybody waits for."""
    begin = time.process_time()
    read({**MAIL, "from": hostile})
    assert time.process_time() - begin < 0.5


def test_a_very_long_mail_is_cut_and_not_lost(desk):
    desk.post({**MAIL, "text": "It fails. " * 5000})
    assert len(desk.kept()[0].words) <= 5000


def test_two_programs_that_talk_to_each_other_are_stopped(desk):
    for n in range(25):
        desk.post({**MAIL, "id": str(n)})
    assert len(desk.kept()) == mail_in.MOST


def test_who_is_to_be_forgotten_is_forgotten_in_the_inbox_too(desk):
    desk.post(MAIL)
    desk.kept()
    with desk.courier.transaction() as session:
        boss = Person(name="Boss", access="manager")
        session.add(boss)
        session.flush()
        feedback.erase(session, feedback.get(session, 1), by=boss, now=NOON)
    with desk.courier.reading() as session:
        assert "shop" not in str([row.model_dump() for row in session.exec(select(Letter))]).lower()
    desk.post(MAIL)
    assert len(desk.kept()) == 1


def test_it_is_off_without_its_variables():
    assert mail_in.connect({}, None) is None
    assert asyncio.run(mail_in.connect({"MAIL_IN_TOKEN": "x"}, SimpleNamespace(inbox=0, clock=0)).check())
