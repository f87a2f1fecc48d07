"""What is Jira's own: its workflow, its screens, its pages, whom it hides, its settings."""

import asyncio
import json

import pytest

from bot.domain import actions
from bot.domain.actions import ItemStatus
from bot.integrations.jira import settings
from bot.integrations.jira.settings import BadJira
from tests.doubles import jira as double_of_jira
from tests.integrations.tracking import DAY, opened


@pytest.fixture
def desk(engine):
    yield from opened(engine, "jira")


def test_begun_and_blocked_are_in_progress_there_and_begun_there_is_begun_here(desk, tracked):
    desk.act(actions.start, tracked)
    assert desk.double.the("OPS-7")["state"] == "doing"
    desk.act(actions.block, tracked, "The vendor")
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.BLOCKED
    desk.double.change("OPS-7", by="acc:ada", status="To Do")
    desk.double.change("OPS-7", by="acc:ada", status="In Progress")
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.IN_PROGRESS


def test_to_put_it_back_to_do_is_no_quarrel(desk, tracked):
    desk.act(actions.start, tracked)
    desk.deliver()
    desk.double.calls.clear()
    desk.double.change("OPS-7", by="acc:ada", status="To Do")
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.IN_PROGRESS
    assert desk.double.writes == []


def test_reopened_straight_into_work_is_reopened_and_begun(desk, tracked):
    desk.double.close("OPS-7", by="acc:ada")
    desk.double.change("OPS-7", by="acc:ada", status="In Progress")
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.IN_PROGRESS


def test_an_item_that_was_begun_before_it_stood_there(desk):
    item = desk.create(carry=False)
    desk.act(actions.start, item)
    assert desk.double.the("OPS-7")["state"] == "doing"


def test_a_workflow_without_a_way_is_noted(desk, tracked, monkeypatch):
    monkeypatch.setattr(double_of_jira, "TRANSITIONS", {"11": "To Do", "21": "In Progress"})
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    assert "no transition of OPS-7 to done" in desk.link(tracked).note
    assert desk.told("TrackerBroke") == []


def test_a_screen_without_due_date_and_assignee_is_no_reason_to_send_nothing(desk):
    refuse = {"errors": {"duedate": "Field 'duedate' cannot be set. It is not on the appropriate screen."}}
    desk.double.faults = [None, {"status_code": 400, "json": refuse}]
    item = desk.create(owner=desk.ada, due=DAY)
    assert desk.link(item).key == "OPS-7"
    assert "does not let acc:ada be assigned" in desk.link(item).note


def test_the_owner_is_found_by_address_once(desk, tracked):
    desk.create(owner=desk.ada)
    assert not any(path.endswith("/user/search") for _, path, _ in desk.double.calls)


def test_whom_jira_does_not_know_is_named_in_a_note(desk):
    item = desk.create(owner=desk.cy)
    assert "Cy has no known account in Jira" in desk.link(item).note


def test_who_shows_their_address_is_who_they_are_here(desk, tracked):
    desk.double.close("OPS-7", by="acc:ben")
    [(body, _)] = desk.double.deliveries()
    told = json.loads(body)
    told["user"]["emailAddress"] = "ben@example.com"
    shown = json.dumps(told).encode()
    desk.deliver((shown, desk.double.headers(shown)))
    assert desk.item(tracked).done_by == desk.ben.id


def test_an_address_of_nobody_makes_nobody(desk, tracked):
    desk.double.close("OPS-7", by="acc:zed")
    [(body, _)] = desk.double.deliveries()
    told = json.loads(body)
    told["user"]["emailAddress"] = "zed@evil.example"
    shown = json.dumps(told).encode()
    desk.deliver((shown, desk.double.headers(shown)))
    assert desk.item(tracked).done_by == 1


def test_no_due_date_is_no_promise_and_is_put_back(desk, tracked):
    desk.double.move("OPS-7", None)
    desk.deliver()
    assert desk.double.the("OPS-7")["due"] == "2026-03-20"
    assert "keeps one" in desk.double.said("OPS-7")[0]


def test_the_sweep_reads_every_page(desk):
    items = [desk.create() for _ in range(3)]
    desk.double.page = 1
    for key in ("OPS-7", "OPS-8", "OPS-9"):
        desk.double.close(key)
    desk.double.hooks.clear()
    desk.sweep()
    assert {desk.item(item).status for item in items} == {ItemStatus.DONE}


def test_an_issue_that_moves_to_another_project_is_followed_by_its_id(desk, tracked):
    issue = desk.double.issues["10007"]
    issue["key"] = "PAY-3"
    desk.double.close("PAY-3", by="acc:ada")
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.DONE
    assert desk.link(tracked).key == "PAY-3"


# ---- settings and check


def check(desk):
    return {one.what: one for one in asyncio.run(desk.vendor.check())}


def test_the_check_is_well(desk):
    found = check(desk)
    assert {one.state for one in found.values()} == {"ok"}
    assert "t0ken" not in str(found) + repr(desk.vendor.settings)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([{"status_code": 401, "json": {"errorMessages": ["Not you"]}}], "Not you"),
        ([{"status_code": 200, "html": "<p>hello</p>"}], "no JSON"),
        ([None, {"status_code": 404, "json": {"errorMessages": ["No project"]}}], "No project"),
        ([None, {"status_code": 200, "json": {"issueTypes": [{"name": "Bug"}]}}], "no issue type 'Task'"),
    ],
)
def test_the_check_says_what_is_wrong(desk, answers, said):
    desk.double.faults = answers
    found = check(desk)["Jira"]
    assert found.state == "bad"
    assert said in found.said
    assert found.remedy


def test_nothing_set_is_off():
    assert settings.read({}) is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JIRA_PROJECT", "", "JIRA_PROJECT is missing"),
        ("JIRA_PROJECT", 'OPS" OR project = "HR', "key of a project"),
        ("JIRA_URL", "acme.atlassian.net", "write an address"),
    ],
)
def test_half_a_setting_is_named(name, value, said):
    with pytest.raises(BadJira, match=said):
        settings.read(double_of_jira.Jira.env | {name: value})
