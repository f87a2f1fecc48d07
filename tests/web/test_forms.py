"""Every verb as a form: who may, who may not, wrong words beside their field with all that was typed."""

import re
from html import unescape

import pytest

from bot.domain import people
from bot.domain.runbooks import Runbook, Step
from bot.web import actions, incidents, postmortems
from tests.web.conftest import csrf, has_script, press

ABOUT_ONE = [form.word for form in incidents.FORMS]
ABOUT_ITEMS = [form.word for form in actions.FORMS]
ABOUT_DOCUMENT = [f"postmortem/{form.word}" for form in postmortems.FORMS]


def wrong_beside(page, field):
    """What is said beside a field."""
    found = re.search(rf'<span class="wrong" id="{field}-wrong">(.*?)</span>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize("word", [*ABOUT_ONE, *ABOUT_DOCUMENT])
def test_every_form_about_an_incident_can_be_seen(browser, down, word):
    page = browser.get(f"/incidents/INC-1/{word}")
    assert page.status_code == 200
    assert f'action="/incidents/INC-1/{word}"' in page.text
    assert 'name="csrf"' in page.text


@pytest.mark.parametrize("word", ABOUT_ITEMS)
def test_every_form_about_an_action_item_can_be_seen(browser, item, word):
    page = browser.get(f"/actions/A-1/{word}?back=mine")
    assert page.status_code == 200
    assert 'name="back" value="mine"' in page.text


def at_work(api):
    api.post("incidents", json={"title": "The same thing"})


def resolved(api):
    api.post("incidents/INC-1/resolve")


VERBS = [
    ("acknowledge", {}, "acknowledged it"),
    ("status", {"status": "identified", "note": "Deploy 4711"}, "to identified. Deploy 4711"),
    ("resolve", {"note": "Rolled back"}, "to resolved. Rolled back"),
    ("cancel", {"reason": "A test"}, "cancelled it. A test"),
    ("merge", {"into": "INC-2"}, "merged it into INC-2"),
    ("severity", {"severity": "sev2", "why": "Only one region"}, "from sev1 to sev2. Only one region"),
    ("rename", {"title": "Nobody can pay"}, "Nobody can pay"),
    ("services", {"services": ["checkout", "search"]}, "set the services to checkout, search"),
    ("milestone", {"milestone": "impact_started", "time": "11:40"}, "set impact started to <time"),
    ("role", {"role": "comms", "person": "cy@example.com"}, "made Cy Communications"),
    ("join", {"role": "scribe"}, "is now Scribe"),
    ("handoff", {"to": "Cy", "next_step": "Watch the errors"}, "Next step: Watch the errors."),
    ("invite", {"person": "Cy"}, "brought in Cy"),
    ("note", {"text": "Seen it", "time": "11:58"}, "noted: Seen it"),
    ("correct", {"entry": "1", "text": "It began with a deploy"}, "It began with a deploy"),
    ("update", {"phase": "identified", "message": "We found it", "next_in": "20m"}, "We found it"),
    ("action", {"title": "Alert on errors", "owner": "Cy", "due": "2026-03-20"}, "A-1"),
    ("runbook", {"name": "payments"}, "posted the runbook"),
]


@pytest.fixture
def runbook(floor):
    steps = (Step("Look at the errors"), Step("Roll back"))
    floor.courier.info["runbooks"] = [
        Runbook("payments", "Payments fail", services=("checkout",), steps=steps)
    ]


@pytest.mark.usefixtures("cy", "runbook")
@pytest.mark.parametrize(("word", "sent", "seen"), VERBS, ids=[verb[0] for verb in VERBS])
def test_a_verb_by_its_form(browser, api, down, word, sent, seen):
    at_work(api)
    page = press(browser, f"/incidents/INC-1/{word}", **sent)
    assert page.status_code == 200
    assert page.url.path == "/incidents/INC-1"
    assert seen in unescape(page.text)
    assert re.search(r'<p class="told" role="status" data-live="said">[^<]+</p>', page.text)


@pytest.mark.usefixtures("runbook")
@pytest.mark.parametrize(("word", "sent", "seen"), VERBS, ids=[verb[0] for verb in VERBS])
def test_who_may_not_see_it_can_do_nothing_to_it(floor, cy, api, word, sent, seen):
    ref = api.post("incidents", json={"title": "Leaked key", "severity": "sev1", "private": True}).json()[
        "ref"
    ]
    other = floor.signed_in(cy)
    before = api.get(f"incidents/{ref}/timeline").json()
    assert other.get(f"/incidents/{ref}/{word}").status_code == 404
    answer = press(other, f"/incidents/{ref}/{word}", **sent)
    assert answer.status_code == 404
    assert "Leaked" not in answer.text
    assert api.get(f"incidents/{ref}/timeline").json() == before


def test_what_is_resolved_can_be_opened_again(browser, api, down):
    resolved(api)
    page = press(browser, "/incidents/INC-1/reopen", reason="Errors are back")
    assert "reopened it, which was resolved. Errors are back" in page.text


def test_a_step_is_ticked_and_the_tick_taken_back(browser, runbook, down):
    press(browser, "/incidents/INC-1/runbook", name="payments")
    page = press(browser, "/incidents/INC-1/tick", run="1", step="2", done="yes")
    assert "did step 2" in page.text
    assert page.text.count('aria-pressed="true"') == 1
    page = press(browser, "/incidents/INC-1/tick", run="1", step="2", done="no")
    assert 'aria-pressed="true"' not in page.text
    assert press(browser, "/incidents/INC-1/tick", run="1", step="9", done="yes").status_code == 404


def test_who_is_taken_out_sees_what_is_private_no_more(floor, browser, api, cy):
    ref = api.post("incidents", json={"title": "Leaked key", "private": True}).json()["ref"]
    press(browser, f"/incidents/{ref}/invite", person="Cy")
    assert "Leaked key" in floor.signed_in(cy).get(f"/incidents/{ref}").text
    press(browser, f"/incidents/{ref}/leave", person="Cy")
    assert floor.signed_in(cy).get(f"/incidents/{ref}").status_code == 404


def test_a_commander_is_not_taken_out(browser, down):
    page = press(browser, "/incidents/INC-1/leave", person="Ana")
    assert "Give it to someone else first" in wrong_beside(page, "person")


def test_who_takes_himself_out_of_what_is_private_lands_on_the_list(floor, browser, api, cy):
    ref = api.post("incidents", json={"title": "Leaked key", "private": True}).json()["ref"]
    press(browser, f"/incidents/{ref}/invite", person="Cy")
    assert press(floor.signed_in(cy), f"/incidents/{ref}/leave", person="Cy").url.path == "/incidents"


WRONG = [
    ("status", {"status": "fine"}, "status", "'fine' is no status"),
    ("severity", {"severity": "huge", "why": "It is"}, "severity", "sev1, sev2, sev3"),
    ("merge", {"into": "INC-99"}, "into", "no incident INC-99"),
    ("merge", {"into": "there"}, "into", "'there' is no reference"),
    ("rename", {"title": " "}, "title", "Say what is wrong"),
    ("rename", {"title": "x" * 201}, "title", "200 is the most"),
    ("services", {"services": "nope"}, "services", "'nope' is no service"),
    ("milestone", {"milestone": "detected", "time": "soon"}, "time", "'soon' is no time"),
    ("milestone", {"milestone": "detected", "time": ""}, "time", "Say when it was"),
    ("milestone", {"milestone": "lunch", "time": "11:00"}, "milestone", "'lunch' is no milestone"),
    ("role", {"role": "king", "person": "Ana"}, "role", "'king' is no role"),
    ("role", {"role": "comms", "person": "Zoe"}, "person", "nobody I know"),
    ("join", {"role": "king"}, "role", "'king' is no role"),
    ("handoff", {"to": "Zoe", "state": "Dark"}, "to", "nobody I know"),
    ("handoff", {"to": "Ana", "state": "Dark"}, "to", "already"),
    ("invite", {"person": "Zoe"}, "person", "nobody I know"),
    ("note", {"text": " "}, "text", "The note is empty"),
    ("note", {"text": "Seen it", "time": "tomorrow"}, "time", "'tomorrow' is no time"),
    ("correct", {"entry": "99", "text": "No"}, "entry", "no such entry"),
    ("correct", {"entry": "1"}, "text", "what the entry should say"),
    ("update", {"phase": "identified", "message": ""}, "message", "The message is empty"),
    ("update", {"phase": "gone", "message": "Told"}, "phase", "'gone' is no phase"),
    ("update", {"message": "Told", "next_in": "soon"}, "next_in", "'soon' is no span"),
    ("update", {"message": "Told", "next_in": "99d"}, "next_in", "a month at the latest"),
    ("action", {"title": " ", "owner": "Ana"}, "title", "Say what will be done"),
    ("action", {"title": "Mend it", "owner": "Zoe"}, "owner", "nobody I know"),
    ("action", {"title": "Mend it", "due": "2020-01-01"}, "due", "has passed"),
    ("action", {"title": "Mend it", "due": "friday"}, "due", "is no day"),
    ("action", {"title": "Mend it", "kind": "cheap"}, "kind", "'cheap' is no kind"),
    ("runbook", {"name": "nope"}, "name", "'nope' is no runbook"),
]


@pytest.mark.usefixtures("runbook")
@pytest.mark.parametrize(("word", "sent", "field", "said"), WRONG)
def test_wrong_words_are_said_beside_their_field(browser, api, down, word, sent, field, said):
    before = api.get("incidents/INC-1/timeline").json()
    page = press(browser, f"/incidents/INC-1/{word}", **sent)
    assert page.status_code == 422
    assert said in wrong_beside(page, field)
    assert 'aria-invalid="true"' in page.text or field in ("severity", "services", "name", "status")
    for value in sent.values():
        if len(value.strip()) > 3 and value not in ("fine", "huge", "nope", "king", "gone", "lunch", "cheap"):
            assert value in unescape(page.text)
    assert api.get("incidents/INC-1/timeline").json() == before


@pytest.mark.parametrize("word", ["reopen", "close"])
def test_what_cannot_be_done_now_is_said_above_the_form(browser, down, word):
    page = press(browser, f"/incidents/INC-1/{word}", reason="It came back")
    assert page.status_code == 409
    assert re.search(r'<p class="wrong" role="alert">\s*\S', page.text)


def test_paging_where_nothing_rings_is_said_above_the_form(browser, down):
    page = press(browser, "/incidents/INC-1/page", whom="checkout", text="Please come")
    assert page.status_code == 409
    assert "PAGERDUTY" in page.text
    assert "Please come" in page.text


def test_what_was_so_already_is_not_done_twice(browser, down):
    press(browser, "/incidents/INC-1/acknowledge")
    assert "Nothing was changed" in press(browser, "/incidents/INC-1/acknowledge").text


def test_an_empty_seat_belongs_to_who_was_quicker(floor, browser, down, cy):
    press(floor.signed_in(cy), "/incidents/INC-1/join", role="comms")
    page = press(browser, "/incidents/INC-1/join", role="comms")
    assert page.status_code == 409
    assert "Cy was quicker" in page.text
    page = press(browser, "/incidents/INC-1/join", role="comms", over="yes")
    assert "is now Communications, after Cy" in page.text


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(floor, browser, api, cy, down):
    stale = csrf(floor.signed_in(cy).get("/incidents"))
    page = browser.post("/incidents/INC-1/note", data={"csrf": stale, "text": "Half an hour of work"})
    assert page.status_code == 403
    assert "Half an hour of work</textarea>" in page.text
    assert "Send it once more" in page.text
    assert "Half an hour" not in str(api.get("incidents/INC-1/timeline").json())
    sent = {"csrf": csrf(page), "text": "Half an hour of work"}
    assert browser.post("/incidents/INC-1/note", data=sent).status_code == 200


def test_a_form_from_another_site_is_not_even_shown_again(browser, down):
    token = csrf(browser.get("/incidents"))
    headers = {"Sec-Fetch-Site": "cross-site"}
    page = browser.post("/incidents/INC-1/note", data={"csrf": token, "text": "Hello"}, headers=headers)
    assert page.status_code == 403
    assert "<textarea" not in page.text


def test_scripts_in_a_form_are_shown_and_never_run(browser, down):
    evil = '"><script>alert(1)</script></textarea><img src=x>'
    page = press(browser, "/incidents/INC-1/update", message=evil, next_in=evil)
    assert page.status_code == 422
    assert not has_script(page)
    assert "<img" not in page.text
    assert evil in unescape(page.text)
    assert not has_script(browser.get("/incidents/INC-1/note", params={"text": evil}))


def test_declaring_takes_all_that_is_known(browser, api):
    sent = {"title": "Down", "severity": "sev2", "services": ["checkout", "ledger"], "private": "private"}
    page = press(browser, "/incidents/new", **sent, description="Nobody can pay", commander="Ana")
    assert page.url.path == "/incidents/INC-1"
    said = api.get("incidents/INC-1").json()
    assert (said["title"], said["severity"], said["private"]) == ("Down", "sev2", True)
    assert said["services"] == ["checkout", "ledger"]


def test_an_empty_form_is_asked_for_a_title_and_declares_nothing(browser, api):
    page = press(browser, "/incidents/new", title=" ", severity="sev1", description="Nobody can pay")
    assert page.status_code == 422
    assert "Say what is wrong, in a few words. Nothing was declared yet." in page.text
    assert "Nobody can pay" in page.text
    assert api.get("incidents").json()["items"] == []
    assert press(browser, "/incidents/new", title="Down").url.path == "/incidents/INC-1"


def test_a_page_refuses_in_its_own_words(browser, api, down):
    """Where one clicks, nobody is told to say something in Slack."""
    api.post("incidents/INC-1/resolve")
    said = [
        press(browser, "/incidents/INC-1/close"),
        press(browser, "/incidents/INC-1/cancel", reason="a test"),
        browser.get("/incidents/INC-99"),
        browser.get("/actions/A-99"),
    ]
    for page in said:
        assert page.status_code in (404, 409)
        assert "/incident " not in page.text
    assert "See the live ones under Incidents." in said[2].text
    assert "still open:" in unescape(said[0].text)


def first_button(page):
    found = re.search(r'class="(?:button )?main"[^>]*>([^<]+)', page.text.partition('class="steps verbs"')[2])
    return found[1]


def test_the_first_button_is_what_is_owed_next(browser, api, watch, down):
    def here():
        return first_button(browser.get("/incidents/INC-1"))

    assert here() == "Acknowledge"
    press(browser, "/incidents/INC-1/acknowledge")
    press(browser, "/incidents/INC-1/update", message="We are on it.", next_in="20m")
    watch.wait(minutes=30)
    assert here() == "Update customers"
    press(browser, "/incidents/INC-1/resolve")
    assert here() == "Tell customers that it is over"
    press(browser, "/incidents/INC-1/update", message="It is over.", phase="resolved")
    assert here() == "Write the postmortem"
    press(browser, "/incidents/INC-1/postmortem/publish")
    assert here() == "Close"


def test_moments_stand_where_the_reader_is(floor, api, ana, down):
    with floor.courier.transaction() as session:
        person = people.get(session, ana.id)
        person.timezone = "Asia/Tokyo"
        session.add(person)
    browser = floor.signed_in(ana)
    press(browser, "/incidents/INC-1/milestone", milestone="impact_started", time="2026-03-02 20:40")
    page = browser.get("/incidents/INC-1").text
    assert re.search(r'set impact started to <time datetime="2026-03-02T11:40:00[^>]*>2 Mar 20:40 JST', page)
    api.post("incidents/INC-1/resolve")
    head = browser.get("/incidents/INC-1/postmortem").text.partition("<article")[2].partition("<h2")[0]
    assert "<time datetime=" in head
    assert not re.search(r">[^<]*\d{4}-\d\d-\d\d \d\d:\d\d UTC", head)
    press(browser, "/incidents/INC-1/note", text="Seen at 2026-03-02 11:40 UTC")
    assert "Seen at 2026-03-02 11:40 UTC" in browser.get("/incidents/INC-1").text


def test_a_wrong_declaration_declares_nothing(browser, api):
    page = press(browser, "/incidents/new", title="Down", severity="huge", description="Long story")
    assert page.status_code == 422
    assert "sev1, sev2" in wrong_beside(page, "severity")
    assert "Long story" in page.text
    page = press(browser, "/incidents/new", title="Down", commander="Zoe", services=["checkout"])
    assert "nobody I know" in wrong_beside(page, "commander")
    assert re.search(r'value="checkout" checked', page.text)
    assert api.get("incidents").json()["items"] == []


def test_an_action_item_from_begun_to_verified(floor, browser, cy, item):
    assert "in progress" in press(browser, "/actions/A-1/start").text
    page = press(browser, "/actions/A-1/done", evidence=" ")
    assert "evidence is missing" in wrong_beside(page, "evidence")
    page = press(browser, "/actions/A-1/done", evidence="Alert 17 is live", back="mine")
    assert page.url.path == "/actions"
    refused = press(browser, "/actions/A-1/verify")
    assert refused.status_code == 403
    assert "someone else must verify it" in refused.text
    assert "It is verified" in press(floor.signed_in(cy), "/actions/A-1/verify").text
    assert "It is open again" in press(browser, "/actions/A-1/reopen", reason="It fires all day").text


def test_an_action_item_is_declined_with_somebody_elses_word(browser, cy, item):
    page = press(browser, "/actions/A-1/decline", reason="Too dear", approver="Ana")
    assert "Someone other than the owner" in wrong_beside(page, "approver")
    assert "Too dear" in page.text
    assert "It is declined" in press(browser, "/actions/A-1/decline", reason="Too dear", approver="Cy").text


def test_an_action_item_gets_another_owner_and_another_day(browser, api, cy, item):
    press(browser, "/actions/A-1/assign", owner="Cy")
    press(browser, "/actions/A-1/move", due="2026-03-31", why="Holidays")
    said = api.get("actions/A-1").json()
    assert (said["owner"]["name"], said["due"]) == ("Cy", "2026-03-31")
    assert "is no day" in wrong_beside(press(browser, "/actions/A-1/move", due="soon"), "due")


@pytest.mark.parametrize("word", ABOUT_ITEMS)
def test_items_of_private_incidents_are_out_of_reach(floor, api, cy, word):
    api.post("incidents", json={"title": "Leaked key", "private": True})
    api.post("incidents/INC-1/actions", json={"title": "Rotate it"})
    other = floor.signed_in(cy)
    assert other.get(f"/actions/A-1/{word}").status_code == 404
    assert press(other, f"/actions/A-1/{word}", reason="x", evidence="x").status_code == 404


def test_a_postmortem_is_given_to_someone_worded_otherwise_and_published(browser, api, cy, down):
    resolved(api)
    press(browser, "/incidents/INC-1/postmortem/owner", owner="Cy")
    page = press(browser, "/incidents/INC-1/postmortem/template", template="huge")
    assert "'huge' is no template" in wrong_beside(page, "template")
    press(browser, "/incidents/INC-1/postmortem/template", template="lightweight")
    said = api.get("incidents/INC-1/postmortem").json()
    assert (said["owner"]["name"], said["template"]) == ("Cy", "lightweight")
    assert "It is published" in press(browser, "/incidents/INC-1/postmortem/publish").text


def test_too_early_a_postmortem_is_not_published(browser, down):
    page = press(browser, "/incidents/INC-1/postmortem/publish")
    assert page.status_code == 409
    assert "not resolved yet" in page.text


def test_what_is_too_long_for_a_postmortem_stays_in_its_field(browser, api, down):
    resolved(api)
    key = re.search(r'id="write-([^"]+)"', browser.get("/incidents/INC-1/postmortem").text)[1]
    long = "word " * 5000
    page = press(browser, f"/incidents/INC-1/postmortem/sections/{key}", text=long)
    assert page.status_code == 422
    assert "20,000 is the most" in page.text
    assert long.strip() in page.text
