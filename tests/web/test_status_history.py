"""What the status page remembers: days of components, months, summaries, and maintenance."""

import json
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import incidents, people, updates
from bot.domain.updates import Update
from bot.web.look import Look
from bot.web.status_page import Links, pages
from bot.web.status_page.days import Day, days_of, uptime
from bot.web.status_page.picture import Part, Picture, Told
from tests.conftest import NOON
from tests.web.conftest import COMPANY, TEMPLATES, press

SHAPES = json.loads((Path(__file__).parent / "data/statuspage_shapes.json").read_text())
API = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)
HOUR = timedelta(hours=1)


@pytest.fixture
def public(floor):
    return floor.browser()


@pytest.fixture
def say(floor, ana):
    """Tell customers, and how the components do."""

    def publish(message, phase=None, **states):
        with floor.courier.transaction() as session:
            known = {name.capitalize(): state for name, state in states.items()}
            incident = incidents.get(session, 1)
            by, now = people.get(session, ana.id), floor.watch()
            updates.publish(session, incident, message, by=by, now=now, phase=phase, components=known or None)

    return publish


def tell(api, ref, message, **more):
    assert api.post(f"incidents/{ref}/updates", json={"message": message, **more}).status_code == 201


def plan(api, watch, begins=1, lasts=2, **more):
    times = {
        "starts_at": (watch.now + begins * HOUR).isoformat(),
        "ends_at": (watch.now + (begins + lasts) * HOUR).isoformat(),
    }
    said = {"title": "Database upgrade", "components": ["Checkout"], **times, **more}
    answer = api.post("maintenance", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()["ref"]


def ask(public, name):
    return public.get(f"/status/api/v2/{name}.json").json()


def test_a_day_has_the_worst_that_it_saw_and_each_moment_counts_once():
    since = NOON - timedelta(days=100)
    spans = [
        (NOON - 2 * HOUR, NOON, "partial_outage"),
        (NOON - HOUR, NOON, "degraded_performance"),
        (NOON - timedelta(days=1), NOON - timedelta(hours=11), "under_maintenance"),
    ]
    days = days_of(spans, since, NOON)
    assert len(days) == 90
    assert days[-1].words == "partly down for 2 h, under maintenance for 1 h"
    assert (days[-1].state, days[-2].state) == ("partial_outage", "under_maintenance")
    assert days[-2].words == "under maintenance for 12 h"
    assert round(uptime(days, since, NOON), 3) == round(100 * (1 - 2 / (89.5 * 24)), 3)


def test_what_was_before_our_records_is_not_called_well():
    days = days_of([], NOON - timedelta(days=3), NOON)
    assert [day.is_known for day in days].count(True) == 4
    assert uptime(days, NOON - HOUR, NOON) is None


def test_a_component_shows_its_days_also_to_who_cannot_see(public, down, watch, say):
    say("Some cannot pay.", checkout="partial outage")
    watch.wait(minutes=43)
    say("It works.", "resolved")
    watch.wait(days=2)
    page = public.get("/status").text
    assert "trouble on 1 day. 2 March: partly down for 43 min." in page
    assert '<path class="partial_outage"' in page
    assert "98.53 % without an outage" in page


def test_the_history_goes_by_month(public, api, down, watch):
    tell(api, "INC-1", "We look into it.")
    watch.wait(days=31)
    tell(api, "INC-1", "It is over.", phase="resolved")
    now = public.get("/status/history").text
    assert "April 2026" in now
    assert "No incident was reported in this month" in now
    march = public.get("/status/history?month=2026-03").text
    assert "We look into it." in march
    assert "31 d · Checkout" in march
    assert public.get("/status/history?month=2026-05").status_code == 404
    assert public.get("/status/history?month=1066-10").status_code == 404


def test_a_correction_keeps_the_original(public, api, down):
    tell(api, "INC-1", "Half cannot pay.")
    tell(api, "INC-1", "A tenth cannot pay.", correction_of=1)
    page = public.get("/status").text
    assert "Half cannot pay." in page
    assert "(corrected since)" in page
    assert "(a correction)" in page


def test_maintenance_is_announced_under_way_and_remembered(public, api, watch, floor):
    ref = plan(api, watch, message="Read only for two hours.")
    page = public.get("/status").text
    assert "Everything works." in page
    assert "Maintenance ahead" in page
    assert "Read only for two hours." in page
    assert [
        one["status"] for one in ask(public, "scheduled-maintenances/upcoming")["scheduled_maintenances"]
    ] == ["scheduled"]
    assert api.post(f"maintenance/{ref}/begin", json={}).status_code == 200
    page = public.get("/status").text
    assert "We are working on Checkout as planned." in page
    assert "under maintenance" in page
    summary = ask(public, "summary")
    assert summary["status"] == {
        "indicator": "maintenance",
        "description": "We are working on Checkout as planned.",
    }
    assert summary["components"][0]["status"] == "under_maintenance"
    assert api.post(f"maintenance/{ref}/complete", json={}).status_code == 200
    page = public.get("/status").text
    assert "Everything works." in page
    assert "Maintenance: Database upgrade" in page
    assert "The maintenance is completed." in public.get("/status/feed.atom").text


def test_what_was_cancelled_is_said_and_is_no_maintenance_to_programs(public, api, watch):
    ref = plan(api, watch)
    api.post(f"maintenance/{ref}/cancel", json={"message": "Another time."})
    assert ask(public, "scheduled-maintenances")["scheduled_maintenances"] == []
    watch.wait(hours=2)
    assert "Did not take place" in public.get("/status/history?month=2026-03").text


def test_only_a_manager_publishes_a_summary_and_never_of_what_is_private(public, api, floor, down, watch):
    floor.courier.info["gate"] = incidents.gate
    words = {"text": "A certificate ran out. We now renew it by itself."}
    tell(api, "INC-1", "We look into it.")
    boss = floor.as_(floor.person("Mia", access="manager"))
    assert boss.put("incidents/INC-1/summary", json=words).status_code in (409, 422)  # still going on
    api.post("incidents/INC-1/resolve", json={})
    tell(api, "INC-1", "It is over.", phase="resolved")
    assert api.put("incidents/INC-1/summary", json=words).status_code == 403
    assert boss.put("incidents/INC-1/summary", json=words).status_code == 200
    for place in ("/status", "/status/history?month=2026-03", "/status/history.atom", "/status/history.rss"):
        assert "A certificate ran out." in public.get(place).text, place
    boss.put("incidents/INC-1/summary", json={"text": ""})
    assert "certificate" not in public.get("/status").text
    ref = boss.post("incidents", json={"title": "Hush", "private": True}).json()["ref"]
    boss.post(f"incidents/{ref}/resolve", json={})
    assert boss.put(f"incidents/{ref}/summary", json=words).status_code in (409, 422)


def test_every_answer_has_the_fields_and_words_that_statuspage_has(public, api, down, watch, say):
    say("Some cannot pay.", checkout="major outage")
    plan(api, watch)
    for name in API:
        for kind, rows in ask(public, name).items():
            for row in rows if isinstance(rows, list) else []:
                check("Component" if kind == "components" else "Incident", row)


def check(kind, row):
    shape = SHAPES[kind]
    assert set(row) <= set(shape["fields"]), (kind, set(row) - set(shape["fields"]))
    for field, known in shape["words"].items():
        assert row.get(field) in known or row.get(field) is None, (kind, field, row.get(field))
    for update in row.get("incident_updates", []):
        check("IncidentUpdate", update)
    for component in row.get("components", []) if kind == "Incident" else []:
        check("Component", component)
    for field, value in row.items():
        if field.endswith("_at") and value:
            assert datetime.fromisoformat(value).tzinfo, field


def test_the_feeds_are_well_formed_and_grow_with_the_incident(public, api, down, watch):
    tell(api, "INC-1", "We look <b>into</b> it.")
    watch.wait(minutes=9)
    tell(api, "INC-1", "It is over.", phase="resolved")
    atom = ET.fromstring(public.get("/status/history.atom").content)
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    content = atom.find(".//{http://www.w3.org/2005/Atom}content").text
    assert "It is over." in content
    assert "&lt;b&gt;into" in content
    rss = ET.fromstring(public.get("/status/history.rss").content)
    assert len(rss.findall(".//item")) == 1


def test_there_is_no_link_to_a_form_that_is_not_there(public, floor):
    linked = {
        name for name in ("subscribe", "report") if f'href="/status/{name}"' in public.get("/status").text
    }
    there = {route.path.removeprefix("/status/") for route in floor.app.routes if hasattr(route, "path")}
    assert linked == {"subscribe", "report"} & there


def test_the_page_of_maintenance_plans_tells_and_says_what_is_wrong(browser, public):
    plan = {"title": "Upgrade <b>", "starts": "22:00", "ends": "2h", "components": "checkout"}
    wrong = press(browser, "/maintenance", **plan | {"ends": "never"})
    assert wrong.status_code == 422
    assert "Upgrade &lt;b&gt;" in wrong.text
    assert "is no time" in wrong.text
    page = press(browser, "/maintenance", **plan)
    assert "M-1" in page.text
    page = press(browser, "/maintenance/M-1", do="tell", text="Read only for two hours.")
    assert "Read only for two hours." in page.text
    assert "Read only for two hours." in public.get("/status").text
    assert "M-1 is planned already" in press(browser, "/maintenance/M-1", do="complete").text
    assert "under way" in press(browser, "/maintenance/M-1", do="begin").text


def test_a_bad_quarter_of_many_components_stays_under_fifty_kilobytes():
    troubled = tuple(
        Day(NOON.date() - timedelta(days=89 - n), (("partial_outage", HOUR),) if n % 15 == 0 else ())
        for n in range(90)
    )
    parts = [
        Part(
            f"c{n}",
            f"Component number {n}",
            f"Group {n % 4}",
            "What it does",
            "partial_outage",
            troubled,
            99.9,
        )
        for n in range(20)
    ]
    told = [
        Told(f"id{n}", "Trouble with several components", ("c1",), (said(n),) * 12, is_live=n < 6)
        for n in range(40)
    ]
    picture = Picture(at=NOON, parts=tuple(parts), told=tuple(told), months=("2026-03",))
    look = Look(TEMPLATES, COMPANY, lambda: NOON, "http://x")
    page = pages.page(look, picture, Links("http://x/status"))
    assert len(page.encode()) < 50_000
    assert page.count("earlier updates") > 0


def said(n):
    return Update(id=n, incident_id=n, phase="investigating", message="words " * 60, by=1, at=NOON)


@pytest.fixture
def every_answer(public, floor):
    """All that strangers can read, and the files that are put elsewhere."""

    def read():
        site = next(
            route.endpoint.site for route in floor.app.routes if getattr(route, "path", "") == "/status"
        )
        paths = [*sorted(site.paths), "/status/history?month=2026-03"]
        answers = {path: public.get(path).text for path in paths}
        return answers | {name: body.decode() for name, body in site.files("https://x.example").items()}

    return read


@pytest.mark.parametrize("kept", ["private", "drill", "inside", "draft"])
def test_what_is_not_for_the_public_is_in_no_answer_in_any_form(api, floor, every_answer, kept):
    new = {"title": "Secret sauce", "services": ["checkout"], "severity": "sev1"}
    ref = api.post("incidents", json=new | ({kept: True} if kept in ("private", "drill") else {})).json()[
        "ref"
    ]
    if kept == "draft":
        strict = tuple(one.model_copy(update={"update_approval": True}) for one in COMPANY.severities)
        floor.courier.info["company"] = COMPANY.model_copy(update={"severities": strict})
    said = {
        "message": "Hush, hush",
        "headline": "Hush at the till",
        "components": {"Checkout": "major outage"},
    }
    audience = "inside" if kept == "inside" else "everyone"
    ben = floor.as_(floor.person("Ben"))  # in no seat, so what he writes waits for a yes
    by = ben if kept == "draft" else api
    assert by.post(f"incidents/{ref}/updates", json=said | {"audience": audience}).is_success
    answers = every_answer()
    assert len(answers) > 20
    for path, text in answers.items():
        for word in ("Hush", "Secret", ref, "sev1", "Ana", "major_outage"):
            assert word not in text.replace(".major_outage", "").replace("path.major", ""), (path, word)
    assert "Everything works." in answers["/status"]
