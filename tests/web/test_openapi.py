"""The description of the REST interface, and what goes wrong in it."""

import json

import pytest

from bot.web import api as rest
from bot.web.guard import API_BODY


def test_every_way_has_a_summary_and_is_described(floor):
    described = json.loads(floor.browser().get("/api/openapi.json").text)
    assert described["servers"] == [{"url": "/api"}]
    assert described["openapi"].startswith("3.1")
    for path, ways in described["paths"].items():
        assert path.startswith("/v1/")
        for method, way in ways.items():
            assert way["summary"], (method, path)
            assert way["tags"], (method, path)
            assert "401" in way["responses"], (method, path)
            assert way["security"], (method, path)


def test_no_two_ways_have_one_name(floor):
    described = floor.browser().get("/api/openapi.json").json()
    names = [way["operationId"] for ways in described["paths"].values() for way in ways.values()]
    assert len(names) == len(set(names))


def test_the_docs_name_every_way(floor):
    browser = floor.browser()
    page = browser.get("/api/docs").text
    for path in browser.get("/api/openapi.json").json()["paths"]:
        assert f"/api{path}" in page


def test_the_description_groups_the_ways(floor):
    described = floor.browser().get("/api/openapi.json").json()
    assert {"Incidents", "Timeline", "Company"} <= set(rest.ways(described))


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/nope", 404), ("PUT", "/api/v1/incidents", 405)]
)
def test_what_is_not_there_is_a_problem_too(floor, method, path, status):
    answer = floor.browser().request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "/api/docs" in answer.json()["detail"]


def test_broken_json_is_said_to_be_so(api):
    answer = api.post("incidents", content=b"{no", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "no valid JSON" in answer.json()["detail"]


def test_each_fault_names_its_place(api):
    answer = api.post("incidents", json={"titel": "x", "private": "perhaps"})
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"#/titel", "#/private"}


def test_a_body_that_is_too_large_is_refused_by_its_length(api):
    answer = api.post("incidents", json={"description": "x" * API_BODY})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_hides_its_length_is_counted(api):
    def drip():
        for _ in range(300):
            yield b" " * 1024

    answer = api.post("incidents", content=drip(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_bug_is_answered_without_our_inside(floor):
    floor.courier.info.pop("company")
    answer = floor.browser().get("/api/v1/services", headers={"Authorization": "Bearer the-admin-token"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "company" not in answer.text
    assert "Traceback" not in answer.text


def test_services_severities_and_people_are_listed(api, floor):
    assert [each["key"] for each in api.get("services").json()["items"]] == ["checkout", "search", "ledger"]
    assert [each["key"] for each in api.get("severities").json()] == ["sev1", "sev2", "sev3", "sev4"]
    assert [each["name"] for each in api.get("people").json()["items"]] == ["Ana"]


def test_an_administrator_introduces_people(api, floor):
    assert api.post("people", json={"email": "new@example.com"}).status_code == 403
    admin = {"Authorization": "Bearer the-admin-token"}
    new = {"email": "New@example.com", "name": "New One", "is_admin": True}
    said = floor.browser().post("/api/v1/people", json=new, headers=admin)
    assert said.status_code == 201
    assert (said.json()["email"], said.json()["is_admin"]) == ("new@example.com", True)
    wrong = floor.browser().post("/api/v1/people", json={"email": "no mail"}, headers=admin)
    assert wrong.status_code == 422
