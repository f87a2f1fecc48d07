"""Endpoints outside are called with a signature, at addresses that are outside, and with a bounded ear."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot import app
from bot.domain import incidents, people, subscribers, updates
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery
from bot.domain.subscribers import Subscriber, reactions
from bot.integrations import webhooks
from bot.integrations.webhooks import BadAllow, targets
from bot.integrations.webhooks.signing import signed
from bot.integrations.webhooks.targets import LONGEST, Caller, is_outside
from bot.lib.courier import Courier
from bot.lib.errors import DeliveryError
from bot.lib.facts import Listeners
from tests.conftest import NOON, carry_all


class Endpoint(ThreadingHTTPServer):
    """Gives challenges back, and answers what it was told to answer."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.got, self.says, self.where = [], [], {}
        self.echoes = True
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.allowed = f"127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        status = self.server.says.pop(0) if self.server.says else 200
        self.send_response(status)
        for name, value in self.server.where.items():
            self.send_header(name, value)
        self.end_headers()
        said = json.loads(body)
        if self.server.echoes and said["type"] == "subscription.challenge":
            self.wfile.write(said["data"]["challenge"].encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield endpoint
    endpoint.shutdown()
    thread.join()
    endpoint.server_close()


class Desk:
    def __init__(self, engine, endpoint):
        listeners = Listeners()
        listeners.add_all(reactions)
        info = {"company": Company(), "templates": app.data_folder("templates")}
        self.courier, self.now, self.endpoint = Courier(engine, listeners, info), NOON, endpoint
        deps = SimpleNamespace(
            courier=self.courier, clock=lambda: self.now, public_url="https://status.example"
        )
        self.vendor = webhooks.connect({"WEBHOOKS_ALLOW": endpoint.allowed}, deps)

    def call(self, minutes=0):
        self.now += timedelta(minutes=minutes)

        async def work():
            await self.vendor.work()
            await self.vendor.close()
            self.vendor.caller._client = None

        asyncio.run(work())

    def subscribe(self):
        with self.courier.transaction() as session:
            allowed = [self.endpoint.allowed]
            found = subscribers.ask_webhook(session, self.endpoint.url, now=self.now, allowed=allowed)
            secret = found.secret
        self.call()
        return secret

    def publish(self, message="We look into it."):
        with self.courier.transaction() as session:
            ada = people.of_email(session, "ada@example.com")
            incident = incidents.declare(session, Report("Down"), by=ada, now=self.now)
            updates.publish(session, incident, message, by=ada, now=self.now)
        carry_all(self.courier)

    def one(self, what):
        with self.courier.reading() as session:
            return session.exec(select(what)).first()

    def updates(self):
        return [each for each in self.endpoint.got if b"incident.updated" in each[1]]


@pytest.fixture
def desk(engine, endpoint):
    return Desk(engine, endpoint)


def test_the_signature_is_that_of_the_specification():
    """The example of the reference libraries of Standard Webhooks."""
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_endpoint_that_answers_the_challenge_is_told_of_updates_signed(desk):
    secret = desk.subscribe()
    desk.publish()
    desk.call()
    [(headers, body)] = desk.updates()
    said = json.loads(body)
    assert said["data"]["update"]["body"] == "We look into it."
    assert said["data"]["incident"]["url"].startswith("https://status.example/status#")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signs = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signs, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_an_endpoint_that_does_not_give_the_challenge_back_is_not_called_for_good(desk, endpoint):
    endpoint.echoes = False
    desk.subscribe()
    desk.publish()
    desk.call()
    assert desk.updates() == []
    assert desk.one(Subscriber).reason == "it did not give the challenge back"


def test_what_was_not_taken_is_sent_again_with_the_same_id(desk, endpoint):
    desk.subscribe()
    desk.publish()
    endpoint.says = [503, 404]
    desk.call()
    desk.call(minutes=2)
    desk.call(minutes=6)
    ids = {headers["webhook-id"] for headers, _ in desk.updates()}
    assert (len(desk.updates()), len(ids)) == (3, 1)
    assert desk.one(Subscriber).failing_since is None


def test_an_endpoint_that_is_gone_is_called_no_more(desk, endpoint):
    desk.subscribe()
    desk.publish()
    endpoint.says = [410]
    desk.call()
    assert desk.one(Subscriber).standing == "stopped"


def test_an_endpoint_that_fails_for_days_is_stopped(desk, endpoint):
    desk.subscribe()
    for _ in range(5):
        desk.publish()
        endpoint.says = [500] * 3
        desk.call(minutes=18 * 60)
    assert desk.one(Subscriber).standing == "stopped"


def test_a_redirect_is_not_followed(desk, endpoint):
    desk.subscribe()
    desk.publish()
    endpoint.says, endpoint.where = [302], {"Location": endpoint.url}
    desk.call()
    assert len(desk.updates()) == 1
    with desk.courier.reading() as session:
        assert "it answered 302" in session.exec(select(Delivery.note)).all()


def test_what_was_under_way_in_a_life_that_ended_is_sent_again(desk):
    desk.subscribe()
    desk.publish()
    with desk.courier.transaction() as session:
        waiting = session.exec(select(Delivery).where(Delivery.status == "queued")).one()
        waiting.status, waiting.taken_by = "sending", "dead"
        session.add(waiting)
    desk.call()
    assert len(desk.updates()) == 1


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("64:ff9b:1::a00:1", False),
        ("::10.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("fec0::1", False),
        ("not an address", False),
    ],
)
def test_only_public_addresses_are_outside(address, is_so):
    assert is_outside(address) is is_so


def post(caller, url="https://hooks.example.com/x"):
    async def work():
        try:
            return await caller.post(url, b"{}", {})
        finally:
            await caller.close()

    return asyncio.run(work())


def test_a_name_that_leads_inside_is_refused_for_good_whatever_else_it_has():
    async def both(host, port):
        return ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(DeliveryError, match="not public") as refused:
        post(Caller((), both))
    assert refused.value.permanent


def test_a_name_server_that_never_answers_holds_up_nobody(monkeypatch):
    """Whoever subscribes may own it. Slack and all vendors are looked up by threads that it does not take."""
    gate = threading.Event()
    monkeypatch.setattr(targets, "PATIENCE", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: gate.wait(20) and [])

    async def work():
        caller = Caller(())
        slow = [caller.post(f"https://h{n}.example.com/", b"{}", {}) for n in range(40)]
        waiting = asyncio.gather(*slow, return_exceptions=True)
        await asyncio.sleep(0.01)
        await asyncio.wait_for(asyncio.to_thread(int), 5)
        return await asyncio.wait_for(waiting, 5)

    try:
        assert all("does not answer" in str(each) for each in asyncio.run(work()))
    finally:
        gate.set()


def test_the_connection_goes_to_the_address_that_was_judged_and_asks_for_the_name():
    """A second look-up, which might answer otherwise, never happens."""
    asked, seen = [], {}

    async def once(host, port):
        asked.append(host)
        return ["93.184.216.34"]

    class Watched(Caller):
        async def _read(self, request):
            seen.update(host=request.url.host, name=request.headers["host"], sni=request.extensions)
            raise TimeoutError

    with pytest.raises(DeliveryError, match="does not answer"):
        post(Watched((), once))
    assert (asked, seen["host"], seen["name"]) == (
        ["hooks.example.com"],
        "93.184.216.34",
        "hooks.example.com",
    )
    assert seen["sni"]["sni_hostname"] == "hooks.example.com"


def test_a_huge_answer_is_not_read_to_its_end():
    class Endless(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(10_000):
                    self.wfile.write(b"x" * 65536)
            except OSError:
                server.was_cut = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    server.was_cut = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    where = f"127.0.0.1:{server.server_port}"
    answer = post(Caller([where]), f"http://{where}/")
    server.shutdown()
    thread.join()
    server.server_close()
    assert (len(answer.text), server.was_cut) == (LONGEST, True)


def test_a_list_of_allowed_hosts_names_their_ports():
    deps = SimpleNamespace(courier=SimpleNamespace(info={}), clock=None, public_url="")
    with pytest.raises(BadAllow, match="with their port"):
        webhooks.connect({"WEBHOOKS_ALLOW": "10.0.0.5"}, deps)
