"""An incident over REST, from declared to closed."""

from datetime import UTC, datetime, timedelta

import pytest

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_declaring_needs_nothing(api):
    answer = api.post("incidents")
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/incidents/INC-1"
    assert answer.json()["severity"] is None


def test_an_incident_says_what_it_was_given(api):
    given = {
        "title": "Search is slow",
        "severity": "SEV3",
        "description": "Since the reindex",
        "services": ["search"],
        "commander": "ben@example.com",
        "detected_at": "2026-03-02T11:50:00Z",
        "impact_started_at": "2026-03-02T12:40:00+01:00",
    }
    said = api.post("incidents", json=given).json()
    assert (said["title"], said["severity"], said["services"]) == ("Search is slow", "sev3", ["search"])
    assert said["commander"]["email"] == "ben@example.com"
    assert said["milestones"]["impact_started"] == "2026-03-02T11:40:00Z"
    assert api.get("incidents/INC-1").json() == said
    assert api.get("incidents/inc-1").json() == api.get("incidents/1").json() == said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"severity": "huge"}, "Choose one of: sev1, sev2, sev3, sev4"),
        ({"services": ["nope"]}, "Choose one of: checkout, search, ledger"),
        ({"commander": "nobody"}, "is nobody I know"),
        ({"title": "x" * 201}, "200 is the most"),
        ({"titel": "x"}, "'titel' is no field here. Known are: title, severity"),
        ({"detected_at": "yesterday"}, "'detected_at' cannot be read"),
        ({"detected_at": "2026-03-02T11:50:00"}, "'detected_at' cannot be read"),
        ({"detected_at": "2026-03-03T11:50:00Z"}, "cannot lie in the future"),
        ({"services": "checkout"}, "'services' cannot be used"),
    ],
)
def test_wrong_input_gets_a_sentence_and_changes_nothing(api, wrong, said):
    answer = api.post("incidents", json=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert api.get("incidents").json()["items"] == []


def test_the_same_key_declares_once(api):
    first = api.post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "k1"})
    again = api.post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["ref"] == again.json()["ref"] == "INC-1"
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.get("incidents").json()["items"]) == 1


def test_a_key_is_not_used_for_another_request(api):
    api.post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "k1"})
    answer = api.post("incidents", json={"title": "Up"}, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 422
    assert "another request" in answer.json()["detail"]


def test_a_key_belongs_to_who_used_it(floor, api, cy):
    api.post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "k1"})
    other = floor.as_(cy).post("incidents", json={"title": "Down"}, headers={"Idempotency-Key": "k1"})
    assert other.json()["ref"] == "INC-2"


def test_a_refused_declare_does_not_use_up_its_key(api):
    api.post("incidents", json={"severity": "huge"}, headers={"Idempotency-Key": "k1"})
    answer = api.post("incidents", json={"severity": "sev1"}, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201


def test_lists_are_paged(api):
    for n in range(5):
        api.post("incidents", json={"title": f"no {n}"})
    first = api.get("incidents", params={"limit": 2})
    assert [each["ref"] for each in first.json()["items"]] == ["INC-5", "INC-4"]
    assert first.links["next"]["url"] == "/api/v1/incidents?limit=2&cursor=4"
    following = api.get(f"http://closeout.test{first.links['next']['url']}")
    assert [each["ref"] for each in following.json()["items"]] == ["INC-3", "INC-2"]
    last = api.get("incidents", params={"limit": 2, "cursor": following.json()["next_cursor"]})
    assert [each["ref"] for each in last.json()["items"]] == ["INC-1"]
    assert last.json()["next_cursor"] is None
    assert "link" not in last.headers


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1000}, {"cursor": "x"}, {"status": "huge"}])
def test_a_list_that_cannot_be_is_refused(api, asked):
    assert api.get("incidents", params=asked).status_code == 422


def test_a_list_can_be_of_some_statuses(api, down):
    api.post("incidents", json={"title": "Another"})
    api.post("incidents/INC-2/resolve")
    assert [each["ref"] for each in api.get("incidents?status=live").json()["items"]] == ["INC-1"]
    assert [each["ref"] for each in api.get("incidents?status=resolved,closed").json()["items"]] == ["INC-2"]


def test_a_change_is_done_as_a_whole(api, down):
    new = {
        "title": "Payments are down",
        "severity": "sev2",
        "why": "A workaround",
        "services": ["ledger"],
        "status": "identified",
    }
    said = api.patch("incidents/INC-1", json=new).json()
    assert (said["title"], said["severity"], said["status"]) == ("Payments are down", "sev2", "identified")
    refused = api.patch("incidents/INC-1", json={"title": "Never", "severity": "huge"})
    assert refused.status_code == 422
    assert api.get("incidents/INC-1").json()["title"] == "Payments are down"


def test_a_change_of_nothing_says_what_could_be_changed(api, down):
    assert "Name what to change" in api.patch("incidents/INC-1", json={"why": "so"}).json()["detail"]


def test_milestones_can_be_corrected_but_not_put_in_the_wrong_order(api, down):
    earlier = (NOON - timedelta(minutes=9)).isoformat()
    said = api.patch("incidents/INC-1", json={"milestones": {"detected": earlier}}).json()
    assert said["milestones"]["detected"] == "2026-03-02T11:51:00Z"
    wrong = api.patch("incidents/INC-1", json={"milestones": {"acknowledged": earlier}})
    assert wrong.status_code == 409
    assert "cannot lie before declared" in wrong.json()["detail"]


def test_it_is_acknowledged_resolved_and_reopened(api, down, watch):
    watch.wait(minutes=5)
    assert (
        api.post("incidents/INC-1/acknowledge").json()["milestones"]["acknowledged"] == "2026-03-02T12:05:00Z"
    )
    assert api.post("incidents/INC-1/resolve", json={"note": "Rolled back"}).json()["status"] == "resolved"
    assert api.post("incidents/INC-1/reopen", json={"reason": ""}).status_code == 422
    assert (
        api.post("incidents/INC-1/reopen", json={"reason": "It is back"}).json()["status"] == "investigating"
    )
    assert api.post("incidents/INC-1/reopen", json={"reason": "Again"}).status_code == 409


def test_it_is_cancelled_with_a_reason(api, down):
    assert api.post("incidents/INC-1/cancel").status_code == 422
    assert api.post("incidents/INC-1/cancel", json={"reason": "A test"}).json()["status"] == "cancelled"


def test_closing_names_what_is_open(api, down):
    answer = api.post("incidents/INC-1/close")
    assert answer.status_code == 409
    assert "resolved: Resolve it first" in answer.json()["detail"]


def test_two_are_merged_and_both_references_work(api, down):
    api.post("incidents", json={"title": "The same"})
    said = api.post("incidents/INC-2/merge", json={"into": "INC-1"}).json()
    assert (said["status"], said["merged_into"]) == ("merged", "INC-1")
    assert api.get("incidents/INC-1").status_code == api.get("incidents/INC-2").status_code == 200
    assert api.post("incidents/INC-1/merge", json={"into": "INC-99"}).status_code == 404


def test_roles_are_given_taken_and_handed_over(api, down):
    said = api.post("incidents/INC-1/roles", json={"role": "comms", "person": "ben@example.com"}).json()
    assert said["roles"]["comms"]["email"] == "ben@example.com"
    assert (
        api.post("incidents/INC-1/roles", json={"role": "scribe"}).json()["roles"]["scribe"]["name"] == "Ana"
    )
    brief = {"person": "ben@example.com", "state": "Rolled back", "next_step": "Watch"}
    assert api.post("incidents/INC-1/handoff", json=brief).json()["commander"]["email"] == "ben@example.com"
    assert "State: Rolled back." in api.get("incidents/INC-1/timeline").json()["items"][-1]["text"]
    assert (
        "Choose one of: commander"
        in api.post("incidents/INC-1/roles", json={"role": "king"}).json()["detail"]
    )


def test_a_token_of_nobody_must_say_who_takes_a_role(floor, down):
    client = floor.browser()
    client.headers["Authorization"] = "Bearer the-admin-token"
    answer = client.post("/api/v1/incidents/INC-1/roles", json={"role": "comms"})
    assert answer.status_code == 422


def test_the_timeline_is_read_added_to_and_corrected(api, down, watch):
    watch.wait(minutes=10)
    said = api.post("incidents/INC-1/timeline", json={"text": "Deploy 4711", "at": "2026-03-02T11:55:00Z"})
    assert said.status_code == 201
    entry = said.json()
    assert (entry["by"]["name"], entry["at"], entry["text"]) == (
        "Ana",
        "2026-03-02T11:55:00Z",
        "noted: Deploy 4711",
    )
    fixed = api.patch(
        f"incidents/INC-1/timeline/{entry['id']}", json={"text": "Deploy 4712", "why": "typo"}
    ).json()
    assert fixed["text"] == "Deploy 4712"
    assert "Deploy 4711" in fixed["trace"][0]
    assert "corrected by Ana (typo)" in fixed["trace"][0]
    assert api.get("incidents/INC-1/timeline").json()["items"][0]["id"] == entry["id"]


def test_the_timeline_is_paged(api, down):
    for n in range(4):
        api.post("incidents/INC-1/timeline", json={"text": f"n{n}"})
    seen, cursor = [], None
    while True:
        page = api.get(
            "incidents/INC-1/timeline", params={"limit": 2, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [each["id"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == len(api.get("incidents/INC-1/timeline").json()["items"])
    assert api.get("incidents/INC-1/timeline", params={"cursor": 999}).status_code == 422


@pytest.mark.parametrize("entry", [999, "x"])
def test_an_entry_that_is_not_there_cannot_be_corrected(api, down, entry):
    assert api.patch(f"incidents/INC-1/timeline/{entry}", json={"text": "x"}).status_code in (404, 422)


@pytest.mark.parametrize("ref", ["INC-99", "99999999999999999999", "banana", "INC-0"])
def test_an_incident_that_is_not_there_is_404(api, ref):
    answer = api.get(f"incidents/{ref}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
