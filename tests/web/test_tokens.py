"""Who is let in to /api/v1, and as whom."""

import pytest

from bot.domain.people import tokens
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.web.api.desk import Door
from bot.web.api.problems import Unknown

ADMIN = {"Authorization": "Bearer the-admin-token"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic the-admin-token"},
        {"Authorization": "Bearer the-admin-token-and-more"},
        {"Authorization": "Bearer thé-admin"},
    ],
)
def test_nobody_is_let_in_without_a_good_token(floor, headers):
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = floor.browser().get("/api/v1/incidents", headers=sent)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_token_is_looked_at_before_the_body(floor):
    answer = floor.browser().post(
        "/api/v1/incidents", content=b"{no json", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing(floor, api):
    assert api.get("incidents").status_code == 200
    with floor.courier.transaction() as session:
        tokens.revoke(session, 1, now=floor.watch())
    assert api.get("incidents").status_code == 401


def test_a_token_acts_as_its_person(api, down):
    assert api.get("people/me").json()["name"] == "Ana"
    assert down["declared_by"]["name"] == down["commander"]["name"] == "Ana"


def test_without_an_administrators_token_in_the_settings_an_empty_one_opens_nothing(engine, watch):

    door = Door(Courier(engine, Listeners(), {}), watch, "")
    with pytest.raises(Unknown):
        door.admit("Bearer ", "")


def test_the_administrators_token_needs_nobody(floor):
    answer = floor.browser().post("/api/v1/incidents", headers=ADMIN)
    assert answer.status_code == 201
    assert answer.json()["title"] == "Untitled incident"
    assert answer.json()["commander"] is None


def test_the_administrators_token_can_speak_for_someone(floor, ana):
    answer = floor.browser().post("/api/v1/incidents", headers={**ADMIN, "Closeout-As": "ana@example.com"})
    assert answer.json()["declared_by"]["name"] == "Ana"


def test_nobody_else_speaks_for_others(floor, cy):
    boss = floor.as_(floor.person("Boss", access="admin"))
    answer = boss.get("incidents", headers={"Closeout-As": "cy@example.com"})
    assert answer.status_code == 403


def test_speaking_for_a_stranger_is_refused_with_the_way_out(floor):
    answer = floor.browser().get("/api/v1/incidents", headers={**ADMIN, "Closeout-As": "no@example.com"})
    assert answer.status_code == 422
    assert "POST /api/v1/people" in answer.json()["detail"]
