"""Signals come in by a door that asks for token or signature, or are read from Prometheus."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.domain import signals as rooms
from bot.domain.company import Company
from bot.domain.company.accounts import SignalRules
from bot.domain.signals import BadSignal, Series
from bot.integrations import prometheus, signals
from bot.integrations.signals.door import BODY_MAX, is_signed, secrets_of
from bot.lib.http import Http
from bot.lib.inbox import Inbox
from tests.conftest import NOON

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four.").decode()
LAG = {"customer": "acme", "signal": "lag", "value": 41.5, "unit": "s"}
RULE = SignalRules(key="lag", query="max by (customer) (lag)", unit="s")


class Desk:
    """The door on a database of its own."""

    def __init__(self, courier, engine, **env):
        self.inbox, self.courier = Inbox(engine), courier
        deps = SimpleNamespace(inbox=self.inbox, courier=courier, clock=lambda: NOON, company=Company())
        self.vendor = signals.connect(env, deps)
        self.browser = TestClient(Starlette(routes=self.vendor.routes))

    def post(self, body, **headers):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post("/webhooks/signals", content=text, headers=named)

    def open(self):
        asyncio.run(self.inbox.drain(self.courier, self.vendor.openers, lambda: NOON))
        with self.courier.reading() as session:
            return session.exec(select(Series)).all()


@pytest.fixture
def desk(courier, engine):
    courier.info["company"] = Company(signals=(RULE,))
    desk = Desk(courier, engine, SIGNALS_TOKEN="let-me-in", SIGNALS_SECRET=f"old-one,{SECRET}")
    yield desk
    asyncio.run(desk.inbox.close())


def signed(body, *, at=NOON, id="msg_1", secret=b"a secret of twenty-four."):
    sent = str(int(at.timestamp()))
    digest = hmac.new(secret, f"{id}.{sent}.{body}".encode(), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook_id": id, "webhook_timestamp": sent, "webhook_signature": signature}


def test_a_signature_is_checked_as_standard_webhooks_makes_it():
    """The test vector of the specification's own libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secrets = secrets_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    assert is_signed(b'{"test": 2432232314}', headers, secrets, at)
    assert not is_signed(b'{"test": 2432232315}', headers, secrets, at)
    assert not is_signed(b'{"test": 2432232314}', headers, secrets, at + timedelta(minutes=6))


def test_with_token_or_signature_it_is_taken_and_becomes_a_series(desk):
    assert desk.post(LAG, authorization="Bearer let-me-in").status_code == 202
    body = json.dumps([{**LAG, "customer": "globex"}])
    assert desk.post(body, **signed(body)).status_code == 202
    assert desk.post(body, **signed(body, id="msg_2", secret=b"old-one")).status_code == 202
    assert [(row.customer, row.last_value, row.unit) for row in desk.open()] == [
        ("acme", 41.5, "s"),
        ("globex", 41.5, "s"),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer guess"},
        {"authorization": "Basic let-me-in"},
        {"authorization": "Bearer "},
        signed("another body"),
        signed(json.dumps(LAG), at=NOON - timedelta(minutes=6)),
        {**signed(json.dumps(LAG)), "webhook_timestamp": "soon"},
        {**signed(json.dumps(LAG)), "webhook_signature": "v1,é".encode()},
    ],
)
def test_a_stranger_is_turned_away_and_leaves_no_row(desk, headers):
    assert desk.post(LAG, **headers).status_code == 401
    assert desk.open() == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "not JSON"),
        ("[" * 100_000, 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        ({"customer": "acme"}, 422, "Signal 1: `signal` names it"),
        ('{"customer": "acme", "signal": "lag", "value": NaN}', 422, "no number"),
        ("x" * (BODY_MAX + 1), 413, "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(desk, body, status, said):
    answer = desk.post(body, authorization="Bearer let-me-in")
    assert (answer.status_code, said in answer.text) == (status, True)


def test_a_delivery_that_is_repeated_counts_once(desk):
    body = json.dumps(LAG)
    for _ in range(2):
        assert desk.post(body, **signed(body)).status_code == 202
    [series] = desk.open()
    assert series.state["tally"]["count"] == 1


def test_without_a_setting_there_is_no_door():
    assert signals.connect({}, None) is None
    assert prometheus.connect({}, None) is None


# ---- Prometheus


def vector(*rows):
    result = [{"metric": metric, "value": [NOON.timestamp(), value]} for metric, value in rows]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_each_customer_of_an_answer_is_a_sample_and_the_rest_is_left_out():
    answer = vector(
        ({"customer": "Acme"}, "41.5"),
        ({"job": "x"}, "1"),
        ({"customer": "b"}, "NaN"),
        ({"customer": "c"}, "+Inf"),
    )
    [sample] = prometheus.read(answer, RULE, NOON)
    assert (sample.customer, sample.signal, sample.value, sample.unit) == ("acme", "lag", 41.5, "s")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": "error", "error": "parse error"}, "Prometheus says: parse error"),
        ({"status": "success", "data": {"resultType": "matrix", "result": []}}, "no instant vector"),
        (["?"], "Prometheus says: no success"),
        (vector(*(({"customer": str(n)}, "1") for n in range(5001))), "more than 5000"),
    ],
)
def test_an_answer_that_is_none_says_why(answer, said):
    with pytest.raises(BadSignal, match=said):
        prometheus.read(answer, RULE, NOON)


def asked(courier, answer, **env):
    """One slot of the clock, with a far end that answers like this."""
    seen = []

    def respond(request):
        seen.append(request)
        return answer(request)

    http = Http(httpx.AsyncClient(transport=httpx.MockTransport(respond)))
    deps = SimpleNamespace(http=http, courier=courier, clock=lambda: NOON, company=Company(signals=(RULE,)))
    courier.info["company"] = deps.company
    vendor = prometheus.connect({"PROMETHEUS_URL": "http://prom.test", **env}, deps)
    [(minutes, name, job)] = vendor.jobs
    assert (minutes, name) == (1, "prometheus-lag")
    asyncio.run(job(NOON))
    return vendor, seen


def test_a_query_is_asked_and_heard(courier):
    _, [request] = asked(
        courier,
        lambda _: httpx.Response(200, json=vector(({"customer": "acme"}, "3"))),
        PROMETHEUS_TOKEN="prom-token",
    )
    assert request.url.params["query"] == "max by (customer) (lag)"
    assert request.headers["authorization"] == "Bearer prom-token"
    with courier.reading() as session:
        assert [row.customer for row in session.exec(select(Series))] == ["acme"]


@pytest.mark.parametrize("status", [401, 500])
def test_a_far_end_that_is_ill_changes_nothing_and_is_said_by_check(courier, status):
    vendor, _ = asked(courier, lambda _: httpx.Response(status, text="no"), PROMETHEUS_TOKEN="prom-token")
    with courier.reading() as session:
        assert not rooms.is_watched(session)
    [finding] = asyncio.run(vendor.check())
    assert (finding.state, "prom-token" in finding.said) == ("bad", False)
