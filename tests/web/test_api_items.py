"""Action items and factors over REST."""

import pytest

from bot.domain.trackers import TrackerLink


@pytest.fixture
def item(api, down):
    said = {"title": "Improve monitoring", "owner": "ana@example.com", "outcome": "It pages"}
    made = api.post("incidents/INC-1/actions", json=said)
    assert made.status_code == 201
    return made.json()


def test_vague_words_are_questioned_and_kept(item):
    assert item["ref"] == "A-1"
    assert item["outcome"] == "It pages"
    assert "When is 'improve' finished?" in item["doubts"][0]


def test_every_step_and_its_place_in_the_history(floor, api, cy, item):
    better = {"title": "Alert on errors", "due": "2026-05-01", "why": "the vendor is late"}
    for step, body in (
        ("block", {"reason": "the vendor"}),
        ("start", None),
        ("snooze", {"until": "2026-03-09", "reason": "ill"}),
    ):
        assert api.post(f"actions/A-1/{step}", json=body).status_code == 200, step
    assert api.patch("actions/A-1", json=better).json()["moved"] == 1
    assert api.post("actions/A-1/done", json={"evidence": "Alert 17"}).status_code == 200
    assert floor.as_(cy).post("actions/A-1/verify").status_code == 200
    failed = api.post("actions/A-1/effect", json={"effect": "failed", "note": "it paged nobody"}).json()
    assert (failed["effect"], failed["status"], failed["reopened"]) == ("failed", "open", 1)

    found = api.get("actions/A-1").json()
    assert (found["snoozed"], found["blocked_reason"], found["team"]) == (1, "", None)
    told = [(one["what"], one["before"], one["after"]) for one in found["history"]]
    assert told[1:] == [
        ("status", "open", "blocked"),
        ("status", "blocked", "in progress"),
        ("reminders", "", "rest until 2026-03-09"),
        ("title", "Improve monitoring", "Alert on errors"),
        ("due", "2026-03-17", "2026-05-01"),
        ("status", "in progress", "done"),
        ("status", "done", "verified"),
        ("effect", "", "failed"),
        ("status", "verified", "open"),
    ]
    assert {one["by"] for one in found["history"]} == {"Ana", "Cy"}


def test_the_facts_stand_beside_what_was_verified(floor, api, cy, item):
    assert item["facts"] == []
    api.post("actions/A-1/done", json={"evidence": "Alert 17"})
    floor.as_(cy).post("actions/A-1/verify")
    assert "Evidence: Alert 17" in api.get("actions/A-1").json()["facts"]


def test_one_stands_for_the_other(api, item):
    api.post("incidents/INC-1/actions", json={"title": "Page on errors of checkout"})
    assert api.post("actions/A-2/duplicate", json={"of": "A-1"}).json()["duplicate_of"] == "A-1"
    assert api.post("actions/A-1/duplicate", json={"of": "A-9"}).status_code == 404


def test_wrong_words_are_told(api, item):
    assert "at the latest" in str(
        api.post("actions/A-1/snooze", json={"until": "2027-01-01", "reason": "x"}).json()
    )
    assert api.post("actions/A-1/effect", json={"effect": "fine"}).status_code == 422
    assert api.post("actions/A-1/effect", json={"effect": "holds"}).status_code in (409, 422)
    assert api.post("actions/A-1/block", json={"reason": " "}).status_code == 422


def test_factors_are_exactly_those_that_are_put(floor, api, cy, down):
    said = api.put("incidents/INC-1/factors", json={"factors": ["Deploy", "capacity"]}).json()
    assert said == {"factors": ["capacity", "deploy"], "before": []}
    assert api.put("incidents/INC-1/factors", json={"factors": []}).json()["factors"] == []
    assert api.put("incidents/INC-1/factors", json={"factors": ["!!"]}).status_code == 422
    ref = api.post("incidents", json={"title": "Leaked key", "private": True}).json()["ref"]
    assert floor.as_(cy).get(f"incidents/{ref}/factors").status_code == 404


def test_its_twin_in_a_tracker_is_named(floor, api, item):
    assert item["tracked"] == []
    with floor.courier.transaction() as session:
        link = TrackerLink(item_id=1, tracker="github", created_at=floor.watch(), far_id="9", key="#41")
        link.url = "https://github.com/acme/ops/issues/41"
        session.add(link)
    there = {"tracker": "github", "key": "#41", "url": "https://github.com/acme/ops/issues/41", "note": ""}
    assert api.get("actions/A-1").json()["tracked"] == [there]
    assert "https://github.com/acme/ops/issues/41" in api.get("audit/export?form=csv").text
