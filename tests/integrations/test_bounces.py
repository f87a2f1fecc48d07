"""What came back stops a subscription, whoever says so, where they may say so."""

import json
from base64 import b64encode

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.domain import people, subscribers
from bot.integrations.mail.bounces import Bounces
from tests.conftest import NOON

ADA = "ada@example.org"
SES = {
    "notificationType": "Bounce",
    "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": ADA}]},
}
REPORT = f"""\
From: MAILER-DAEMON@mx.example.org
To: status@example.com
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {ADA}
Action: failed
Status: 5.1.1

--b--
"""


@pytest.fixture
def door(courier):
    with courier.transaction() as session:
        subscribers.bring_in(session, [ADA], by=people.closeout(session), now=NOON)
    app = Starlette(routes=Bounces("open-sesame", courier, lambda: NOON).routes)
    client = TestClient(app)
    client.headers["Authorization"] = "Bearer open-sesame"
    return client


@pytest.fixture
def is_stopped(courier):
    def ask():
        with courier.reading() as session:
            return ("mail", "stopped") in subscribers.counts(session)

    return ask


@pytest.mark.parametrize(
    "said",
    [
        {"address": ADA, "kind": "hard"},
        {"Type": "HardBounce", "Email": ADA},
        [{"event": "delivered", "email": "x@example.org"}, {"event": "bounce", "email": ADA}],
        {"event-data": {"event": "failed", "severity": "permanent", "recipient": ADA}},
        SES,
        {"Type": "Notification", "Message": json.dumps(SES)},
        {"notificationType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": ADA}]}},
        {"Type": "SpamComplaint", "Email": "Ada@Example.org"},
    ],
)
def test_providers_say_it_in_their_own_words(door, is_stopped, said):
    assert door.post("/webhooks/bounces", json=said).status_code == 200
    assert is_stopped()


@pytest.mark.parametrize(
    "said",
    [
        {"address": ADA, "kind": "soft"},
        {"Type": "SoftBounce", "Email": ADA},
        {"event": "bounce", "type": "blocked", "email": ADA},
        {"event-data": {"event": "failed", "severity": "temporary", "recipient": ADA}},
        {"notificationType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": []}},
        {"event": "open", "email": ADA},
        {"address": "no address", "kind": "hard"},
    ],
)
def test_what_may_pass_stops_nothing(door, is_stopped, said):
    assert door.post("/webhooks/bounces", json=said).status_code == 200
    assert not is_stopped()


def test_a_report_of_a_mail_server_is_understood(door, is_stopped):
    headers = {"Content-Type": "message/rfc822"}
    full = REPORT.replace("5.1.1", "5.2.2")
    assert door.post("/webhooks/bounces", content=full, headers=headers).text == "0 read, 0 stopped.\n"
    assert door.post("/webhooks/bounces", content=REPORT, headers=headers).text == "1 read, 1 stopped.\n"
    assert is_stopped()


@pytest.mark.parametrize(
    "header", ["", "Bearer wrong", "Basic !!", "Basic " + b64encode(b"x:wrong").decode()]
)
def test_a_stranger_stops_nobody(door, is_stopped, header):
    door.headers["Authorization"] = header
    assert door.post("/webhooks/bounces", json={"address": ADA, "kind": "hard"}).status_code == 401
    assert not is_stopped()


def test_a_password_opens_as_well(door, is_stopped):
    door.headers["Authorization"] = "Basic " + b64encode(b"anyone:open-sesame").decode()
    door.post("/webhooks/bounces", json={"address": ADA, "kind": "hard"})
    assert is_stopped()


@pytest.mark.parametrize("body", [b"", b"[", b"[1]", b'"x"', b"[" * 50_000, b'{"Message": "x"}'])
def test_what_is_no_report_is_refused_with_a_sentence(door, body):
    answer = door.post("/webhooks/bounces", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "that we can read" in answer.text) == (422, True)


def test_without_a_token_there_is_no_door(courier):
    assert Bounces("", courier, lambda: NOON).routes == []
