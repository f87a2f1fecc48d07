"""The pages of feedback: what waits, one voice and what can be done with it, tags, the monthly pack."""

from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from bot.domain import feedback, incidents
from bot.domain.feedback import Voice
from bot.domain.mailings import Delivery
from bot.domain.people import Access
from bot.web import feedback as rooms
from tests.web.conftest import has_script, press
from tests.web.test_forms import wrong_beside

HOSTILE = 'It fails <script>alert(1)</script> & "more"'


@pytest.fixture(autouse=True)
def guarded(floor):
    floor.courier.info["gate"] = incidents.gate


@pytest.fixture
def wrote(floor, down):
    """Kim wrote twice, and somebody without a name."""
    with floor.courier.transaction() as session:
        kim = {"name": "Kim", "address": "kim@shop.example", "component": "checkout"}
        feedback.take(session, Voice(HOSTILE, **kim), now=floor.watch())
        feedback.take(session, Voice("Login mail never arrives"), now=floor.watch())
    return "/feedback/1"


def test_the_list_says_what_waits_and_its_filters_are_a_link(browser, wrote):
    page = browser.get("/feedback")
    assert "2 voices wait for a word from us." in page.text
    assert not has_script(page)
    for asked, shown, hidden in (
        ("text=login", "Login mail", "It fails &lt;"),
        ("incident=INC-1", "It fails &lt;", "Login mail never arrives</span>"),
        ("cluster=2&waiting=1", "Login mail", "It fails &lt;script"),
    ):
        rows = browser.get(f"/feedback?{asked}").text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert shown in rows
        assert hidden not in rows
    assert "Nothing is like that." in browser.get("/feedback?high=1").text
    for wrong in ("incident=INC-99", "cluster=99"):
        assert browser.get(f"/feedback?{wrong}").status_code == 404
    assert browser.get("/feedback?before=x").status_code == 422


def test_older_ones_are_a_page_further(floor, browser, wrote):
    with floor.courier.transaction() as session:
        for n in range(rooms.PAGE):
            feedback.take(session, Voice(f"Number {n}"), now=floor.watch())
    page = browser.get("/feedback?waiting=1")
    assert "/feedback?waiting=1&amp;before=3" in page.text
    assert "Login mail" in browser.get("/feedback?waiting=1&before=3").text


@pytest.mark.parametrize("form", rooms.FORMS, ids=lambda form: form.word)
def test_every_form_about_a_voice_can_be_seen(browser, wrote, form):
    page = browser.get(f"/feedback/1/{form.word}")
    assert page.status_code == 200
    assert f'action="/feedback/1/{form.word}"' in page.text
    assert not has_script(page)


DEEDS = [
    ("tie", {"incident": "INC-1", "item": "A-1"}, "/actions/A-1"),
    ("tie", {"incident": "", "item": ""}, "Tied."),
    ("tag", {"tags": "Paying, login", "high": "yes"}, "/feedback?tag=paying"),
    ("group", {"cluster": "2"}, "1 more say the same"),
    ("answer", {"words": "We are on it."}, "Answered by Ana"),
    ("decide", {"decision": "will not", "why": "Nobody else asks."}, "Nobody else asks."),
]


@pytest.mark.parametrize(("word", "sent", "seen"), DEEDS)
def test_a_verb_by_its_form(browser, item, wrote, word, sent, seen):
    page = press(browser, f"{wrote}/{word}", **sent)
    assert (page.status_code, page.url.path) == (200, wrote)
    assert seen in page.text


@pytest.mark.parametrize(
    ("word", "sent", "field"),
    [
        ("tie", {"incident": "INC-99", "item": "A-1"}, "incident"),
        ("tie", {"incident": "INC-1", "item": "A-99"}, "item"),
        ("tag", {"tags": "<b>"}, "tags"),
        ("group", {"cluster": "99"}, "cluster"),
        ("answer", {"words": "…"}, "words"),
        ("decide", {"decision": "", "why": "So"}, "decision"),
        ("decide", {"decision": "later", "why": " "}, "why"),
        ("outcome", {"words": "It is mended."}, "words"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(browser, wrote, word, sent, field):
    page = press(browser, f"{wrote}/{word}", **sent)
    assert page.status_code == 422
    assert wrong_beside(page, field)
    for name, value in sent.items():
        assert name == "cluster" or not value.strip() or value in unescape(page.text)  # no such choice
    assert "It waits." in browser.get(wrote).text


def test_nothing_ties_a_customer_to_what_is_private(api, browser, wrote):
    api.post("incidents", json={"title": "Leaked key", "private": True})
    page = press(browser, f"{wrote}/tie", incident="INC-2")
    assert "private or a drill" in wrong_beside(page, "incident")
    assert "Leaked" not in browser.get(f"{wrote}/tie").text


def test_what_they_are_told_when_it_is_mended_is_written_beforehand(browser, item, wrote):
    press(browser, f"{wrote}/tie", incident="INC-1", item=item)
    page = press(browser, f"{wrote}/outcome", words="Payments no longer stop.")
    assert "Payments no longer stop." in page.text


def test_only_a_manager_erases(floor, browser, wrote):
    assert press(browser, f"{wrote}/erase").status_code == 403
    assert "/erase" not in browser.get(wrote).text
    boss = floor.signed_in(floor.person("Boss", access=Access.MANAGER))
    page = press(boss, f"{wrote}/erase")
    assert "Erased. That somebody wrote stays." in page.text
    for gone in ("kim@shop.example", "It fails", "Kim wrote"):
        assert gone not in page.text + boss.get("/feedback").text


def test_whoever_only_looks_sees_no_name_and_a_guest_sees_nothing(floor, wrote):
    viewer = floor.signed_in(floor.person("Vic", access=Access.VIEWER))
    for path in ("/feedback", wrote, f"{wrote}/answer", "/feedback/pack"):
        assert "kim" not in viewer.get(path).text.lower()
    assert press(viewer, f"{wrote}/answer", words="Hi").status_code == 403
    guest = floor.signed_in(floor.person("Gus", is_guest=True))
    assert guest.get(wrote).status_code == 404
    assert "It fails" not in guest.get("/feedback").text + guest.get("/feedback/pack?month=2026-03").text


def test_what_a_customer_said_is_noted(browser, down):
    sent = {"words": "Acme cannot pay", "component": "checkout", "address": "kim@shop.example"}
    page = press(browser, "/feedback/add", **sent)
    assert (page.url.path, "Kept." in page.text) == ("/feedback/1", True)
    assert "noted by Ana" in page.text
    for wrong, field in (
        ({"words": " "}, "words"),
        ({"address": "a@b"}, "address"),
        ({"incident": "7x"}, "incident"),
    ):
        page = press(browser, "/feedback/add", **{**sent, **wrong})
        assert wrong_beside(page, field), wrong
        assert "kim@shop.example" in page.text or field == "address"


def test_the_team_edits_the_words_of_tags(floor, browser, down):
    assert "No tag yet." in browser.get("/feedback/rules").text
    sent = {"tag": "Paying", "words": "pay*, card & co", "component": "checkout", "high": "yes"}
    page = press(browser, "/feedback/rules/set", **sent)
    assert "pay*, card &amp; co" in page.text
    assert wrong_beside(press(browser, "/feedback/rules/set", **{**sent, "words": ","}), "words")
    assert wrong_beside(press(browser, "/feedback/rules/set", **{**sent, "tag": "<"}), "tag")
    assert 'value="paying"' in browser.get("/feedback/rules/set?tag=paying&words=pay").text
    with floor.courier.transaction() as session:
        one = feedback.take(session, Voice("I cannot pay"), now=floor.watch())
        assert (one.tags, one.high) == (["paying"], True)
    assert "Pressing 1" in browser.get("/feedback").text
    assert "No tag yet." in press(browser, "/feedback/rules/drop", tag="paying").text


def test_the_pack_is_a_page_and_a_file(browser, wrote):
    page = browser.get("/feedback/pack?month=2026-03")
    assert "What customers said in March 2026" in page.text
    assert not has_script(page)
    assert "/feedback/pack?month=2026-02" in page.text
    text = browser.get("/feedback/pack.md?month=2026-03")
    assert text.headers["content-type"].startswith("text/markdown")
    assert text.text.startswith("# What customers said in March 2026")
    assert browser.get("/feedback/pack?month=march").status_code == 422


def test_the_incident_shows_who_wrote_and_explains_to_them_at_the_end(floor, browser, wrote):
    page = browser.get("/incidents/INC-1")
    assert "Customers wrote" in page.text
    assert "/incidents/INC-1/explain" not in page.text
    assert '#wrote">Explain to them how it ended' in page.text
    page = press(browser, "/incidents/INC-1/explain", words="It is over.")
    assert (page.status_code, "not resolved yet" in page.text, "It is over." in page.text) == (
        409,
        True,
        True,
    )
    floor.watch.wait(minutes=5)
    press(browser, "/incidents/INC-1/resolve")
    assert "/incidents/INC-1/explain" in browser.get("/incidents/INC-1").text
    page = press(browser, "/incidents/INC-1/explain", words="It is over.")
    assert "They will read it, with two questions." in page.text
    assert "It was so already." in press(browser, "/incidents/INC-1/explain", words="It is over.").text
    with floor.courier.reading() as session:
        assert session.exec(select(Delivery.address)).all() == ["kim@shop.example"]


def test_what_waits_says_for_how_long(floor, browser, wrote):
    floor.watch.now += timedelta(days=3)
    assert "waits 3 d" in browser.get("/feedback").text
