"""A private incident is there for its members, and for nobody else: not in lists, not by its reference."""

import pytest


@pytest.fixture
def secret(api):
    return api.post("incidents", json={"title": "Leaked key", "private": True}).json()["ref"]


def test_its_members_see_it(api, secret):
    assert api.get(f"incidents/{secret}").status_code == 200
    assert [each["ref"] for each in api.get("incidents").json()["items"]] == [secret]


ROOMS = ["", "/timeline"]
STEPS = ["acknowledge", "resolve", "close"]


@pytest.mark.parametrize("room", ROOMS)
def test_for_others_it_is_not_there(floor, cy, secret, room):
    answer = floor.as_(cy).get(f"incidents/{secret}{room}")
    missing = floor.as_(cy).get(f"incidents/INC-999{room}")
    assert answer.status_code == missing.status_code == 404
    assert answer.json()["detail"] == missing.json()["detail"].replace("INC-999", secret)


@pytest.mark.parametrize("step", STEPS)
def test_others_cannot_move_it(floor, cy, secret, step):
    assert floor.as_(cy).post(f"incidents/{secret}/{step}").status_code == 404


def test_it_is_in_no_list_of_others(floor, cy, secret):
    assert floor.as_(cy).get("incidents").json() == {"items": [], "next_cursor": None}
    assert "Leaked" not in floor.signed_in(cy).get("/incidents?show=all").text


def test_administrators_are_others_too(floor, secret):
    boss = floor.person("Boss", access="admin")
    assert floor.as_(boss).get(f"incidents/{secret}").status_code == 404


def test_it_has_no_page_for_others(floor, cy, secret):
    answer = floor.signed_in(cy).get(f"/incidents/{secret}")
    assert answer.status_code == 404
    assert "Leaked" not in answer.text


def test_a_merge_does_not_tell_of_it(floor, api, cy, secret):
    api.post("incidents", json={"title": "Public one"})
    api.post("incidents/INC-2/merge", json={"into": secret})
    said = floor.as_(cy).get("incidents/INC-2").json()
    assert (said["status"], said["merged_into"]) == ("merged", None)
    page = floor.signed_in(cy).get("/incidents/INC-2").text
    assert f"/incidents/{secret}" not in page
    assert "Leaked" not in page


def test_who_joins_sees_it(floor, api, cy, secret):
    api.post(f"incidents/{secret}/roles", json={"role": "comms", "person": "cy@example.com"})
    assert floor.as_(cy).get(f"incidents/{secret}").status_code == 200
