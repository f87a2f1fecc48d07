"""The web floor on the tables that the migrations made, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.people import logins


@pytest.fixture
def engine(either_engine):
    return either_engine


def test_an_incident_is_run_from_declared_to_resolved(api, floor, ana):
    assert floor.browser().get("/readyz").status_code == 200
    api.post("incidents", json={"title": "Down", "severity": "sev1", "services": ["checkout"]})
    api.post("incidents/INC-1/acknowledge")
    api.post("incidents/INC-1/updates", json={"message": "We are on it", "next_in": "20m"})
    api.post("incidents/INC-1/actions", json={"title": "Mend it"})
    assert api.patch("incidents/INC-1", json={"status": "resolved"}).json()["status"] == "resolved"
    assert "We are on it" in floor.browser().get("/status").text
    browser = floor.signed_in(ana)
    for path in ("/?show=all", "/incidents/INC-1", "/actions?show=all", "/postmortems", "/metrics"):
        assert browser.get(path).status_code == 200, path
    assert browser.get("/incidents/INC-1/postmortem").status_code == 200


def test_of_many_requests_with_one_key_one_declares(api):
    def declare(_):
        return api.post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "same"}).json()

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(declare, range(8)))
    assert {each["ref"] for each in said} == {"INC-1"}
    assert len(api.get("incidents").json()["items"]) == 1


def test_of_many_who_press_one_link_one_is_let_in(floor, ana):
    with floor.courier.transaction() as session:
        link = logins.issue(session, ana, now=floor.watch())
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: floor.browser().post(link, follow_redirects=False), range(8))
        codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [303] + [410] * 7


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[31mb", "\u202eab", "a\r\nb"])
def test_control_characters_break_nothing_and_are_not_kept(api, floor, ana, text):
    said = {"title": text, "description": text}
    assert not set(api.post("incidents", json=said).json()["title"]) & set("\0\x1b\u202e\r\n")
    for path, body in (
        ("timeline", {"text": text}),
        ("updates", {"message": text}),
        ("actions", {"title": text}),
    ):
        assert api.post(f"incidents/INC-1/{path}", json=body).status_code == 201
    assert api.post("incidents/INC-1/roles", json={"role": "comms", "person": text}).status_code == 422
    assert api.get("actions", params={"owner": text}).status_code == 422
    api.patch("incidents/INC-1", json={"status": "resolved", "note": text})
    assert api.put("incidents/INC-1/postmortem/sections/summary", json={"text": text}).status_code < 500
    browser = floor.signed_in(ana)
    for path in ("/incidents/INC-1", "/incidents/INC-1/postmortem", "/status", "/status/feed.atom"):
        assert "\x1b" not in browser.get(path).text


HUGE = 10**20


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", f"incidents/INC-1/timeline/{HUGE}", {"text": "x"}, 404),
        ("POST", "incidents/INC-1/updates", {"message": "m", "correction_of": HUGE}, 404),
        ("PUT", f"incidents/INC-1/runbooks/{HUGE}/steps/1", {"done": True}, 404),
        ("GET", f"incidents?cursor={2**31}", None, 422),
        ("GET", f"incidents/INC-{HUGE}", None, 404),
        ("GET", "incidents/INC-999999999", None, 404),
        ("POST", "incidents/INC-1/timeline", {"text": "n", "at": "9999-12-31T23:59:59-14:00"}, 422),
        ("POST", "incidents/INC-1/timeline", {"text": "n", "at": "0001-01-01T00:00:00Z"}, 422),
        ("POST", "incidents", {"detected_at": "0001-01-01T00:00:00+14:00"}, 422),
        ("POST", "incidents", {"impact_started_at": "1999-12-31T00:00:00Z"}, 422),
    ],
)
def test_numbers_and_moments_that_nobody_can_mean_are_refused(api, down, method, path, body, status):
    assert api.request(method, path, json=body).status_code == status


def test_a_page_asked_for_by_a_number_too_large_is_refused(floor, ana):
    assert floor.signed_in(ana).get(f"/incidents?before={2**31}").status_code == 422


def test_many_who_meet_the_same_stranger_meet_one_person(api, floor):
    def meets(number):
        said = {"title": "Down", "commander": "new@example.com"}
        return api.post("incidents", json=said).json()["commander"]["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(meets, range(8)))) == 1
