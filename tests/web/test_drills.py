"""Drills on the pages and over REST; and that nothing of one is seen where customers or statistics look."""

import re
from datetime import timedelta

import pytest

from bot.domain import drills, incidents, postmortems
from bot.domain.drills.reactions import end_drill
from tests.conftest import carry_all
from tests.domain.conftest import TOP
from tests.web.conftest import NOON

SCENARIOS = drills.load(TOP / "runbooks/drills")


@pytest.fixture
def floor(floor):
    floor.courier.info["drills"] = SCENARIOS
    floor.courier.listeners.add(end_drill)
    return floor


@pytest.fixture
def page(floor, ana):
    return floor.signed_in(ana)


def token_of(page, path="/drills"):
    return page.get(path).text.partition('name="csrf" value="')[2].partition('"')[0]


def start(page, scenario="checkout-outage", pace="1"):
    form = {"csrf": token_of(page), "scenario": scenario, "pace": pace}
    return page.post("/drills", data=form, follow_redirects=False)


def plays(floor, id, *minutes):
    for minute in minutes:
        floor.watch.now = NOON + timedelta(minutes=minute)
        with floor.courier.transaction() as session:
            drills.advance(session, id, now=floor.watch.now)


def test_every_scenario_stands_there_with_what_it_practises(page):
    shown = page.get("/drills").text
    for scenario in SCENARIOS:
        assert scenario.title in shown
        assert scenario.about[0] in shown
        assert f'value="{scenario.name}"' in shown
    assert "No drill was held yet" in shown


def test_one_is_started_and_its_page_is_no_cheat_sheet(page):
    answer = start(page, pace="10")
    assert (answer.status_code, answer.headers["location"]) == (303, "/drills/1")
    shown = page.get("/drills/1").text
    assert "It is running: 0 min of 50 min" in shown
    assert "10 times as fast as the clock" in shown
    assert "Somebody commands within 5 minutes" not in shown
    assert "Running now" in page.get("/drills").text


@pytest.mark.parametrize(
    ("scenario", "pace", "status", "said"),
    [
        ("checkout-outage", "0", 422, "from 1, as on the clock, to 60"),
        ("earthquake", "1", 422, "is no drill. Choose one of: bad-deploy-friday"),
        ("region-failover", "1", 409, "is being held in INC-1 at the moment"),
    ],
)
def test_what_is_wrong_is_said_beside_the_drill(page, scenario, pace, status, said):
    start(page, "region-failover")
    answer = start(page, scenario, pace)
    assert answer.status_code == status
    assert said in answer.text


def test_a_guest_is_offered_no_start(floor):
    guest = floor.signed_in(floor.person("Gus", is_guest=True))
    assert 'class="start"' not in guest.get("/drills").text
    assert "a guest takes part in it" in guest.get("/drills").text


def test_the_report_says_what_was_met_with_its_time(floor, page, ana):
    start(page)
    plays(floor, 1, 3)
    with floor.courier.transaction() as session:
        incident = incidents.get(session, 1)
        incidents.set_role(session, incident, "commander", ana, by=ana, now=floor.watch.now)
    plays(floor, 1, 10, 30, 50)
    shown = page.get("/drills/1").text
    assert re.search(r"<b>\d+ of \d+ expectations met, \d+ %\.</b>", shown)
    assert '<span aria-hidden="true">✓</span> met' in shown
    assert "What to take from it" in shown
    assert "The first word needs no cause" in shown
    assert "played Priya, support: 14 tickets in ten minutes" in shown
    assert "This is the first drill of this scenario" in shown


def test_it_stands_beside_earlier_ones_in_a_chart_with_a_table(floor, page):
    start(page)
    plays(floor, 1, 10, 50)
    start(page)
    floor.watch.wait(minutes=60)
    with floor.courier.transaction() as session:
        drills.advance(session, 2, now=floor.watch.now)
    shown = page.get("/drills/2").text
    assert shown.count("<rect ") == 2
    assert '<rect class="this"' in shown
    assert 'href="/drills/1"' in shown
    assert "The time before it was 0 %" in shown


def test_one_is_stopped_on_its_page(page):
    start(page)
    answer = page.post("/drills/1/stop", data={"csrf": token_of(page, "/drills/1")}, follow_redirects=False)
    assert answer.headers["location"] == "/drills/1"
    assert "until somebody stopped it" in page.get("/drills/1").text


@pytest.mark.parametrize("id", ["2", "0", "x", "-1", "99999999999999999999", "1%00"])
def test_a_number_that_is_none_finds_nothing(page, id):
    assert page.get(f"/drills/{id}").status_code == 404


def test_a_private_one_is_not_there_for_others(floor, page, cy):
    start(page, "credential-leak")
    other = floor.signed_in(cy)
    assert other.get("/drills/1").status_code == 404
    assert "/drills/1" not in other.get("/drills").text
    assert floor.as_(cy).get("drills").json()["items"] == []
    assert floor.as_(cy).get("drills/1").status_code == 404


def test_scripts_in_words_are_shown_and_never_run(floor, page, ana):
    start(page)
    with floor.courier.transaction() as session:
        words = "<script>alert(1)</script>"
        incidents.note(session, incidents.get(session, 1), words, by=ana, now=NOON)
    shown = page.get("/drills/1").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_the_incidents_page_leads_to_the_report(page):
    start(page)
    assert '<a href="/drills/1">Report of the drill</a>' in page.get("/incidents/INC-1").text


# ---- over REST


def test_over_rest_one_is_started_looked_at_and_stopped(api):
    made = api.post("drills", json={"scenario": "region-failover", "pace": 5})
    assert made.status_code == 201
    assert made.headers["location"] == "/api/v1/drills/1"
    assert (made.json()["incident"], made.json()["pace"], made.json()["ended_at"]) == ("INC-1", 5, None)
    assert api.get("drills/1").json()["expectations"] == []
    stopped = api.post("drills/1/stop").json()
    assert stopped["ending"] == "stopped"
    report = api.get("drills/1").json()
    assert {one["state"] for one in report["expectations"]} == {"open"}
    assert report["timeline"][-1]["played"]
    assert api.get("drills/1/report").text.startswith("# DRILL: A region fades, then a second")
    assert [one["id"] for one in api.get("drills").json()["items"]] == [1]
    assert api.get("drills?scenario=checkout-outage").json()["items"] == []


def test_over_rest_the_scenarios_are_listed_without_their_surprises(api):
    found = api.get("drills/scenarios").json()["items"]
    assert [one["name"] for one in found] == [scenario.name for scenario in SCENARIOS]
    assert "inject" not in found[0]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"scenario": "earthquake"}, 422),
        ({"scenario": "region-failover", "pace": 61}, 422),
        ({"scenario": "region-failover", "pace": "fast"}, 422),
        ({}, 422),
    ],
)
def test_over_rest_what_is_wrong_is_a_problem(api, said, status):
    answer = api.post("drills", json=said)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


# ---- nothing of it is real


def test_nothing_of_a_drill_is_public_or_counted(floor, page, api):
    before = {path: page.get(path).text for path in ("/status", "/status/feed.atom")}
    summary = page.get("/status/api/v2/summary.json").json()
    start(page)
    update = api.post(
        "incidents/INC-1/updates", json={"message": "Everything is down", "phase": "identified"}
    )
    assert update.json()["public"] is False
    carry_all(floor.courier)
    for path, text in before.items():
        assert page.get(path).text == text
    assert page.get("/status/api/v2/summary.json").json() == summary
    assert 'closeout_incidents_live{severity="sev1"} 0.0' in page.get("/metrics").text


@pytest.mark.parametrize("path", ["/incidents", "/incidents/INC-1", "/incidents/INC-1/postmortem", "/drills"])
def test_every_page_marks_it(floor, page, ana, path):
    start(page)
    with floor.courier.transaction() as session:
        postmortems.open_draft(session, incidents.get(session, 1), by=ana, now=NOON)
    assert "DRILL" in page.get(path).text
