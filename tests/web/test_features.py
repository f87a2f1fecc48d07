"""Updates, action items, postmortems, runbooks and paging over REST and on pages."""

import re

import pytest

from bot.domain.runbooks import Runbook, Step
from tests.web.conftest import has_script

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def ben(floor):
    return floor.person("Ben")


@pytest.fixture
def item(api, down):
    new = {"title": "Alert on errors", "owner": "ana@example.com", "due": "2026-03-10", "kind": "detect"}
    return api.post("incidents/INC-1/actions", json=new).json()


def csrf(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def test_customers_are_told_and_the_promise_is_known(api, down):
    new = {"message": "Some cannot pay", "phase": "identified", "next_in": "20m"}
    answer = api.post("incidents/INC-1/updates", json=new)
    assert answer.status_code == 201
    assert answer.json()["next_update_by"] == "2026-03-02T12:20:00Z"
    told = api.get("incidents/INC-1/updates").json()
    assert [each["message"] for each in told["items"]] == ["Some cannot pay"]
    assert told["promised_by"] == "2026-03-02T12:20:00Z"


@pytest.mark.parametrize(
    "wrong", [{}, {"message": ""}, {"message": "x", "phase": "huge"}, {"message": "x", "next_in": "soon"}]
)
def test_a_wrong_update_is_refused(api, down, wrong):
    assert api.post("incidents/INC-1/updates", json=wrong).status_code == 422
    assert api.get("incidents/INC-1/updates").json()["items"] == []


def test_an_action_is_created_begun_done_and_verified(api, floor, ben, item):
    assert (item["ref"], item["owner"]["name"], item["due"], item["status"]) == (
        "A-1",
        "Ana",
        "2026-03-10",
        "open",
    )
    assert api.post("actions/A-1/start").json()["status"] == "in_progress"
    assert api.post("actions/A-1/done", json={"evidence": ""}).status_code == 422
    assert api.post("actions/A-1/done", json={"evidence": "PR 12"}).json()["status"] == "done"
    refused = api.post("actions/A-1/verify")
    assert refused.status_code == 403
    assert "someone else" in refused.json()["detail"]
    assert floor.as_(ben).post("actions/A-1/verify").json()["verified_by"]["name"] == "Ben"
    assert api.post("actions/A-1/reopen", json={"reason": "It does not fire"}).json()["status"] == "open"


def test_an_action_is_declined_with_reason_and_approver(api, item):
    said = {"reason": "Not worth it", "approver": "lead@example.com"}
    declined = api.post("actions/A-1/decline", json=said).json()
    assert (declined["status"], declined["approver"]["email"]) == ("declined", "lead@example.com")


def test_an_action_is_given_to_someone_and_moved(api, item):
    said = api.patch(
        "actions/A-1", json={"owner": "ben@example.com", "due": "2026-03-20", "why": "Hiring"}
    ).json()
    assert (said["owner"]["email"], said["due"]) == ("ben@example.com", "2026-03-20")
    assert api.patch("actions/A-1", json={"owner": None}).json()["owner"] is None


def test_actions_are_listed_narrowed_and_paged(api, item, watch):
    for n in range(3):
        api.post("incidents/INC-1/actions", json={"title": f"Thing {n}"})
    first = api.get("actions", params={"limit": 3}).json()
    assert [each["ref"] for each in first["items"]] == ["A-1", "A-2", "A-3"]
    rest = api.get("actions", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [each["ref"] for each in rest["items"]] == ["A-4"]
    watch.wait(days=9)
    assert [each["ref"] for each in api.get("actions?overdue=true").json()["items"]] == ["A-1"]
    assert [each["ref"] for each in api.get("actions?owner=me").json()["items"]] == ["A-1"]
    assert api.get("actions?status=huge").status_code == 422
    assert len(api.get("incidents/INC-1/actions").json()["items"]) == 4


@pytest.mark.parametrize("ref", ["A-9", "nope"])
def test_an_action_that_is_not_there_is_404(api, down, ref):
    assert api.get(f"actions/{ref}").status_code == 404


def test_what_belongs_to_a_private_incident_is_nowhere_for_others(api, floor, cy):
    ref = api.post("incidents", json={"title": "Secret", "private": True}).json()["ref"]
    api.post(f"incidents/{ref}/actions", json={"title": "Rotate the key"})
    api.post(f"incidents/{ref}/resolve")
    api.put(f"incidents/{ref}/postmortem/sections/x", json={"text": "y"})
    other, page = floor.as_(cy), floor.signed_in(cy)
    assert other.get("actions").json()["items"] == []
    assert other.get("postmortems").json()["items"] == []
    assert other.get("actions/A-1").status_code == 404
    for room in ("updates", "actions", "postmortem", "runbooks", "runbooks/fitting", "timeline"):
        assert other.get(f"incidents/{ref}/{room}").status_code == 404, room
    for path in (
        "/actions?show=all",
        "/postmortems",
        f"/incidents/{ref}/postmortem",
        f"/incidents/{ref}/postmortem/print",
    ):
        assert "Secret" not in page.get(path).text
        assert "Rotate" not in page.get(path).text


def test_the_postmortem_comes_in_the_form_that_is_asked_for(api, down):
    api.post("incidents/INC-1/resolve")
    as_json = api.get("incidents/INC-1/postmortem").json()
    assert as_json["owed"] is True
    assert as_json["markdown"].startswith("# ")
    asked = {"format=md": "text/markdown", "format=html": "text/html", "format=json": "application/json"}
    for query, kind in asked.items():
        assert api.get(f"incidents/INC-1/postmortem?{query}").headers["content-type"].startswith(kind)
        answer = api.get("incidents/INC-1/postmortem", headers={"Accept": f"{kind}, */*;q=0.1"})
        assert answer.headers["content-type"].startswith(kind)
    assert api.get("incidents/INC-1/postmortem?format=docx").status_code == 422
    assert "lightweight" in api.get("incidents/INC-1/postmortem?template=nope").json()["detail"]


def test_what_is_written_stands_in_it_and_publishing_closes_the_loop(api, down, floor, ana):
    assert api.post("incidents/INC-1/postmortem/publish").status_code == 409
    api.post("incidents/INC-1/resolve")
    key = api.get("incidents/INC-1/postmortem").json()["sections"][0]["key"]
    said = api.put(
        f"incidents/INC-1/postmortem/sections/{key}", json={"text": "The pool was too small"}
    ).json()
    assert said["sections"][0]["by"]["name"] == "Ana"
    assert "The pool was too small" in said["markdown"]
    wrong = api.put("incidents/INC-1/postmortem/sections/nope", json={"text": "x"})
    assert wrong.status_code == 422
    assert key in wrong.json()["detail"]
    assert api.post("incidents/INC-1/postmortem/publish").json()["status"] == "published"
    assert "published" in floor.signed_in(ana).get("/postmortems").text


def test_somebody_else_writes_it_with_another_template(api, down):
    said = api.patch(
        "incidents/INC-1/postmortem", json={"owner": "ben@example.com", "template": "security"}
    ).json()
    assert (said["owner"]["email"], said["template"]) == ("ben@example.com", "security")
    assert api.patch("incidents/INC-1/postmortem", json={}).status_code == 422


def test_the_postmortem_is_read_written_and_published_on_its_page(api, down, floor, ana):
    browser = floor.signed_in(ana)
    api.post("incidents/INC-1/resolve")
    page = browser.get("/incidents/INC-1/postmortem")
    key = re.search(r'id="write-([^"]+)"', page.text)[1]
    path = f"/incidents/INC-1/postmortem/sections/{key}"
    browser.post(path, data={"csrf": csrf(page), "text": f"It was {EVIL}"})
    page = browser.get("/incidents/INC-1/postmortem")
    assert "It was " in page.text
    assert not has_script(page)
    assert "Publish" in page.text
    browser.post("/incidents/INC-1/postmortem/publish", data={"csrf": csrf(page)})
    assert api.get("incidents/INC-1/postmortem").json()["done"] is True
    assert browser.post(path, data={"text": "no token"}).status_code == 403


def test_the_print_view_stands_alone_and_only_its_own_styles_apply(api, down, floor, ana):
    answer = floor.signed_in(ana).get("/incidents/INC-1/postmortem/print")
    assert answer.status_code == 200
    assert "Checkout is down" in answer.text
    assert "sha256-" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_runbooks_are_found_posted_and_ticked(api, down, floor, ana):
    book = Runbook("pay", "Payments fail", services=("checkout",), steps=(Step("Look"), Step("Roll back")))
    floor.courier.info["runbooks"] = [book]
    assert [each["name"] for each in api.get("runbooks").json()["items"]] == ["pay"]
    assert [each["name"] for each in api.get("incidents/INC-1/runbooks/fitting").json()["items"]] == ["pay"]
    run = api.post("incidents/INC-1/runbooks", json={"name": "pay"})
    assert run.status_code == 201
    assert "verified" in run.json()["outdated"]
    ticked = api.put("incidents/INC-1/runbooks/1/steps/2", json={"done": True}).json()
    assert [step["done"] for step in ticked["steps"]] == [False, True]
    assert ticked["steps"][1]["by"]["name"] == "Ana"
    assert api.put("incidents/INC-1/runbooks/1/steps/3", json={}).status_code == 404
    assert api.post("incidents/INC-1/runbooks", json={"name": "nope"}).status_code == 422
    assert "Runbook: Payments fail" in floor.signed_in(ana).get("/incidents/INC-1").text


def test_paging_without_a_pager_says_so(api, down):
    answer = api.post("incidents/INC-1/page", json={"target": "checkout"})
    assert answer.status_code == 409
    assert "PAGERDUTY" in answer.json()["detail"]


def test_the_page_of_an_incident_shows_what_the_features_know(api, down, item, floor, ana, watch):
    api.post("incidents/INC-1/updates", json={"message": f"Told {EVIL}", "next_in": "20m"})
    watch.wait(minutes=24)
    page = floor.signed_in(ana).get("/incidents/INC-1")
    for word in ("Alert on errors", "A-1", "Told &lt;script&gt;", "4 min late", "customers told"):
        assert word in page.text
    assert not has_script(page)


@pytest.mark.parametrize(
    ("kind", "there"), [("mine", True), ("verify", False), ("late", True), ("open", True)]
)
def test_the_page_of_actions_has_several_lists(api, item, floor, ana, watch, kind, there):
    watch.wait(days=11)
    browser = floor.signed_in(ana)
    page = browser.get(f"/actions?show={kind}").text
    assert ("Alert on errors" in page) is there
    assert ("3 days late" in page) is there
    assert browser.get("/actions?show=huge").status_code == 422


def test_empty_pages_say_what_would_fill_them(floor, ana):
    browser = floor.signed_in(ana)
    assert "/incident action" in browser.get("/actions").text
    assert "opens by itself" in browser.get("/postmortems").text


def test_customers_are_told_and_actions_added_from_the_page(api, down, floor, ana):
    browser = floor.signed_in(ana)
    token = csrf(browser.get("/incidents/INC-1"))
    new = {"phase": "identified", "message": "We found it", "next_in": "20m"}
    browser.post("/incidents/INC-1/update", data={"csrf": token, **new})
    new = {"title": "Alert when payments fail", "owner": "ana@example.com"}
    browser.post("/incidents/INC-1/action", data={"csrf": token, **new})
    assert "We found it" in floor.browser().get("/status").text
    [item] = api.get("incidents/INC-1/actions").json()["items"]
    assert (item["title"], item["owner"]["name"]) == ("Alert when payments fail", "Ana")
    wrong = browser.post("/incidents/INC-1/action", data={"csrf": token, "title": "x", "owner": "nobody"})
    assert wrong.status_code == 422
