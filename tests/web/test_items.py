"""One item's page: what was promised, what became of it, and every change of it."""

import re
from html import unescape

import pytest

from bot.domain.company import Company
from bot.domain.trackers import TrackerLink
from tests.web import conftest
from tests.web.conftest import has_script, press

TEAMS = {"teams": [{"key": "payments", "name": "Payments"}]}


@pytest.fixture(autouse=True)
def company(monkeypatch):
    """With a team."""
    made = Company.model_validate({**conftest.COMPANY.model_dump(exclude_unset=True), **TEAMS})
    monkeypatch.setattr(conftest, "COMPANY", made)
    return made


def rows(page):
    """The history as it is read: what, before, after, why."""
    found = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)[1].split("</tr>")
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in found if "<td" in row]
    return [tuple(bare(cell) for cell in row[2:]) for row in cells]


def bare(cell):
    return unescape(re.sub(r"<[^>]+>", "", cell)).strip(" \n\u2013")


def test_the_page_says_what_was_promised(browser, item):
    page = browser.get("/actions/A-1")
    assert page.status_code == 200
    assert not has_script(page)
    assert '<h1 dir="auto">Alert on errors</h1>' in page.text
    assert 'href="/actions/A-1/done?back=item"' in page.text
    assert [row[0] for row in rows(page)] == ["created"]


def test_every_change_is_a_row_with_before_and_after(floor, browser, cy, item):
    steps = [
        ("start", {}),
        ("block", {"reason": "the vendor"}),
        ("move", {"due": "2026-05-01", "why": "the vendor is late"}),
        ("snooze", {"until": "2026-03-09", "reason": "on holiday"}),
        ("edit", {"title": "Page on errors", "kind": "detect", "priority": "medium", "team": "payments"}),
        ("done", {"evidence": "Alert 17"}),
    ]
    for word, said in steps:
        assert press(browser, f"/actions/A-1/{word}", back="item", **said).url.path == "/actions/A-1", word
    page = press(floor.signed_in(cy), "/actions/A-1/verify", back="item")

    assert rows(page)[:-1] == [
        ("status", "done", "verified", ""),
        ("status", "blocked", "done", "Alert 17"),
        ("kind", "mitigate", "detect", ""),
        ("team", "", "payments", ""),
        ("title", "Alert on errors", "Page on errors", ""),
        ("reminders", "", "rest until 2026-03-09", "on holiday"),
        ("due", "2026-03-17", "2026-05-01", "the vendor is late"),
        ("status", "in progress", "blocked", "the vendor"),
        ("status", "open", "in progress", ""),
    ]
    assert "moved once, first 2026-03-17" in page.text


def test_what_is_blocked_says_so_and_goes_on(browser, item):
    page = press(browser, "/actions/A-1/block", reason="the vendor", back="item")
    assert "Waits for: " in page.text
    assert "In progress" in page.text
    assert "the vendor" not in press(browser, "/actions/A-1/start", back="item").text.split("History")[0]


def test_wrong_words_stand_beside_their_field(browser, item):
    for word, said, field, sentence in (
        ("block", {"reason": " "}, "reason", "The reason is missing"),
        ("snooze", {"until": "2027-01-01", "reason": "x"}, "until", "at the latest"),
        ("snooze", {"until": "2026-03-05", "reason": " "}, "reason", "The reason is missing"),
        ("duplicate", {"other": "A-1"}, "other", "cannot stand for itself"),
        ("duplicate", {"other": "the other"}, "other", "is no reference"),
        ("edit", {"title": " ", "kind": "detect", "priority": "low"}, "title", "Say what will be done"),
        ("edit", {"title": "x", "kind": "cheap", "priority": "low"}, "kind", "'cheap' is no kind"),
    ):
        page = press(browser, f"/actions/A-1/{word}", **said)
        assert page.status_code == 422, word
        found = re.search(rf'id="{field}-wrong">(.*?)</span>', page.text, re.DOTALL)
        assert sentence in unescape(found[1]), word


def test_whether_it_worked_is_said_with_the_facts_beside_it(floor, browser, watch, cy, item):
    press(browser, "/actions/A-1/done", evidence="Alert 17")
    press(floor.signed_in(cy), "/actions/A-1/verify")
    watch.wait(days=6)
    assert "Nothing is asked of you" in browser.get("/actions?show=judge").text
    watch.wait(days=25)
    browser = floor.signed_in(floor.person("Ada"))
    page = browser.get("/actions/A-1/effect?back=item")
    assert "Evidence: Alert 17" in page.text
    assert "no other incident of Checkout API" in page.text
    wrong = press(browser, "/actions/A-1/effect", effect="failed", note=" ", back="item")
    assert "The reason is missing" in wrong.text
    page = press(browser, "/actions/A-1/effect", effect="holds", note="no page since", back="item")
    assert "It worked" in page.text
    assert rows(page)[0] == ("effect", "", "holds", "no page since")


def test_the_commander_finds_it_in_a_list(floor, browser, watch, ana, cy, item):
    press(browser, "/actions/A-1/done", evidence="Alert 17")
    press(floor.signed_in(cy), "/actions/A-1/verify")
    watch.wait(days=31)
    assert "/actions/A-1/effect?back=judge" in floor.signed_in(ana).get("/actions?show=judge").text


def test_one_of_a_private_incident_is_not_there_for_others(floor, api, cy):
    ref = api.post("incidents", json={"title": "Leaked key", "private": True}).json()["ref"]
    api.post(f"incidents/{ref}/actions", json={"title": "Rotate the key"})
    assert floor.signed_in(cy).get("/actions/A-1").status_code == 404


def test_factors_are_ticked_or_typed_on_the_incidents_page(browser, down):
    assert 'value="deploy"' in browser.get("/incidents/INC-1/factors").text
    page = press(browser, "/incidents/INC-1/factors", factors=["deploy", "Retry storm, certificate"])
    assert "certificate, deploy, retry-storm" in page.text
    page = press(browser, "/incidents/INC-1/factors", factors="!!!")
    assert page.status_code == 422
    assert "A factor is a word or two" in page.text
    assert "Nothing is named yet" in press(browser, "/incidents/INC-1/factors").text


def test_its_twin_in_a_tracker_stands_beside_the_promise(floor, browser, item):
    with floor.courier.transaction() as session:
        link = TrackerLink(item_id=1, tracker="github", created_at=floor.watch(), far_id="9", key="#41")
        link.url, link.note = "https://github.com/acme/ops/issues/41", "octo is nobody known here."
        session.add(link)
    page = browser.get("/actions/A-1").text
    assert '<a href="https://github.com/acme/ops/issues/41" rel="noreferrer">#41</a>' in page
    assert "octo is nobody known here." in page


def test_an_address_of_a_tracker_that_is_none_is_no_link(floor, browser, item):
    with floor.courier.transaction() as session:
        link = TrackerLink(item_id=1, tracker="jira", created_at=floor.watch(), far_id="9", key="OPS-7")
        link.url = "javascript:alert(1)"
        session.add(link)
    assert "javascript:" not in browser.get("/actions/A-1").text
