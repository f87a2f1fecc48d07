"""What customers write, over REST and in the terminal."""

import pytest
from click.testing import CliRunner
from sqlmodel import select

from bot.cli import closeout
from bot.domain import incidents
from bot.domain.mailings import Delivery
from bot.domain.people import Access


@pytest.fixture(autouse=True)
def guarded(floor):
    floor.courier.info["gate"] = incidents.gate


@pytest.fixture
def voice(api, down):
    said = {"words": "Checkout fails with 502", "name": "Kim", "address": "kim@shop.example"}
    answer = api.post("feedback", json={**said, "component": "Checkout", "id": "7"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_it_is_taken_in_once_and_found_again(api, voice):
    again = api.post("feedback", json={"words": "Checkout fails with 502", "id": "7"}).json()
    assert (voice["ref"], again["id"], voice["incident"], voice["waits"]) == (
        "F-1",
        voice["id"],
        "INC-1",
        True,
    )
    for asked in ("waiting=true", "text=502", "incident=INC-1", f"cluster={voice['cluster']['id']}"):
        assert [one["ref"] for one in api.get(f"feedback?{asked}").json()["items"]] == ["F-1"]
    assert api.get("feedback?high=true").json()["items"] == []
    assert api.get("feedback/F-1").json() == api.get("feedback/1").json()


def test_lists_are_paged(api, voice):
    for n in range(3):
        api.post("feedback", json={"words": f"Number {n}"})
    first = api.get("feedback?limit=3").json()
    assert [one["id"] for one in first["items"]] == [4, 3, 2]
    assert [one["id"] for one in api.get(f"feedback?cursor={first['next_cursor']}").json()["items"]] == [1]


def test_it_is_tied_tagged_and_grouped(api, voice):
    item = api.post("incidents/INC-1/actions", json={"title": "Alert on 502"}).json()["ref"]
    other = api.post("feedback", json={"words": "Login mail never arrives"}).json()
    said = {"incident": "", "item": item, "tags": ["Paying"], "high": True, "cluster": other["cluster"]["id"]}
    changed = api.patch("feedback/F-1", json=said).json()
    assert (changed["incident"], changed["item"], changed["tags"]) == (None, item, ["paying"])
    assert changed["high"]
    assert changed["cluster"] == {**other["cluster"], "size": 2}
    assert api.patch("feedback/1", json={"cluster": 0}).json()["cluster"]["size"] == 1
    assert api.patch("feedback/1", json={"item": ""}).json()["item"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "feedback", {"words": "…"}, 422),
        ("POST", "feedback", {"words": "x", "address": "a@b\r\nBcc: c@d.example"}, 422),
        ("POST", "feedback", {"words": "x", "component": "moon"}, 422),
        ("POST", "feedback", {"words": "x", "incident": "INC-99"}, 404),
        ("PATCH", "feedback/1", {"incident": "INC-99"}, 404),
        ("PATCH", "feedback/1", {"item": "A-99"}, 404),
        ("PATCH", "feedback/1", {"cluster": 99}, 404),
        ("PATCH", "feedback/1", {"tags": ["<b>"]}, 422),
        ("POST", "feedback/1/answer", {"words": " "}, 422),
        ("POST", "feedback/1/decide", {"decision": "perhaps", "why": "x"}, 422),
        ("POST", "feedback/1/decide", {"decision": "later", "why": " "}, 422),
        ("POST", "feedback/99/answer", {"words": "x"}, 404),
        ("POST", "incidents/INC-1/feedback/explain", {"words": "x"}, 409),
        ("PUT", "feedback/rules/pay", {"words": ", ,"}, 422),
        ("GET", "feedback/pack?month=2026-13", None, 422),
        ("GET", "feedback/99999999999999999999", None, 404),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(api, voice, method, path, body, status):
    before = api.get("feedback/1").json()
    answer = api.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert api.get("feedback/1").json() == before
    assert len(api.get("feedback").json()["items"]) == 1


def test_it_is_answered_explained_and_decided_on(api, floor, voice):
    answered = api.post("feedback/1/answer", json={"words": "We are on it."}).json()
    assert (answered["waits"], answered["answered_by"]["name"]) == (False, "Ana")
    api.post("incidents/INC-1/resolve", json={})
    assert api.post("incidents/INC-1/feedback/explain", json={"words": "It is over."}).json() == {"told": 1}
    assert api.post("incidents/INC-1/feedback/explain", json={"words": "It is over."}).json() == {"told": 0}
    decided = api.post("feedback/1/decide", json={"decision": "will_not", "why": "It is over."}).json()
    assert (decided["decision"], decided["why"]) == ("will not", "It is over.")
    with floor.courier.reading() as session:
        assert len(session.exec(select(Delivery)).all()) == 2


def test_the_words_of_a_tag_are_edited(api, voice):
    rule = api.put(
        "feedback/rules/paying", json={"words": "pay*, card", "component": "Checkout", "high": True}
    )
    assert rule.json() == {"tag": "paying", "words": "pay*, card", "component": "checkout", "high": True}
    tagged = api.post("feedback", json={"words": "I paid twice. Payment is odd"}).json()
    assert (tagged["tags"], tagged["high"]) == (["paying"], True)
    assert [one["tag"] for one in api.get("feedback/rules").json()["items"]] == ["paying"]
    assert api.get("feedback?tag=paying").json()["items"] == [tagged]
    assert api.delete("feedback/rules/paying").status_code == 204
    assert api.get("feedback/rules").json()["items"] == []


def test_only_a_manager_erases_and_then_it_is_gone(api, floor, voice):
    assert api.delete("feedback/1").status_code == 403
    boss = floor.as_(floor.person("Boss", access=Access.MANAGER))
    assert boss.delete("feedback/1").status_code == 204
    gone = boss.get("feedback/1").json()
    assert (gone["words"], gone["name"], gone["address"], gone["cluster"]) == ("(erased)", "", "", None)


def test_who_only_looks_sees_no_address_and_changes_nothing(floor, voice):
    viewer = floor.as_(floor.person("Vic", access=Access.VIEWER))
    seen = viewer.get("feedback/1").json()
    assert (seen["words"], seen["name"], seen["address"]) == ("Checkout fails with 502", None, None)
    for path, body in (("answer", {"words": "x"}), ("decide", {"decision": "later", "why": "x"})):
        assert viewer.post(f"feedback/1/{path}", json=body).status_code == 403
    assert viewer.patch("feedback/1", json={"high": True, "cluster": 0}).status_code == 403
    assert viewer.patch("feedback/1", json={"cluster": 0}).status_code == 403
    assert viewer.post("feedback", json={"words": "x"}).status_code == 403


def test_a_guest_finds_nothing_and_hears_nothing_of_what_is_hidden(floor, voice):
    guest = floor.as_(floor.person("Gus", is_guest=True))
    assert guest.get("feedback").json()["items"] == []
    assert guest.get("feedback/1").status_code == 404
    told = guest.post("feedback", json={"words": "Checkout fails", "component": "Checkout"})
    assert "INC-1" not in told.text


def test_the_pack_is_json_or_markdown(api, voice):
    whole = api.get("feedback/pack?month=2026-03").json()
    assert (whole["count"], whole["groups"][0]["incidents"]) == (1, ["INC-1"])
    assert whole["waiting"][0]["ref"] == "F-1"
    text = api.get("feedback/pack?month=2026-03", headers={"Accept": "text/markdown"})
    assert text.headers["content-type"].startswith("text/markdown")
    assert text.text.startswith("# What customers said in March 2026")
    assert api.get("feedback/pack?month=2026-03&format=markdown").text == text.text


def test_what_they_are_told_can_be_written_beforehand(api, voice, item):
    said = {"words": "Payments no longer stop."}
    assert api.put(f"actions/{item}/outcome", json=said).json() == said


def test_in_the_terminal(tmp_path):
    env = {"CLOSEOUT_DATA_DIR": str(tmp_path), "CLOSEOUT_AS": "ana@example.com"}

    def says(*words):
        return CliRunner(env=env).invoke(closeout, ["feedback", *words], catch_exceptions=False).output

    assert "Kept as F-1." in says("add", "Acme", "cannot", "pay", "--mail", "kim@shop.example")
    assert "Acme cannot pay" in says("list", "--waiting")
    assert "From: kim@shop.example" in says("show", "F-1")
    assert says("pack").startswith("# What customers said in")
