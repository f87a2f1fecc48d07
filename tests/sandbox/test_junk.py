"""Whatever a caller sends, the sandbox answers as Slack: ok or an error that is documented, never a crash."""

import httpx
import pytest

from bot.sandbox.contract import METHODS, allows
from bot.sandbox.methods import SERVED
from bot.sandbox.running import Running

JUNK = ["", "x", "U0ADA", "-1", "[1]", "{}", '[{"type": "section"}]', 7, True, [], [1], {"a": 1}]
AUTH = {"Authorization": "Bearer xoxb-sandbox"}


@pytest.fixture(scope="module")
def client():
    """Without strictness more of the junk gets as far as the method itself."""
    with (
        Running(strict=False) as running,
        httpx.Client(base_url=running.api_url, headers=AUTH, verify=False) as client,
    ):
        yield client


def test_every_method_of_the_contract_is_served():
    assert set(SERVED) == set(METHODS)


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"api.test"}))
def test_junk_is_refused_with_a_documented_error(client, name):
    for junk in JUNK:
        args = dict.fromkeys(METHODS[name].args, junk) | {"channel": "C0INCIDENTS"}
        sent = {"json": args} if METHODS[name].json_ok else {"params": {key: str(args[key]) for key in args}}
        answer = client.post(name, **sent).json()
        assert answer["ok"] or allows(name, answer["error"]), args


@pytest.mark.parametrize(
    "body",
    ["[" * 20_000, '{"user": "ada", "channel": "general", "text": "' + "x" * 50_000 + '"}'],
    ids=["brackets in brackets", "a message without end"],
)
def test_too_much_is_refused_at_the_doors_for_people(client, body):
    answer = client.post(client.base_url.join("/sandbox/message"), content=body)
    assert answer.status_code == 400, answer.text[:200]
