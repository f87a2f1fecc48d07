"""Sign in with Slack: whom Slack vouches for comes in, and nobody else, from wherever the answer is taken."""

import base64
import json
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from bot import web
from bot.domain import people
from bot.domain.people import Introduction
from bot.lib.errors import DeliveryError, Refused
from bot.web.openid import TEAM, USER, own_path
from bot.web.sign_in import BACK, TRIP_COOKIE, WITH_SLACK
from bot.web.visits import COOKIE
from tests.web.conftest import NOON, Floor

US, THEM = "T0US", "T0THEM"


def token(claims):
    parts = [{"alg": "RS256", "typ": "JWT"}, claims]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, "c2lnbmF0dXJl"])


class Slack:
    """What the pages see of Slack. `claims` changes what the next token says."""

    authorize_url, client_id = "https://slack.test/openid/connect/authorize", "1.2"
    issuers = frozenset({"https://slack.com"})
    redirect_uri = f"http://closeout.test{BACK}"

    def __init__(self, courier):
        self.courier, self.claims, self.codes = courier, {}, {}
        self.directory = {"U0ANA": Introduction("U0ANA", "Ana", "ana@example.com")}
        self.is_away = False

    def agree(self, address, user="U0ANA", team=US):
        """Somebody presses Allow; answers the code."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = {
            "iss": "https://slack.com",
            "aud": self.client_id,
            "sub": user,
            "exp": int(NOON.timestamp()) + 300,
            "nonce": asked["nonce"],
            TEAM: team,
            USER: user,
        }
        return code

    async def redeem(self, code):
        if code not in self.codes:
            raise Refused("This sign-in was used already.")
        claims = self.codes.pop(code) | self.claims
        return token({name: value for name, value in claims.items() if value is not None})

    async def team(self):
        if self.is_away:
            raise DeliveryError("auth.test: Slack answered 503")
        return US, "Acme"

    async def meet(self, slack_id):
        if slack_id not in self.directory:
            return False
        await self.courier.run(people.introduce, self.directory[slack_id])
        return True


@pytest.fixture
def slack(floor):
    return Slack(floor.courier)


@pytest.fixture
def entrance(floor, slack, watch):
    settings = web.WebSettings(public_url="http://closeout.test", secret_key="k" * 32)
    return Floor(floor.courier, watch, settings, slack=slack)


def leave(browser, path="/"):
    """Press the button; the address at Slack."""
    answer = browser.get(f"{WITH_SLACK}?next={quote(path)}", follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def come_back(browser, address, code, **changes):
    said = {"code": code, "state": dict(parse_qsl(urlsplit(address).query))["state"]} | changes
    return browser.get(BACK, params=said, follow_redirects=False)


def sign_in(browser, slack, path="/", **who):
    address = leave(browser, path)
    return come_back(browser, address, slack.agree(address, **who))


def refused(answer, browser, words):
    assert answer.status_code == 403, answer.text
    assert words in answer.text
    assert COOKIE not in browser.cookies
    assert browser.get("/incidents").status_code == 401


def test_the_button_leads_to_slack_and_back_to_where_one_was(entrance, slack):
    browser = entrance.browser()
    page = browser.get("/incidents?status=live")
    assert page.status_code == 401
    assert f'href="{WITH_SLACK}?next=/incidents%3Fstatus%3Dlive"' in page.text
    answer = sign_in(browser, slack, "/incidents?status=live")
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?status=live")
    assert "Ana" in browser.get("/incidents").text


def test_slack_is_asked_for_little_and_for_our_workspace_only(entrance):
    address = urlsplit(leave(entrance.browser()))
    asked = dict(parse_qsl(address.query))
    assert f"{address.scheme}://{address.netloc}{address.path}" == Slack.authorize_url
    assert asked["scope"] == "openid profile"
    assert (asked["response_type"], asked["client_id"], asked["team"]) == ("code", "1.2", US)
    assert asked["redirect_uri"] == f"http://closeout.test{BACK}"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert asked["state"] != asked["nonce"]


def test_without_slack_there_is_no_button(floor):
    assert "Sign in with Slack" not in floor.browser().get("/").text
    assert floor.browser().get(WITH_SLACK).status_code == 404


def test_the_one_time_link_is_offered_beside_it(entrance):
    page = entrance.browser().get("/").text
    assert "Sign in with Slack" in page
    assert "/incident web" in page


def test_who_is_met_for_the_first_time_is_known_from_then_on(entrance, slack):
    slack.directory["U0NEW"] = Introduction("U0NEW", "Nia", "nia@example.com", "Africa/Lagos")
    browser = entrance.browser()
    assert sign_in(browser, slack, user="U0NEW").status_code == 303
    assert "Nia" in browser.get("/").text


def test_a_row_known_by_mail_becomes_the_same_person(entrance, slack, ana):
    browser = entrance.browser()
    sign_in(browser, slack)
    with entrance.courier.reading() as session:
        found = people.of_slack(session, "U0ANA")
        assert people.get(session, ana.id).id == found.id


def test_a_forged_state_signs_nobody_in(entrance, slack):
    browser = entrance.browser()
    address = leave(browser)
    answer = come_back(browser, address, slack.agree(address), state="forged")
    refused(answer, browser, "did not begin in this browser")
    assert len(slack.codes) == 1, "a code of somebody else was not even looked at"


@pytest.mark.parametrize("state", ["", "\u2167", "x" * 5000])
def test_no_state_is_good_enough_but_ours(entrance, slack, state):
    browser = entrance.browser()
    address = leave(browser)
    refused(come_back(browser, address, slack.agree(address), state=state), browser, "did not begin")


def test_an_answer_in_another_browser_signs_nobody_in(entrance, slack):
    """Else somebody could have me sign in as him without my noticing."""
    address = leave(entrance.browser())
    victim = entrance.browser()
    refused(come_back(victim, address, slack.agree(address)), victim, "did not begin in this browser")


def test_the_answer_counts_once(entrance, slack):
    browser = entrance.browser()
    address = leave(browser)
    code = slack.agree(address)
    assert come_back(browser, address, code).status_code == 303
    assert TRIP_COOKIE not in browser.cookies
    browser.cookies.delete(COOKIE)
    refused(come_back(browser, address, code), browser, "did not begin in this browser")


def test_a_code_is_good_once_even_with_the_cookie_kept(entrance, slack):
    browser = entrance.browser()
    address = leave(browser)
    kept, code = browser.cookies[TRIP_COOKIE], slack.agree(address)
    come_back(browser, address, code)
    thief = entrance.browser()
    thief.cookies.set(TRIP_COOKIE, kept)
    refused(come_back(thief, address, code), thief, "used already")


def test_a_trip_that_takes_too_long_begins_anew(entrance, slack, watch):
    browser = entrance.browser()
    address = leave(browser)
    watch.wait(minutes=10)
    refused(come_back(browser, address, slack.agree(address)), browser, "longer than 10 minutes")


def test_a_changed_cookie_is_refused(entrance, slack):
    browser = entrance.browser()
    address = leave(browser)
    body, _, signature = browser.cookies[TRIP_COOKIE].rpartition(".")
    browser.cookies.clear()
    browser.cookies.set(TRIP_COOKIE, f"{body[:-1]}x.{signature}")
    refused(come_back(browser, address, slack.agree(address)), browser, "did not begin")


def test_another_workspace_is_refused_kindly(entrance, slack):
    browser = entrance.browser()
    answer = sign_in(browser, slack, team=THEM)
    refused(answer, browser, "choose the one that Closeout belongs to")
    assert "Sign in with Slack" in answer.text


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"nonce": "another"}, "does not fit this sign-in"),
        ({"nonce": None}, "does not fit this sign-in"),
        ({"aud": "another-app"}, "does not fit this sign-in"),
        ({"aud": ["1.2", "another-app"]}, "does not fit this sign-in"),
        ({"iss": "https://evil.example"}, "does not fit this sign-in"),
        ({"exp": int(NOON.timestamp())}, "took too long"),
        ({"exp": None}, "took too long"),
        ({"exp": True}, "took too long"),
        ({TEAM: None}, "another Slack workspace"),
        ({USER: None, "sub": None}, "does not fit this sign-in"),
        ({USER: "U0ANA; drop", "sub": "U0ANA"}, "does not fit this sign-in"),
    ],
)
def test_a_token_that_does_not_hold_signs_nobody_in(entrance, slack, claims, words):
    slack.claims = claims
    browser = entrance.browser()
    refused(sign_in(browser, slack), browser, words)


@pytest.mark.parametrize(
    "made_up", ["", "abc", "a.b", "a.b.c", "a.e30.c", "a.W10.c", "a.=.c", "..", "a.8J-Y.c"]
)
def test_what_is_no_token_signs_nobody_in(entrance, slack, made_up):
    async def redeem(code):
        return made_up

    slack.redeem = redeem
    browser = entrance.browser()
    refused(sign_in(browser, slack), browser, "does not fit this sign-in")


def test_who_left_is_told_so(entrance, slack):
    slack.directory["U0ANA"] = Introduction("U0ANA", "Ana", "ana@example.com", is_active=False)
    browser = entrance.browser()
    refused(sign_in(browser, slack), browser, "no longer active")


def test_whom_slack_does_not_know_is_not_let_in(entrance, slack):
    browser = entrance.browser()
    refused(sign_in(browser, slack, user="U0NOBODY"), browser, "did not say who you are")


def test_a_guest_comes_in_and_sees_only_what_he_takes_part_in(entrance, slack, down):
    slack.directory["U0GUS"] = Introduction("U0GUS", "Gus", "gus@example.com", is_guest=True)
    browser = entrance.browser()
    assert sign_in(browser, slack, user="U0GUS").status_code == 303
    assert "Checkout is down" not in browser.get("/incidents").text
    assert browser.get("/incidents/INC-1").status_code == 404


def test_saying_no_at_slack_is_no_error(entrance, slack):
    browser = entrance.browser()
    answer = come_back(browser, leave(browser), "", error="access_denied")
    refused(answer, browser, "because you chose not to")


def test_an_answer_without_a_code_signs_nobody_in(entrance):
    browser = entrance.browser()
    refused(come_back(browser, leave(browser), "", error="server_error"), browser, "does not fit")


def test_while_slack_is_away_the_link_still_works(entrance, slack):
    slack.is_away = True
    browser = entrance.browser()
    answer = browser.get(WITH_SLACK, follow_redirects=False)
    assert answer.status_code == 503
    assert "or take a link" in answer.text
    assert "503" not in answer.text


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/sign-in/slack",
        "/a\r\nSet-Cookie: x=y",
    ],
)
def test_nobody_is_led_elsewhere(entrance, slack, away):
    answer = sign_in(entrance.browser(), slack, away)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert own_path(away) == "/"


def test_both_cookies_are_out_of_reach_of_scripts_and_foreign_sites(entrance, slack):
    browser = entrance.browser()
    answer = browser.get(WITH_SLACK, follow_redirects=False)
    trip = answer.headers["set-cookie"].lower()
    for flag in ("httponly", "samesite=lax", "max-age=600", f"path={WITH_SLACK}"):
        assert flag in trip
    assert "secure" not in trip
    address = answer.headers["location"]
    back = come_back(browser, address, slack.agree(address)).headers.get_list("set-cookie")
    given, taken = (each.lower() for each in back)
    assert given.startswith(f"{COOKIE}=")
    assert "httponly" in given
    assert "samesite=lax" in given
    assert taken.startswith(f"{TRIP_COOKIE}=")
    assert "max-age=0" in taken


def test_over_https_the_cookie_is_secure(floor, slack, watch):
    settings = web.WebSettings(public_url="https://closeout.test", secret_key="k" * 32)
    there = Floor(floor.courier, watch, settings, slack=slack).browser()
    assert "; secure" in there.get(WITH_SLACK, follow_redirects=False).headers["set-cookie"].lower()


def test_neither_code_nor_state_are_kept_by_caches_or_told_to_others(entrance, slack):
    browser = entrance.browser()
    left = browser.get(WITH_SLACK, follow_redirects=False)
    answer = come_back(browser, left.headers["location"], "wrong")
    assert left.headers["cache-control"] == "no-store"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
