"""Sign in with Slack, as the practice workspace plays it: strict where Slack is."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

BOT = "http://127.0.0.1:3000"
BACK = f"{BOT}/sign-in/slack/back"
SECRET = "sandbox-client-secret"


@pytest.fixture
def client_id(sandbox):
    sandbox.guest.connect(f"{BOT}/slack/events")
    return sandbox.workspace.installed.client_id


@pytest.fixture
def ask(sandbox, client_id):
    """Opens the authorize page, as a browser would that is sent there."""

    def asked(**changes):
        query = {
            "response_type": "code",
            "scope": "openid profile email",
            "client_id": client_id,
            "redirect_uri": BACK,
            "state": "s1",
            "nonce": "n1",
        }
        query = {name: value for name, value in {**query, **changes}.items() if value is not None}
        return httpx.get(f"{sandbox.url}/openid/connect/authorize", params=query)

    return asked


def said(response):
    """What the app is told in the address that the browser is sent back to."""
    assert response.status_code == 302
    return {name: one for name, [one] in parse_qs(urlsplit(response.headers["location"]).query).items()}


@pytest.fixture
def exchange(sandbox, client_id):
    def exchanged(code, **changes):
        client = WebClient(base_url=sandbox.api_url)
        given = {"client_id": client_id, "client_secret": SECRET, "redirect_uri": BACK} | changes
        return (client.openid_connect_token(code=code, **given)).data

    return exchanged


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_page_offers_everyone_and_a_way_out(ask):
    page = ask()
    assert page.status_code == 200
    assert [page.text.count(name) for name in ("Ada Lovelace", "Gus Guest", "Cancel")] == [1, 1, 1]
    assert "script" not in page.headers["content-security-policy"].replace("script-src", "")


def test_a_code_becomes_a_token_that_says_who_it_is(ask, exchange, client_id):
    back = said(ask(**{"as": "dana"}))
    assert back["state"] == "s1"
    answer = exchange(back["code"])
    told = claims(answer["id_token"])
    assert (told["iss"], told["aud"], told["nonce"]) == ("https://slack.com", client_id, "n1")
    assert (told["https://slack.com/user_id"], told["https://slack.com/team_id"]) == ("U0DANA", "T0SANDBOX")
    assert (told["email"], told["name"], told["exp"] - told["iat"]) == ("dana@example.com", "Dana Ruiz", 300)


def test_the_access_token_asks_who_it_is_and_nothing_else(ask, exchange, sandbox):
    token = (exchange(said(ask(scope="openid", **{"as": "ben"}))["code"]))["access_token"]
    client = WebClient(token, base_url=sandbox.api_url)
    told = (client.openid_connect_userInfo()).data
    assert told["https://slack.com/user_id"] == "U0BEN"
    assert not {"email", "name"} & set(told)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        client.users_list()
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        WebClient("xoxb-sandbox", base_url=sandbox.api_url).openid_connect_userInfo()


def test_a_code_is_good_once_and_not_for_long(ask, exchange, sandbox):
    code = said(ask(**{"as": "ada"}))["code"]
    exchange(code)
    with pytest.raises(SlackApiError, match="invalid_code"):
        exchange(code)
    late = said(ask(**{"as": "ada"}))["code"]
    sandbox.guest.act("clock", advance=601)
    with pytest.raises(SlackApiError, match="invalid_code"):
        exchange(late)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "guess"}, "bad_client_secret"),
        ({"redirect_uri": f"{BOT}/else"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
def test_an_exchange_must_fit(ask, exchange, wrong, error):
    with pytest.raises(SlackApiError, match=error):
        exchange(said(ask(**{"as": "ada"}))["code"], **wrong)


def test_an_app_may_name_itself_by_basic_and_no_list_holds_its_secret(ask, sandbox, client_id):
    code = said(ask(**{"as": "ada"}))["code"]
    form = {"code": code, "redirect_uri": BACK, "grant_type": "authorization_code"}
    url = f"{sandbox.api_url}openid.connect.token"
    assert httpx.post(url, data=form, auth=(client_id, SECRET)).json()["ok"]
    [call] = sandbox.guest.calls("openid.connect.token")
    assert not {"client_secret", "code"} & set(call["args"])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "<script>alert(1)</script>"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{BOT}.evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"response_type": "token"}, "invalid_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid chat:write"}, "invalid_scope"),
        ({"team": "T1OTHER"}, "invalid_team"),
    ],
)
def test_a_request_that_does_not_fit_is_sent_nowhere(ask, wrong, error):
    page = ask(**wrong, **{"as": "ada"})
    assert (page.status_code, error in page.text) == (400, True)
    assert "<script" not in page.text


@pytest.mark.parametrize("who", ["-", "closeout", "slackbot", "nobody"])
def test_whoever_cancels_or_is_nobody_is_refused_at_the_app(ask, who):
    assert said(ask(**{"as": who})) == {"error": "access_denied", "state": "s1"}


def test_what_the_app_said_is_shown_inertly(ask):
    page = ask(state='"><script>alert(1)</script>')
    assert page.status_code == 200
    assert "<script" not in page.text


def test_registered_addresses_bind(ask, sandbox):
    sandbox.guest.act("connect", redirect_urls=["https://closeout.example/sign-in"])
    assert ask(**{"as": "ada"}).status_code == 400
    assert ask(redirect_uri="https://closeout.example/sign-in/back", **{"as": "ada"}).status_code == 302


def test_while_slack_is_down_nobody_signs_in(ask, sandbox):
    sandbox.guest.conditions(down=True)
    assert ask().status_code == 503
