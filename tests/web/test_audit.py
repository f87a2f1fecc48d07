"""/audit and /admin/trail, and the same over REST: who may see what, links, files, and the trail's word."""

import csv
import io

import pytest
import sqlalchemy as sa

from bot.domain import actions, incidents, trail
from bot.domain.incidents import Report
from bot.domain.people import Access
from bot.lib.facts import Event
from tests.web.conftest import has_script


@pytest.fixture
def items(floor, ana, cy, watch):
    """One that was moved and is late, one with a title that would run, and one of a private incident."""
    with floor.courier.transaction() as session:
        down = incidents.declare(session, Report("Checkout is down", "sev1"), by=ana, now=watch())
        secret = incidents.declare(session, Report("A key leaked", "sev2", private=True), by=ana, now=watch())
        day = watch().date()
        late = actions.create(
            session, down, "Alert on the error rate", by=ana, now=watch(), owner=cy, due=day
        )
        script = actions.create(
            session, down, "=1+<script>alert(1)</script>", by=ana, now=watch(), kind="detect"
        )
        hidden = actions.create(session, secret, "Rotate the key", by=ana, now=watch())
    watch.wait(hours=1)
    with floor.courier.transaction() as session:
        moved = day.replace(day=5)
        actions.move(
            session, actions.get(session, late.id), moved, by=cy, now=watch(), why="The vendor is late"
        )
    watch.wait(days=6)
    return late, script, hidden


def test_the_page_shows_figures_charts_and_items(floor, ana, items):
    page = floor.signed_in(ana).get("/audit")
    assert page.status_code == 200
    for words in (
        "Audit of action items",
        "3 items",
        "Moved by Cy",
        "3 days late",
        "Age of open items",
        "<svg",
    ):
        assert words in page.text, words
    assert 'href="/actions/A-1"' in page.text
    assert "=1+&lt;script&gt;" in page.text
    assert not has_script(page)


def test_who_may_not_see_an_incident_does_not_find_its_items(floor, cy, items):
    browser = floor.signed_in(cy)
    page = browser.get("/audit").text
    assert "2 items" in page
    assert "Rotate the key" not in page
    for form in ("csv", "json"):
        assert "Rotate the key" not in browser.get(f"/audit/export.{form}").text
    assert browser.get("/audit?incident=INC-2").status_code == 404


def test_filters_stand_in_the_address_and_stay_in_the_form(floor, ana, items):
    page = floor.signed_in(ana).get("/audit?kind=detect&owner=none").text
    assert "1 item" in page
    assert 'value="none"' in page
    assert '<option value="detect" selected>' in page
    assert 'href="/audit/export.csv?owner=none&amp;kind=detect"' in page


def test_a_filter_that_is_none_is_told_the_right_ones(floor, ana):
    answer = floor.signed_in(ana).get("/audit?kind=magic")
    assert answer.status_code == 422
    assert "prevent, detect, mitigate, process" in answer.text


def test_without_items_it_says_what_would_fill_it(floor, ana):
    assert "/incident action" in floor.signed_in(ana).get("/audit").text


def test_a_spreadsheet_cannot_be_tricked(floor, ana, items):
    answer = floor.signed_in(ana).get("/audit/export.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="action-items-2026-03-08.csv"' in answer.headers["content-disposition"]
    _, row, _ = csv.DictReader(io.StringIO(answer.text))
    assert row["title"].startswith("'=1+")


def test_a_workbook_is_a_zip(floor, ana, items):
    answer = floor.signed_in(ana).get("/audit/export.xlsx")
    assert answer.content.startswith(b"PK")
    assert "spreadsheetml" in answer.headers["content-type"]


def test_who_is_not_signed_in_gets_nothing(floor, items):
    for path in ("/audit", "/audit/export.csv", "/admin/trail"):
        assert floor.browser().get(path).status_code == 401
    assert floor.browser().get("/api/v1/audit").status_code == 401


def test_the_report_over_rest(floor, ana, cy, items):
    found = floor.as_(ana).get("audit?by=kind").json()
    assert (found["counts"]["promised"], found["counts"]["late"], found["counts"]["moves"]) == (3, 1, 1)
    assert [(line["key"], line["counts"]["promised"]) for line in found["lines"]] == [
        ("detect", 1),
        ("mitigate", 2),
    ]
    assert found["days_late"] == {"count": 1, "median": 3, "p90": 3, "longest": 3}
    assert found["course"][-1]["promised"] == 3
    assert floor.as_(cy).get("audit").json()["counts"]["promised"] == 2
    assert floor.as_(ana).get("audit?state=lost").status_code == 422


def test_the_items_over_rest_come_in_pages(floor, ana, items):
    api = floor.as_(ana)
    first = api.get("audit/items?limit=2").json()
    rest = api.get(f"audit/items?limit=2&cursor={first['next_cursor']}").json()
    assert [one["ref"] for one in [*first["items"], *rest["items"]]] == ["A-3", "A-2", "A-1"]
    [moved] = rest["items"]
    assert (moved["days_late"], moved["severity"], moved["changes"][0]["by"]) == (3, "sev1", "Cy")
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_files_over_rest(floor, ana, items, form):
    answer = floor.as_(ana).get(f"audit/export?format={form}&from=2026-03-01")
    assert answer.status_code == 200
    assert f".{form}" in answer.headers["content-disposition"]


@pytest.fixture
def manager(floor):
    return floor.person("Mia", access=Access.MANAGER)


@pytest.fixture
def sealed(floor, items, watch):
    with floor.courier.transaction() as session:
        trail.seal(session, watch())


def test_the_trail_is_for_managers(floor, ana, manager, sealed):
    assert floor.signed_in(ana).get("/admin/trail").status_code == 403
    assert "/admin/trail" not in floor.signed_in(ana).get("/audit").text
    assert floor.as_(ana).get("audit/trail").status_code == 403
    assert floor.as_(ana).get("audit/head").status_code == 403
    browser = floor.signed_in(manager)
    assert 'href="/admin/trail"' in browser.get("/audit").text
    page = browser.get("/admin/trail").text
    assert "moved A-1 (Alert on the error rate)" in page
    assert "Rotate the key" not in page


def test_the_trail_is_filtered_and_paged(floor, manager, sealed):
    api = floor.as_(manager)
    [moved] = api.get("audit/trail?kind=ActionMoved").json()["items"]
    assert (moved["by"], moved["ref"]) == ("Cy", "INC-1")
    first = api.get("audit/trail?incident=INC-1&limit=1").json()
    second = api.get(f"audit/trail?incident=INC-1&limit=1&cursor={first['next_cursor']}").json()
    assert first["items"][0]["event_id"] > second["items"][0]["event_id"]
    assert "moved A-1" in floor.signed_in(manager).get("/admin/trail?by=Cy&kind=ActionMoved").text


def test_the_page_says_whether_the_trail_is_whole(floor, manager, sealed):
    browser = floor.signed_in(manager)
    head = floor.as_(manager).get("audit/head").json()
    said = f"{head['number']}:{head['hash']}"
    assert "The trail is whole" in browser.get(f"/admin/trail?verify=1&head={said}").text
    assert (
        "does not run through that head"
        in browser.get(f"/admin/trail?verify=1&head={head['number']}:{'0' * 64}").text
    )
    assert browser.get("/admin/trail?verify=1&head=nonsense").status_code == 422
    with floor.courier.transaction() as session:
        row = session.execute(sa.select(Event.id).where(Event.kind == "ActionMoved")).scalar_one()
        session.execute(sa.update(Event).where(Event.id == row).values(by=1))
    page = browser.get("/admin/trail?verify=1").text
    assert f"(event {row}): it does not say what it said" in page
