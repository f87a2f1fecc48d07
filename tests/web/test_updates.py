"""Telling customers on the pages and over REST: the first word, a yes, corrections, the score."""

from datetime import timedelta

import pytest

from bot.domain.company import Severity
from bot.lib.courier import Courier
from tests.web.conftest import COMPANY, press

APPROVED = Severity(key="sev1", name="Critical", first_update="5m", update_every="20m", update_approval=True)


@pytest.fixture
def floor(floor):
    """A sev1 asks for a yes; a sev2 does not."""
    mild = Severity(key="sev2", name="Major", first_update="15m", update_every="30m")
    company = COMPANY.model_copy(update={"severities": (APPROVED, mild)})
    courier = Courier(
        floor.courier.engine, floor.courier.listeners, floor.courier.info | {"company": company}
    )
    return type(floor)(courier, floor.watch, floor.settings)


@pytest.fixture
def mild(api, down):
    api.patch("incidents/INC-1", json={"severity": "sev2"})
    return api


def test_the_first_word_is_told_once_over_rest(mild):
    first = mild.post("incidents/INC-1/updates/first")
    assert (first.status_code, first.json()["headline"]) == (201, "Trouble with Checkout")
    assert first.json()["components"] == {"checkout": "partial_outage"}
    again = mild.post("incidents/INC-1/updates/first")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_the_first_word_is_two_clicks_on_the_page(mild, browser):
    assert "Tell customers we know" in browser.get("/incidents/INC-1").text
    assert "We are looking into a problem with Checkout" in browser.get("/incidents/INC-1/tell-first").text
    press(browser, "/incidents/INC-1/tell-first")
    page = browser.get("/incidents/INC-1?said=tell-first").text
    assert "Customers know that we know." in page
    assert "Tell customers we know" not in page
    assert "Checkout: partial outage" in page


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"message": "x", "components": {"Shop": "major_outage"}}, "'Shop' is no component"),
        ({"message": "x", "components": {"search": "burning"}}, "is no state"),
        ({"message": "x", "next_in": "2020-01-01T10:00"}, "has passed"),
        ({"message": "  "}, "message is empty"),
        ({"message": "x", "audience": "world"}, "everyone, page, inside"),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_sent(mild, said, answer):
    refused = mild.post("incidents/INC-1/updates", json=said)
    assert refused.status_code == 422
    assert answer in refused.json()["detail"]
    assert mild.get("incidents/INC-1/updates").json()["items"] == []


def test_a_wrong_component_stands_beside_its_field(mild, browser):
    page = press(browser, "/incidents/INC-1/update", message="Told", **{"component-search": "burning"})
    assert page.status_code == 422
    assert 'id="component-search-wrong"' in page.text
    assert "Told</textarea>" in page.text


def test_the_form_holds_a_draft_and_its_components(mild, browser):
    page = browser.get("/incidents/INC-1/update?phase=identified").text
    assert "We have found the cause of the problem with Checkout" in page
    assert '<option value="partial_outage" selected>Partial outage</option>' in page
    assert mild.get("incidents/INC-1/updates/proposal?phase=identified").json()["next_in"] == "30m"


def test_a_correction_stands_beside_what_it_puts_right(mild, browser):
    mild.post("incidents/INC-1/updates", json={"message": "Cards fail"})
    assert "Cards fail</textarea>" in browser.get("/incidents/INC-1/update?corrects=1").text
    press(browser, "/incidents/INC-1/update", message="Cards and gifts fail", corrects="1")
    page = browser.get("/incidents/INC-1").text
    assert '<del dir="auto">Cards fail</del>' in page
    assert "Cards and gifts fail" in page


def test_what_is_owed_and_the_score_are_told(mild, browser, watch):
    mild.post("incidents/INC-1/updates", json={"message": "We know"})
    watch.wait(minutes=50)
    mild.post("incidents/INC-1/resolve")
    told = mild.get("incidents/INC-1/updates").json()
    assert told["owed"] == "It is resolved, and customers do not know it yet."
    assert told["score"] == {
        "told": 1,
        "first_after": 0,
        "first_due": timedelta(minutes=15).total_seconds(),
        "promises": 1,
        "kept": 0,
        "longest_silence": timedelta(minutes=50).total_seconds(),
    }
    page = browser.get("/incidents/INC-1").text
    assert "It is resolved, and customers do not know it yet." in page
    assert "0 of 1 promise kept" in page


@pytest.fixture
def waits(floor, api, down, watch):
    """Ana has written something; Mo talks to customers."""
    mo = floor.person("Mo")
    api.post("incidents/INC-1/roles", json={"role": "comms", "person": "mo@example.com"})
    asked = api.post("incidents/INC-1/updates", json={"message": "It is the pool"})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    return mo


def test_a_second_pair_of_eyes_over_rest(floor, api, waits):
    own = api.post("incidents/INC-1/updates/drafts/1/approve")
    assert (own.status_code, "You wrote it yourself. Ask Mo" in own.json()["detail"]) == (403, True)
    yes = floor.as_(waits).post("incidents/INC-1/updates/drafts/1/approve")
    assert (yes.status_code, yes.json()["approved_by"]["name"], yes.json()["by"]["name"]) == (
        201,
        "Mo",
        "Ana",
    )
    late = floor.as_(waits).post("incidents/INC-1/updates/drafts/1/discard", json={})
    assert (late.status_code, "quicker" in late.json()["detail"]) == (409, True)
    assert [one["state"] for one in api.get("incidents/INC-1/updates/drafts").json()] == ["published"]


def test_a_second_pair_of_eyes_on_the_page(floor, waits, browser):
    theirs = browser.get("/incidents/INC-1").text
    assert "for a yes from Mo" in theirs
    assert 'action="/incidents/INC-1/approve-update"' not in theirs
    mo = floor.signed_in(waits)
    assert 'action="/incidents/INC-1/approve-update"' in mo.get("/incidents/INC-1").text
    press(mo, "/incidents/INC-1/approve-update", draft="1")
    assert "approved by Mo" in mo.get("/incidents/INC-1").text


def test_what_is_changed_by_another_is_told(floor, api, waits):
    put = floor.as_(waits).put(
        "incidents/INC-1/updates/drafts/1", json={"message": "It is the connection pool"}
    )
    assert (put.status_code, put.json()["message"]) == (200, "It is the connection pool")


def test_a_draft_of_another_incident_is_not_there(api, waits):
    api.post("incidents", json={"title": "Another"})
    assert api.post("incidents/INC-2/updates/drafts/1/approve").status_code == 404
