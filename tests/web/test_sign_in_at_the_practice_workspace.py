"""Sign in with Slack from the button to the page, at a Slack that is strict about each step."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bot import slack, web
from bot.domain import people
from bot.domain.company import Company
from bot.lib import clock
from bot.lib.inbox import Inbox
from bot.sandbox.running import Running
from bot.settings import read
from bot.web.sign_in import WITH_SLACK
from bot.web.visits import COOKIE
from tests.web.conftest import Floor

PUBLIC = "http://closeout.test"


@pytest.fixture(scope="module")
def sandbox():
    with Running() as sandbox:
        sandbox.guest.connect(f"{PUBLIC}/slack/events")
        yield sandbox


@pytest.fixture
def entrance(floor, sandbox, tmp_path):
    def made(**changes):
        given = sandbox.settings | {"CLOSEOUT_DATA_DIR": str(tmp_path)} | changes
        settings = read(given)
        inbox = Inbox(floor.courier.engine)
        connected = slack.connect(settings.slack, floor.courier, inbox, clock.now, Company(), PUBLIC)
        keys = web.WebSettings(public_url=PUBLIC, secret_key="k" * 32)
        return Floor(floor.courier, clock.now, keys, slack=connected.signing_in)

    return made


@pytest.fixture
def browser(entrance):
    return entrance().browser()


def agree(address, who):
    """At Slack: choose who one is; answers where Slack sends the browser."""
    return httpx.get(f"{address}&as={who}").headers["location"]


def sign_in(browser, who, path="/actions"):
    left = browser.get(f"{WITH_SLACK}?next={path}", follow_redirects=False)
    back = agree(left.headers["location"], who)
    return browser.get(back, follow_redirects=False)


def test_from_the_button_to_the_page_one_wanted(browser):
    answer = sign_in(browser, "ben")
    assert (answer.status_code, answer.headers["location"]) == (303, "/actions")
    assert "Ben Okafor" in browser.get("/actions").text


def test_what_slack_says_of_somebody_is_taken_over(browser, floor):
    sign_in(browser, "gus")
    with floor.courier.reading() as session:
        gus = people.of_slack(session, "U0GUS")
        assert (gus.name, gus.email, gus.is_guest) == ("Gus Guest", "gus@example.com", True)


def test_a_code_is_spent_by_its_first_use(browser, entrance):
    left = browser.get(WITH_SLACK, follow_redirects=False)
    back = agree(left.headers["location"], "ben")
    kept = dict(browser.cookies)
    assert browser.get(back, follow_redirects=False).status_code == 303
    thief = entrance().browser()
    thief.cookies.update(kept)
    answer = thief.get(back, follow_redirects=False)
    assert answer.status_code == 403
    assert "used already, or took too long" in answer.text
    assert COOKIE not in thief.cookies


def test_somebody_elses_code_does_not_fit_my_sign_in(browser, entrance):
    """The nonce in its token is that of another browser's question."""
    theirs = agree(entrance().browser().get(WITH_SLACK, follow_redirects=False).headers["location"], "ada")
    code = dict(parse_qsl(urlsplit(theirs).query))["code"]
    mine = browser.get(WITH_SLACK, follow_redirects=False).headers["location"]
    state = dict(parse_qsl(urlsplit(mine).query))["state"]
    answer = browser.get(f"{WITH_SLACK}/callback", params={"code": code, "state": state})
    assert answer.status_code == 403
    assert "does not fit this sign-in" in answer.text


def test_cancel(browser):
    answer = sign_in(browser, "-")
    assert answer.status_code == 403
    assert "because you chose not to" in answer.text


def test_who_has_left_the_workspace_since_is_not_let_in(browser, sandbox):
    left = browser.get(WITH_SLACK, follow_redirects=False)
    back = agree(left.headers["location"], "eli")
    eli = sandbox.workspace.person("eli")
    eli.is_active = False
    answer = browser.get(back, follow_redirects=False)
    eli.is_active = True
    assert answer.status_code == 403
    assert "no longer active" in answer.text


def test_a_wrong_client_secret_is_not_told_to_the_world(entrance):
    browser = entrance(SLACK_CLIENT_SECRET="not-the-one").browser()
    answer = sign_in(browser, "ben")
    assert answer.status_code == 503
    assert "Try again shortly, or take a link" in answer.text
    assert "not-the-one" not in answer.text


def test_slack_goes_away_in_between(browser, sandbox):
    left = browser.get(WITH_SLACK, follow_redirects=False)
    back = agree(left.headers["location"], "ben")
    sandbox.workspace.conditions.change({"down": True})
    answer = browser.get(back, follow_redirects=False)
    sandbox.workspace.conditions.change({"down": False})
    assert answer.status_code == 503
    assert COOKIE not in browser.cookies


def test_a_clock_that_is_far_ahead_is_hinted_at(floor, sandbox, tmp_path):
    def ahead():
        return clock.now() + timedelta(minutes=6)

    settings = read(sandbox.settings | {"CLOSEOUT_DATA_DIR": str(tmp_path)})
    connected = slack.connect(settings.slack, floor.courier, None, ahead, Company(), PUBLIC)
    keys = web.WebSettings(public_url=PUBLIC, secret_key="k" * 32)
    browser = Floor(floor.courier, ahead, keys, slack=connected.signing_in).browser()
    answer = sign_in(browser, "ben")
    assert answer.status_code == 403
    assert "clock may be wrong" in answer.text
