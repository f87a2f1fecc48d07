"""A house to look at, and far ends that are well."""

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.sandbox.pager.hooks import subscription
from bot.sandbox.running import Running, Served
from tests.checks.looking import HOOKS, PASSWORD, mail_env
from tests.doubles.pagerduty import PagerDuty
from tests.world import free_port


@pytest.fixture(scope="module")
def sandbox():
    with Running() as sandbox:
        yield sandbox


@pytest.fixture
def alive():
    """Closeout itself, as far as the outside sees."""
    doors = [Route("/healthz", lambda _: PlainTextResponse("alive\n"))]
    with Served(Starlette(routes=doors)) as served:
        yield served.url


@pytest.fixture
def env(sandbox, tmp_path):
    """A practice workspace, and a machine on which nothing listens where Closeout would."""
    slack = {name: value for name, value in sandbox.settings.items() if name.startswith("SLACK_")}
    given = {
        "CLOSEOUT_DATA_DIR": str(tmp_path),
        "CLOSEOUT_PORT": str(free_port()),
        "CLOSEOUT_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
    }
    return given | slack


@pytest.fixture
def pagerduty():
    with PagerDuty() as account:
        account.subscriptions.append(subscription(HOOKS))
        yield account


def knows(server, session, envelope, mechanism, given):
    is_known = (given.login, given.password) == (b"closeout", PASSWORD.encode())
    return AuthResult(success=is_known, handled=is_known)


class Sender:
    """A mail server that may refuse a sender, and would keep what arrives."""

    def __init__(self):
        self.refused, self.arrived = "", []

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address == self.refused:
            return "550 5.7.1 not from here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.arrived.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp():
    sender = Sender()
    asks = {"authenticator": knows, "auth_require_tls": False}
    server = Controller(sender, hostname="127.0.0.1", port=free_port(), **asks)
    server.start()
    sender.env = mail_env(f"closeout:{PASSWORD}@127.0.0.1:{server.port}")
    yield sender
    server.stop()
