"""The pages: what they show, what their buttons do, and what they never run."""

import re

import pytest

from bot.domain import incidents
from bot.domain.incidents import Report
from tests.web.conftest import NOON, has_script

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def csrf(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def press(browser, ref, word, **data):
    token = csrf(browser.get(f"/incidents/{ref}"))
    return browser.post(f"/incidents/{ref}/{word}", data={"csrf": token, **data})


@pytest.fixture
def browser(floor, ana):
    return floor.signed_in(ana)


def test_an_empty_list_says_what_would_fill_it(browser):
    page = browser.get("/")
    assert "No live incident" in page.text
    assert "/incident new" in page.text


def test_the_list_shows_what_is_live(browser, down, watch):
    watch.wait(minutes=72)
    page = browser.get("/").text
    for word in (
        "1 live incident",
        "INC-1",
        "Checkout is down",
        "SEV1 Critical",
        "Checkout API",
        "1 h 12 min",
        "Ana",
    ):
        assert word in page


@pytest.mark.parametrize(
    ("kind", "there"), [("live", False), ("resolved", True), ("over", False), ("all", True)]
)
def test_the_list_can_be_of_another_kind(browser, api, down, kind, there):
    api.post("incidents/INC-1/resolve")
    assert ("Checkout is down" in browser.get(f"/incidents?show={kind}").text) is there


def test_an_unknown_kind_of_list_names_the_right_ones(browser):
    answer = browser.get("/incidents?show=huge")
    assert answer.status_code == 422
    assert "live, resolved, over, all" in answer.text


def test_a_long_list_has_older_ones(browser, api):
    for n in range(51):
        api.post("incidents", json={"title": f"no-{n}."})
    page = browser.get("/")
    assert "no-0." not in page.text
    assert (
        "no-0."
        in browser.get(re.search(r'href="([^"]+before=[^"]+)"', page.text)[1].replace("&amp;", "&")).text
    )


def test_an_incident_shows_its_timeline_people_and_checklist(browser, api, down, watch):
    watch.wait(minutes=40)
    api.post("incidents/INC-1/timeline", json={"text": "Rolling back"})
    page = browser.get("/incidents/INC-1").text
    for word in (
        "declared a sev1",
        "noted: Rolling back",
        "40 min of silence",
        "Incident commander",
        "Until it is closed",
    ):
        assert word in page


def test_an_incident_that_crosses_midnight_shows_its_days(browser, api, down, watch):
    assert "Monday, 2 March 2026" not in browser.get("/incidents/INC-1").text
    watch.wait(hours=13)
    api.post("incidents/INC-1/timeline", json={"text": "Still down"})
    page = browser.get("/incidents/INC-1").text
    assert "Monday, 2 March 2026" in page
    assert "Tuesday, 3 March 2026" in page


def test_its_buttons_do_what_they_say(browser, api, down):
    assert "Acknowledge" in browser.get("/incidents/INC-1").text
    assert press(browser, "INC-1", "acknowledge").status_code == 200
    assert "Acknowledge<" not in browser.get("/incidents/INC-1").text
    press(browser, "INC-1", "note", text="Seen it")
    press(browser, "INC-1", "join", role="scribe")
    press(browser, "INC-1", "resolve")
    said = api.get("incidents/INC-1").json()
    assert (said["status"], said["roles"]["scribe"]["name"]) == ("resolved", "Ana")


def test_what_the_rules_refuse_is_said_on_a_page(browser, down):
    answer = press(browser, "INC-1", "close")
    assert answer.status_code == 409
    assert "still open" in answer.text


def test_nothing_that_was_typed_is_ever_run(browser, api):
    ref = api.post("incidents", json={"title": EVIL, "description": EVIL}).json()["ref"]
    entry = api.post(f"incidents/{ref}/timeline", json={"text": EVIL}).json()["id"]
    api.patch(f"incidents/{ref}/timeline/{entry}", json={"text": EVIL + "2", "why": EVIL})
    for path in ("/", f"/incidents/{ref}"):
        answer = browser.get(path)
        assert not has_script(answer)
        assert "<img" not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text
        assert "{{ 7*7 }}" in answer.text


def test_every_answer_carries_safe_headers(browser, floor):
    for path in (
        "/",
        "/incidents/INC-9",
        "/login/x",
        "/api/v1/incidents",
        "/api/docs",
        "/assets/closeout.css",
        "/nowhere",
    ):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_no_page_has_a_foreign_host_or_a_script_but_ours(browser, down):
    for path in ("/", "/incidents/INC-1", "/api/docs", "/login/x"):
        page = browser.get(path)
        text = page.text
        assert not re.findall(r'(?:src|<link[^>]+href)="(?!/assets/|data:)', text), path
        assert not has_script(page)
        assert " style=" not in text
        assert " onclick" not in text


def test_pages_are_kept_by_nobody_and_the_style_sheet_by_everybody(browser):
    page = browser.get("/")
    assert page.headers["cache-control"] == "no-store"
    style = browser.get(re.search(r'href="(/assets/[^"]+)"', page.text)[1])
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/incidents/INC-1", "/logout"])
def test_a_wrong_method_is_405(browser, path):
    assert browser.delete(path).status_code == 405


# ---- The timeline


def many_notes(floor, person, count):
    with floor.courier.transaction() as session:
        incident = incidents.get(session, 1)
        for n in range(count):
            incidents.note(session, incident, f"Entry {n}.", by=person, now=floor.watch())


def test_a_long_timeline_shows_its_end_and_offers_the_rest(floor, browser, ana, down):
    many_notes(floor, ana, 205)
    page = browser.get("/incidents/INC-1").text
    assert "Entry 204." in page
    assert "Entry 5." in page
    assert "Entry 4." not in page
    assert "Show the 6 earlier entries" in page
    assert "Entry 4." in browser.get("/incidents/INC-1?entries=all").text


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ("kind=notes", "noted: Rolling back", "acknowledged it"),
        ("kind=people", "acknowledged it", "noted: Rolling back"),
        ("kind=moves", "declared a sev1", "acknowledged it"),
        ("kind=customers", "told customers", "declared a sev1"),
        ("kind=actions", "created action item A-1", "declared a sev1"),
        ("find=ROLLING", "noted: Rolling back", "acknowledged it"),
        ("find=ana&kind=people", "acknowledged it", "noted: Rolling back"),
        ("find=nobody+said", "No entry is like that", "acknowledged it"),
    ],
)
def test_the_timeline_can_be_sifted(browser, api, down, asked, there, gone):
    press(browser, "INC-1", "acknowledge")
    press(browser, "INC-1", "note", text="Rolling back")
    press(browser, "INC-1", "update", message="We are on it")
    press(browser, "INC-1", "action", title="Alert when payments fail")
    timeline = browser.get(f"/incidents/INC-1?{asked}").text.partition('<ol class="timeline"')[2]
    timeline = timeline.partition("</ol>")[0]
    assert there in timeline
    assert gone not in timeline


def test_an_unknown_kind_of_entry_names_the_right_ones(browser, down):
    answer = browser.get("/incidents/INC-1?kind=huge")
    assert answer.status_code == 422
    assert "notes, messages, moves" in answer.text


def test_times_are_those_of_the_reader(floor, down, watch):
    page = floor.signed_in(floor.person("Kim", timezone="Asia/Tokyo")).get("/incidents/INC-1").text
    assert ">21:00</time>" in page
    assert "2 Mar 21:00 JST" in page
    assert 'title="2026-03-02 12:00:00 UTC"' in page
    watch.wait(days=400)
    assert "2 Mar 2026 12:00 UTC" in floor.signed_in(floor.person("Bo")).get("/incidents/INC-1").text


# ---- The frame


def test_only_administrators_are_shown_the_way_to_the_set_up(floor, ana):
    assert "/admin/check" not in floor.signed_in(ana).get("/").text
    assert "/admin/check" in floor.signed_in(floor.person("Boss", access="admin")).get("/").text


def test_what_is_not_real_or_not_for_all_is_marked(floor, browser, ana):
    with floor.courier.transaction() as session:
        for more in ({"private": True}, {"drill": True}, {}):
            one = incidents.declare(session, Report(title="It", **more), by=ana, now=NOON)
        one.sample = True
    for path in ("/", "/incidents/INC-{}"):
        for number, mark in enumerate(("st-private", "st-drill", "st-sample"), 1):
            assert mark in browser.get(path.format(number)).text


def test_the_script_is_kept_by_the_browser_and_new_with_each_change(browser):
    page = browser.get("/")
    script = browser.get(re.search(r'src="(/assets/closeout\.js\?v=[0-9a-f]+)"', page.text)[1])
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy


def test_the_script_itself_makes_no_markup_of_words(browser):
    script = browser.get("/assets/closeout.js").text
    assert not re.search(r"(inner|outer)HTML\s*=[^=]", script)
    for way in ("insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert way not in script


def test_a_stranger_is_given_no_script(floor):
    assert "<script" not in floor.browser().get("/").text
    assert "closeout.js" not in floor.browser().get("/status").text


def test_what_is_said_after_a_form_is_ours_and_never_of_the_address(browser, down):
    page = browser.get("/incidents/INC-1?said=<b>You+are+fired</b>").text
    assert "fired" not in page.partition('data-live="said"')[2].partition("</p>")[0]
    assert "<b>You" not in page


def test_where_there_is_no_page_a_way_leads_back(floor):
    page = floor.browser().get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, "There is no such page here." in page.text) == (404, True)
    assert 'href="/"' in page.text
    assert floor.browser().get("/nowhere", headers={"Accept": "application/json"}).text == "Not Found"
