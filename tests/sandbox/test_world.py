"""The world outside: alerts that ring, what PagerDuty then tells the bot, and mail that arrives."""

import json
import smtplib
from email.message import EmailMessage

import httpx
import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import mailbox
from bot.sandbox.client import NotPossibleHere, wait_for
from bot.sandbox.pager import signature
from bot.sandbox.pager.rules import OPERATIONS, misfits
from bot.sandbox.world import SECRET


class Recorder:
    """A bot that takes webhooks, and answers as it was told to."""

    def __init__(self):
        self.got, self.answers = [], []
        route = Route("/webhooks/pagerduty", self.take, methods=["POST"])
        self.app = Starlette(routes=[route])

    async def take(self, request):
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 202)

    @property
    def events(self):
        return [json.loads(body)["event"] for _, body in self.got]

    @property
    def kinds(self):
        return [event["event_type"] for event in self.events]


@pytest.fixture
def bot(sandbox, serve):
    recorder = Recorder()
    sandbox.workspace.world.webhooks.retries = (0.0, 0.0)
    with serve(recorder.app):
        yield recorder


@pytest.fixture
def pager(sandbox):
    """PagerDuty's API, with the keys that the practice workspace hands out."""
    given = sandbox.settings
    headers = {
        "authorization": f"Token token={given['PAGERDUTY_API_TOKEN']}",
        "from": given["PAGERDUTY_FROM"],
    }
    with httpx.Client(base_url=given["PAGERDUTY_API_URL"], headers=headers) as client:
        yield client


def rings(guest, **more):
    return guest.act(
        "alert", **{"service": "Checkout", "title": "Error rate is 40 %", "priority": "P1"} | more
    )


def test_an_alert_reaches_the_bot_as_a_signed_webhook(guest, bot):
    told = rings(guest)
    [(headers, body)] = bot.got
    assert headers["x-pagerduty-signature"] == signature(body, SECRET)
    [event] = bot.events
    assert (event["event_type"], event["data"]["service"]["id"]) == ("incident.triggered", "PCHECK1")
    assert (event["data"]["title"], event["data"]["priority"]["summary"]) == ("Error rate is 40 %", "P1")
    assert told["delivery"]["status"] == 202
    assert (told["incident"]["service"], told["incident"]["for"]) == ("Checkout", ["Ben Okafor"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"service": "Warehouse"}, "knows no service 'Warehouse'. It knows: Checkout, Payments API"),
        ({"service": ["Checkout"]}, "Say service"),
        ({"title": "  "}, "Say title"),
        ({"title": "x" * 1025}, "at most 1024"),
        ({"priority": "P9"}, "'P9' is no priority. Choose one of: P1"),
        ({"urgency": 7}, "7 is no urgency. Choose one of: high, low"),
    ],
)
def test_an_alert_that_cannot_be_says_why(guest, bot, wrong, said):
    with pytest.raises(NotPossibleHere, match=said):
        rings(guest, **wrong)
    assert bot.got == []


def test_people_acknowledge_and_resolve_there(guest, bot):
    id = rings(guest)["incident"]["id"]
    guest.act("acknowledge_alert", id=id, user="ada")
    moved = guest.act("resolve_alert", id=id, user="ben")
    assert bot.kinds == ["incident.triggered", "incident.acknowledged", "incident.resolved"]
    assert [event["agent"] and event["agent"]["id"] for event in bot.events] == [None, "PADA", "PBEN"]
    assert [line["by"] for line in moved["incident"]["log"]] == ["", "Ada Lovelace", "Ben Okafor"]
    for wrong, said in (
        ({"id": id, "user": "ada"}, "Already Resolved"),
        ({"id": "PX", "user": "ada"}, "no incident 'PX'"),
        ({"id": id, "user": "gus"}, "Gus Guest has no account"),
    ):
        with pytest.raises(NotPossibleHere, match=said):
            guest.act("resolve_alert", **wrong)


def test_what_was_not_taken_comes_again_with_the_same_id(guest, bot):
    bot.answers = [503, 202]
    assert rings(guest)["delivery"]["status"] == 503
    wait_for(lambda: len(bot.got) == 2)
    first, again = [headers["x-webhook-id"] for headers, _ in bot.got]
    assert first == again
    bot.answers = [400]
    rings(guest)
    rings(guest)
    assert len(bot.got) == 4, "what is refused for good is dropped"


def test_without_a_bot_an_alert_says_that_nobody_heard(guest):
    told = rings(guest)
    assert (told["delivery"]["status"], told["delivery"]["error"]) == (None, "not connected")


def test_what_the_bot_does_at_pagerduty_is_told_to_it_as_well(guest, bot, pager):
    id = rings(guest)["incident"]["id"]
    change = {"incident": {"type": "incident_reference", "status": "acknowledged"}}
    assert pager.put(f"/incidents/{id}", json=change).status_code == 200
    assert pager.post(f"/incidents/{id}/notes", json={"note": {"content": "On it"}}).status_code == 200
    wait_for(lambda: bot.kinds == ["incident.triggered", "incident.acknowledged", "incident.annotated"])
    [shown] = guest.look("pager")["incidents"]
    assert [(line["what"], line["by"], line["text"]) for line in shown["log"]][1:] == [
        ("acknowledged", "Closeout", ""),
        ("noted", "Closeout", "On it"),
    ]


def test_a_page_opens_an_incident_for_whoever_is_on_call(guest, bot, sandbox, pager):
    event = {
        "routing_key": sandbox.settings["PAGERDUTY_ROUTING_KEY"],
        "event_action": "trigger",
        "dedup_key": "closeout/INC-1/1",
        "payload": {
            "summary": "Please join",
            "source": "closeout",
            "severity": "critical",
            "group": "PSEARCH",
        },
    }
    for _ in range(2):
        assert pager.post("/v2/enqueue", json=event).status_code == 202
    [page] = guest.look("pages")["pages"]
    assert (page["title"], page["service"], page["for"]) == ("Please join", "Search", ["Hana Sato"])
    assert guest.look("pager")["incidents"] == []
    pager.post("/v2/enqueue", json={**event, "event_action": "resolve"})
    assert guest.look("pages")["pages"][0]["status"] == "resolved"
    assert not [call for call in guest.traffic() if "routing_key" in str(call)]


def test_pagerduty_is_as_strict_as_its_schema(pager, guest):
    assert pager.get("/teams").status_code == 404
    assert pager.get("/incidents", headers={"authorization": "Token token=x"}).status_code == 401
    for body in (None, [], {"incident": 7}, {"incident": {"type": "incident"}}, {"incidents": [{"type": 1}]}):
        assert pager.post("/incidents", json=body).status_code == 400
    assert guest.look("pager")["incidents"] == []


@pytest.mark.parametrize("operation", [name for name, one in OPERATIONS.items() if one["body"]])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"incident": {"type": "incident_reference", "status": "closed"}},
        {"incident": {"type": "incident_reference", "priority": {"id": "P1", "type": "priority"}}},
        {"incident": {"type": "incident", "title": "x", "service": {"id": "P", "type": "service_reference"}}},
        {"incidents": [{"id": "P1", "type": "incident_reference", "status": "resolved"}]},
        {"incidents": [{"id": 1}]},
        {"note": {"content": "x"}},
        {"note": {"content": None}},
        {"routing_key": "R", "event_action": "trigger", "payload": {"summary": "s", "source": "s"}},
        {"routing_key": "R", "event_action": "trigger", "payload": {"summary": "s", "source": "s",
         "severity": "info"}, "links": [{"text": "no href"}]},
    ],
)  # fmt: skip
def test_bodies_are_judged_as_a_json_schema_judges_them(operation, body):
    shape = OPERATIONS[operation]["body"]
    is_good = jsonschema.Draft202012Validator(shape).is_valid(body)
    assert (not list(misfits(body, shape))) is is_good


# ---- mail


def letter(subject="INC-1 needs you", text="Hello", html=None, to="ada@example.com"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Closeout <closeout@example.com>", to, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def post(sandbox):
    host, _, port = sandbox.settings["SMTP_URL"].removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as server:
        yield server


def test_mail_is_kept_and_can_be_read(guest, post):
    post.send_message(letter(html="<p>Hello</p>"))
    post.send_message(letter(subject="Grüße aus Köln", text="Später\n"))
    newest, oldest = guest.look("mail")["mails"]
    assert (newest["subject"], newest["text"], newest["has_html"]) == ("Grüße aus Köln", "Später\n", False)
    assert (oldest["to"], oldest["from"]) == (["ada@example.com"], "Closeout <closeout@example.com>")
    assert "<p>Hello</p>" in httpx.get(f"{guest.url}/sandbox/mail/{oldest['n']}/html").text
    assert httpx.get(f"{guest.url}/sandbox/mail/{newest['n']}/html").status_code == 404


def test_scripts_in_a_mail_never_run(guest, post):
    post.send_message(letter(subject="<script>1</script>", html="<p>x</p><script>alert(1)</script>"))
    [mail] = guest.look("mail")["mails"]
    assert mail["subject"] == "<script>1</script>"
    policy = httpx.get(f"{guest.url}/sandbox/mail/{mail['n']}/html").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox;")
    assert "allow-scripts" not in policy


def test_a_smuggled_header_stays_one_line(sandbox):
    raw = b"Subject: hello\r\n\tBcc: everyone@example.com\r\nX-A: =?utf-8?q?a=0D=0AEvil:_1?=\r\n\r\nx"
    mail = sandbox.workspace.world.mailbox.keep(raw, ["ada@example.com"])
    assert mail.subject == "hello Bcc: everyone@example.com"
    assert [name for name, _ in mail.headers] == ["Subject", "X-A"]
    assert not [value for _, value in mail.headers if "\n" in value or "\r" in value]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?nonsense?q?x?=\r\n\r\nx",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nqapla\xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y",
        b"Subject: \xe4\xf6\r\nFrom: @@@\r\nDate: never\r\n\r\nx",
    ],
)
def test_nonsense_is_kept_as_well(sandbox, raw):
    mail = sandbox.workspace.world.mailbox.keep(raw, ["ada@example.com"])
    json.dumps(mail.shown())


def test_the_mailbox_is_bounded_in_size_and_number(sandbox, post, guest):
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
        post.send_message(letter(text="x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    box = sandbox.workspace.world.mailbox
    for number in range(mailbox.KEPT + 5):
        box.keep(f"Subject: {number}\r\n\r\nx".encode(), ["ada@example.com"])
    found = guest.look("mail")
    assert (len(found["mails"]), found["counted"]) == (mailbox.KEPT, mailbox.KEPT + 5)
    assert found["mails"][0]["subject"] == str(mailbox.KEPT + 4)


# ---- traffic


def test_one_call_can_be_looked_at_and_a_list_is_told_of_each(sandbox, guest, bot):
    rings(guest)
    [call] = guest.calls("pagerduty incident.triggered")
    whole = guest.look(f"traffic/{call['n']}")
    assert (whole["direction"], whole["status"]) == ("to_bot", 202)
    told = [one for one in sandbox.workspace.stream.since(0) if one.kind == "traffic"]
    brief = json.loads(told[-1].data)["call"]
    assert (brief["n"], brief["about"], brief["error"]) == (call["n"], "", "")
    assert not {"args", "answer"} & set(brief)
