"""The public status page: what was published is there, what was not is nowhere."""

import base64
import hashlib
import json
import xml.etree.ElementTree as ET

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import web
from bot.domain.company import Company
from bot.domain.company.parts import StatusRules
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.inbox import Inbox
from bot.web.look import Look
from bot.web.status_page import StatusSite, routes
from tests.web.conftest import COMPANY, TEMPLATES

PLACES = ("/status", "/status/feed.atom", "/status/api/v2/summary.json")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def public(floor):
    return floor.browser()


def tell(api, ref, message, **more):
    answer = api.post(f"incidents/{ref}/updates", json={"message": message, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def unscripted(page):
    """The page without our own script, which alone the policy allows."""
    script = (TEMPLATES / "pages/status.js").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    if "html" in page.headers["content-type"]:
        assert f"script-src 'sha256-{digest}';" in page.headers["content-security-policy"]
    return page.text.replace(f"<script>{script}</script>", "")


def test_it_says_that_all_is_well(public):
    page = public.get("/status")
    assert page.status_code == 200
    assert "<h1>Everything works.</h1>" in page.text
    assert "Checkout" in page.text
    assert "Ledger" not in page.text
    assert public.get("/status/api/v2/summary.json").json()["status"]["indicator"] == "none"


def test_nothing_unpublished_is_anywhere(public, api, down, floor, ana):
    api.post("incidents/INC-1/timeline", json={"text": "Ben broke it"})
    for place in PLACES:
        text = public.get(place).text
        for word in ("Checkout is down", "INC-1", "Ben broke it", "SEV1", "sev1", "Ana"):
            assert word not in text, (place, word)
    assert "Everything works" in public.get("/status").text


def test_what_was_published_is_everywhere_but_no_more_than_that(public, api, down):
    tell(api, "INC-1", "Some customers cannot pay.", next_in="20m")
    page = public.get("/status").text
    assert "Checkout does not work as it should. We are on it." in page
    assert "Some customers cannot pay." in page
    assert "12:20 UTC" in page
    for place in PLACES:
        text = public.get(place).text
        assert "Some customers cannot pay." in text
        for word in ("Checkout is down", "INC-1", "SEV1", "sev1", "Ana", "ana@"):
            assert word not in text, (place, word)


@pytest.mark.parametrize("kept", [{"private": True}, {"drill": True}])
def test_what_is_private_or_practice_never_shows(public, api, kept):
    ref = api.post("incidents", json={"title": "Secret", "services": ["checkout"], **kept}).json()["ref"]
    assert tell(api, ref, "Hush, hush")["public"] is False
    for place in PLACES:
        assert "Hush" not in public.get(place).text
    assert "Everything works" in public.get("/status").text


def test_the_phases_change_the_first_line(public, api, down, watch):
    said = {
        "investigating": "We are on it.",
        "identified": "We know why and are on it.",
        "monitoring": "It works again. We are watching it.",
        "resolved": "Everything works.",
    }
    for phase, words in said.items():
        watch.wait(minutes=5)
        tell(api, "INC-1", f"It is {phase}", phase=phase)
        assert words in public.get("/status").text
    assert "Trouble with Checkout" in public.get("/status").text
    assert public.get("/status/api/v2/summary.json").json()["incidents"] == []


def test_several_at_once_are_named_together(public, api, down, watch):
    api.post("incidents", json={"services": ["search"]})
    tell(api, "INC-1", "One")
    watch.wait(minutes=1)
    tell(api, "INC-2", "Two", phase="identified")
    assert "Search and Checkout do not work as they should. We are on it." in public.get("/status").text


def test_without_a_component_it_is_told_in_general(public, api):
    api.post("incidents", json={"services": ["ledger"]})
    tell(api, "INC-1", "Invoices are late", phase="identified")
    page = public.get("/status").text
    assert "Something does not work as it should. We know why and are on it." in page
    assert "Ledger" not in page


def test_what_was_cancelled_is_no_trouble_any_more(public, api, down):
    tell(api, "INC-1", "We look into it")
    api.post("incidents/INC-1/cancel", json={"reason": "A false alarm"})
    page = public.get("/status").text
    assert "Everything works" in page
    assert "We look into it" in page
    assert "false alarm" not in page


def test_scripts_in_updates_are_shown_and_never_run(public, api, down):
    tell(api, "INC-1", "<script>alert(1)</script> & \x0b ]]>")
    for place in PLACES[:2]:
        assert "&lt;script&gt;" in public.get(place).text
        assert "<script" not in unscripted(public.get(place))
    ET.fromstring(public.get("/status/feed.atom").text)


def test_it_needs_one_request_and_no_script(public, api, down):
    for n in range(20):
        tell(api, "INC-1", f"Word {n} " + "x" * 200)
    page = public.get("/status")
    assert "src=" not in page.text
    assert 'rel="stylesheet"' not in page.text
    assert "<script" not in unscripted(page)
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert len(page.content) < 50_000


def test_an_unchanged_page_is_not_sent_again(public, api, down, watch):
    for place in PLACES:
        tag = public.get(place).headers["etag"]
        watch.wait(minutes=1)
        again = public.get(place, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    tag = public.get("/status").headers["etag"]
    tell(api, "INC-1", "News")
    assert public.get("/status", headers={"If-None-Match": tag}).status_code == 200


def test_the_feed_has_an_entry_for_each_update_the_newest_first(public, api, down, watch):
    tell(api, "INC-1", "First")
    watch.wait(minutes=9)
    tell(api, "INC-1", "Second", phase="resolved")
    feed = ET.fromstring(public.get("/status/feed.atom").text)
    said = [entry.find("a:content", ATOM).text for entry in feed.findall("a:entry", ATOM)]
    assert said == ["Second", "First"]
    assert feed.find("a:updated", ATOM).text == "2026-03-02T12:09:00+00:00"
    ids = [entry.find("a:id", ATOM).text for entry in feed.findall("a:entry", ATOM)]
    assert len(set(ids)) == 2
    assert public.get("/status/feed.atom").headers["content-type"].startswith("application/atom+xml")


def test_the_summary_has_the_shape_that_programs_know(public, api, down):
    tell(api, "INC-1", "Some customers cannot pay.")
    answer = public.get("/status/api/v2/summary.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    said = answer.json()
    assert set(said) == {"page", "components", "incidents", "scheduled_maintenances", "status"}
    assert [(part["name"], part["status"]) for part in said["components"]] == [
        ("Checkout", "major_outage"),
        ("Search", "operational"),
    ]
    [incident] = said["incidents"]
    assert (incident["status"], incident["name"]) == ("investigating", "Trouble with Checkout")
    assert incident["incident_updates"][0]["body"] == "Some customers cannot pay."
    assert said["status"]["indicator"] == "critical"
    assert json.loads(answer.text) == said


def test_it_stays_up_when_the_database_does_not(floor, api, down, public, engine):
    tell(api, "INC-1", "Some customers cannot pay.")
    assert "cannot pay" in public.get("/status").text
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE customer_update RENAME TO gone")
    assert "cannot pay" in public.get("/status").text


def test_without_a_copy_it_says_that_it_does_not_know(tmp_path, watch, floor):
    courier = Courier(db.open_engine(f"sqlite:///{tmp_path}/nowhere/x.db"), Listeners(), {})
    look = Look(floor.courier.info["templates"], Company(), watch, "http://x")
    page = TestClient(Starlette(routes=routes(StatusSite(courier, watch, look, "http://x"))))
    assert page.get("/status").status_code == 503


def test_a_promise_that_ran_out_is_admitted(public, api, down, watch):
    tell(api, "INC-1", "Some customers cannot pay.", next_in="20m")
    watch.wait(minutes=21)
    assert "and are late" in public.get("/status").text


def test_readers_are_led_to_another_page_where_that_is_ours(floor):
    told = COMPANY.model_copy(update={"status": StatusRules(elsewhere="https://status.shop.example")})
    routes = web.routes(floor.courier, Inbox(floor.courier.engine), floor.watch, told, floor.settings)
    browser = floor.browser(Starlette(routes=routes))
    for path in ("/status", "/status/history?month=2026-03"):
        answer = browser.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "https://status.shop.example")
    assert browser.get("/status/feed.atom", follow_redirects=False).status_code == 200
    assert browser.get("/status/api/v2/summary.json", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "wrong", ["javascript:alert(1)", "status.shop.example", "https://x\r\nSet-Cookie: a=b"]
)
def test_only_an_address_can_be_elsewhere(wrong):
    with pytest.raises(ValueError, match="elsewhere"):
        StatusRules(elsewhere=wrong)
