"""One-time links, the cookie, and forms that only our pages may send."""

import re
from urllib.parse import quote

import pytest
from starlette.responses import Response

from bot import web
from bot.domain.people import logins
from bot.web.visits import COOKIE, Passes


@pytest.fixture
def link(floor, ana):
    with floor.courier.transaction() as session:
        return logins.issue(session, ana, now=floor.watch())


def csrf(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def test_looking_at_a_link_signs_nobody_in(floor, link):
    scanner = floor.browser()
    for _ in range(3):
        answer = scanner.get(link)
        assert answer.status_code == 200
        assert "Sign in as Ana" in answer.text
        assert "set-cookie" not in answer.headers
    assert scanner.head(link).status_code in (200, 405)
    assert floor.browser().post(link, follow_redirects=False).status_code == 303


def test_a_link_signs_in_once(floor, link):
    browser = floor.browser()
    answer = browser.post(link)
    assert answer.status_code == 200
    assert "Sign out" in answer.text
    for again in (floor.browser().post(link), floor.browser().get(link)):
        assert again.status_code == 410
        assert "works once" in again.text
    assert browser.get("/incidents").status_code == 200


def test_a_link_is_good_for_ten_minutes(floor, link, watch):
    watch.wait(minutes=10)
    assert floor.browser().get(link).status_code == 410
    assert floor.browser().post(link).status_code == 410


def test_a_made_up_link_is_refused(floor):
    assert floor.browser().get("/login/abc").status_code == 410


def test_the_cookie_is_out_of_reach_of_scripts_and_foreign_sites(floor, link):
    answer = floor.browser().post(link, follow_redirects=False)
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "secure" not in said


def test_over_https_the_cookie_is_secure(ana, watch):
    response = Response()
    Passes(web.WebSettings("https://closeout.example", "k")).give(response, ana, watch())
    assert "; secure" in response.headers["set-cookie"].lower()


def test_a_pass_ends_after_seven_days(floor, ana, watch):
    browser = floor.signed_in(ana)
    watch.wait(days=6, hours=23)
    assert browser.get("/").status_code == 200
    watch.wait(hours=1)
    assert browser.get("/").status_code == 401


def test_a_pass_with_another_name_on_it_is_refused(floor, ana):
    browser = floor.signed_in(ana)
    body, _, signature = browser.cookies[COOKIE].rpartition(".")
    browser.cookies.clear()
    browser.cookies.set(COOKIE, f"{body[:-1]}x.{signature}")
    assert browser.get("/").status_code == 401


def test_who_left_is_let_in_no_more(floor, ana):
    browser = floor.signed_in(ana)
    with floor.courier.transaction() as session:
        session.get(type(ana), ana.id).is_active = False
    assert browser.get("/").status_code == 401


def test_a_stranger_is_told_how_to_sign_in(floor):
    answer = floor.browser().get("/incidents/INC-1")
    assert answer.status_code == 401
    assert "/incident web" in answer.text


def test_signing_out_ends_it(floor, ana):
    browser = floor.signed_in(ana)
    browser.post("/logout", data={"csrf": csrf(browser.get("/"))})
    assert browser.get("/").status_code == 401


def test_a_form_without_our_token_changes_nothing(floor, ana, api, down):
    browser = floor.signed_in(ana)
    for data in ({}, {"csrf": "x"}, {"csrf": quote("Ⅷ")}):
        assert browser.post("/incidents/INC-1/resolve", data=data).status_code == 403
    assert api.get("incidents/INC-1").json()["status"] == "investigating"


def test_the_token_of_another_pass_does_not_do(floor, ana, cy, down):
    theirs = csrf(floor.signed_in(cy).get("/"))
    assert floor.signed_in(ana).post("/incidents/INC-1/resolve", data={"csrf": theirs}).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_from_another_site_is_refused(floor, ana, link, down, headers):
    browser = floor.signed_in(ana)
    token = csrf(browser.get("/"))
    assert browser.post("/incidents/INC-1/resolve", data={"csrf": token}, headers=headers).status_code == 403
    assert floor.browser().post(link, headers=headers).status_code == 403
    assert floor.browser().get(link).status_code == 200
