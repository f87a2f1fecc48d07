"""Pages of other sites, open in a browser on this machine: they neither read nor act here."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.sandbox.running import Running

REBOUND = {"host": "evil.example:3100", "origin": "http://evil.example:3100"}
ELSEWHERE = {"origin": "https://evil.example"}


@pytest.fixture
def browser(sandbox):
    with httpx.Client(base_url=sandbox.url, verify=False) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/sandbox/boot", "/sandbox/mail", "/sandbox/traffic", "/sandbox/events"]
)
def test_a_name_that_was_made_to_lead_here_shows_nothing(browser, path):
    """A site may let its own name point to 127.0.0.1, so that browsers take our answers for its own."""
    answer = browser.get(path, headers=REBOUND)
    assert (answer.status_code, "evil.example" in answer.text) == (421, True)


def test_a_name_that_was_made_to_lead_here_acts_for_nobody(browser, guest):
    wanted = {"user": "ada", "channel": "random", "text": "hello"}
    assert browser.post("/sandbox/message", json=wanted, headers=REBOUND).status_code == 421
    assert guest.messages("random") == []


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "localhost:3100", "[::1]:3100", "LOCALHOST"])
def test_this_machine_has_several_names(browser, host):
    assert browser.get("/sandbox/people", headers={"host": host}).status_code == 200


def test_a_page_from_elsewhere_sends_no_form_to_the_web_api(browser, guest):
    """A form needs no leave of ours to be sent, and the practice workspace's token is known to all."""
    wanted = {"token": "xoxb-sandbox", "channel": "C0INCIDENTS", "text": "hello"}
    assert browser.post("/api/chat.postMessage", data=wanted, headers=ELSEWHERE).status_code == 403
    assert guest.messages("incidents") == []


def test_a_page_from_elsewhere_opens_no_socket(sandbox, browser):
    opened = browser.post(
        "/api/apps.connections.open", headers={"Authorization": "Bearer xapp-sandbox"}
    ).json()
    with pytest.raises(InvalidStatus), connect(opened["url"], origin="https://evil.example"):
        pass


def test_whoever_allowed_another_address_is_reached_by_any_name():
    with Running(host="0.0.0.0") as open_to_others:
        found = httpx.get(f"{open_to_others.url}/sandbox/people", headers={"host": "practice.lan:3100"})
    assert found.status_code == 200
