"""A postmortem in review on the pages: written by two, questioned, approved, read, put into calendars."""

import re
from html import unescape

import pytest
from icalendar import Calendar

from bot.domain import incidents, postmortems
from tests.web.conftest import csrf, has_script, press

HERE = "/incidents/INC-1/postmortem"
SUMMARY = f"{HERE}/sections/summary"


@pytest.fixture
def ben(floor):
    return floor.person("Ben")


@pytest.fixture
def over(api, down):
    api.post("incidents/INC-1/resolve")


@pytest.fixture
def author(floor, ana, over):
    return floor.signed_in(ana)


@pytest.fixture
def reviewer(floor, ben, over):
    return floor.signed_in(ben)


def field(page, key):
    """What stands in the field of a section, and the version that it is based on."""
    form = re.search(rf'<form id="write-{key}".*?</form>', page.text, re.DOTALL)[0]
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]
    return unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)[1]), seen


def write(browser, text, seen=None, **more):
    seen = seen if seen is not None else field(browser.get(HERE), "summary")[1]
    return press(browser, SUMMARY, text=text, seen=seen, **more)


def test_what_is_typed_comes_back_after_a_reload_for_its_author_alone(author, reviewer):
    answer = press(author, f"{SUMMARY}/draft", text="A deploy took", seen="0")
    assert answer.status_code == 204
    page = author.get(HERE)
    assert field(page, "summary") == ("A deploy took", "0")
    assert "You typed this and did not save it" in page.text
    assert field(reviewer.get(HERE), "summary")[0] == ""

    write(author, "A deploy took the cache away")
    page = author.get(HERE)
    assert field(page, "summary")[0] == "A deploy took the cache away"
    assert "did not save it" not in page.text


def test_what_is_typed_can_be_thrown_away(author):
    press(author, f"{SUMMARY}/draft", text="Nonsense", seen="0")
    page = write(author, "Nonsense", choice="theirs")
    assert "thrown away" in page.text
    assert field(page, "summary")[0] == ""


def test_the_second_of_two_editors_sees_both_versions_and_chooses(author, reviewer):
    write(author, "A deploy broke it.")
    seen = field(reviewer.get(HERE), "summary")[1]
    write(author, "A deploy broke it.\nWe rolled back.")

    page = write(reviewer, "A deploy broke it.\nNobody saw <it>.", seen)
    assert page.status_code == 409
    assert "Ana has changed this since you began." in page.text
    assert field(page, "summary")[0] == "A deploy broke it.\nNobody saw <it>."
    lines = re.findall(r'<span class="(came|went|same)">(.*?)\n?</span>', page.text)
    assert lines[:3] == [
        ("same", "  A deploy broke it."),
        ("went", "- We rolled back."),
        ("came", "+ Nobody saw &lt;it&gt;."),
    ]
    page = write(reviewer, "A deploy broke it.\nWe rolled back.\nNobody saw it.", field(page, "summary")[1])
    assert page.status_code == 200
    assert "Nobody saw it." in field(author.get(HERE), "summary")[0]


def test_a_conflict_is_still_there_after_a_reload(author, reviewer):
    press(reviewer, f"{SUMMARY}/draft", text="Ben's words", seen="0")
    write(author, "Ana's words")
    page = reviewer.get(HERE)
    assert "Ana has changed this since you began." in page.text
    assert field(page, "summary")[0] == "Ben's words"


def test_a_preview_is_what_the_document_will_show(author):
    page = press(author, f"{SUMMARY}/preview", text="**Deploy** <script>alert(1)</script>", seen="0")
    assert "<strong>Deploy</strong> &lt;script&gt;" in page.text
    assert not has_script(page)
    assert field(author.get(HERE), "summary")[0] == ""


def test_too_long_a_text_comes_back_with_what_is_wrong(author):
    page = write(author, "x" * 20_001)
    assert page.status_code == 422
    assert 'id="wrong-summary"' in page.text
    assert field(page, "summary")[0].startswith("xxx")


def test_every_version_is_shown_with_what_it_changed(author, reviewer):
    write(author, "One <b>")
    write(reviewer, "Two")
    page = author.get(f"{HERE}/history?section=summary")
    assert page.text.index("+ Two") < page.text.index("+ One &lt;b&gt;")
    assert "- One &lt;b&gt;" in page.text
    assert "Nothing is written yet" in author.get(f"{HERE}/history?section=impact").text


def test_an_old_version_is_restored_as_a_new_one_and_nothing_is_lost(author, reviewer, api):
    write(author, "One <b>")
    write(reviewer, "Two")
    page = author.get(f"{HERE}/history?section=summary")
    assert page.text.count("Restore this version") == 1
    shown = author.get(f"{HERE}/restore?version=1")
    assert "One &lt;b&gt;" in shown.text
    page = press(author, f"{HERE}/restore", version="1")
    assert "It says so once more" in page.text
    assert field(page, "summary")[0] == "One <b>"
    kept = api.get("incidents/INC-1/postmortem").json()["revisions"]
    assert [each["text"] for each in kept] == ["One <b>", "Two", "One <b>"]
    assert "It was so already" in press(author, f"{HERE}/restore", version="1").text
    assert press(author, f"{HERE}/restore", version="99").status_code == 404
    assert api.post("incidents/INC-1/postmortem/revisions/2/restore").status_code == 200
    assert field(author.get(HERE), "summary")[0] == "Two"


def test_a_comment_stands_in_the_margin_until_it_is_settled(author, reviewer):
    page = press(reviewer, f"{HERE}/comment", section="summary", text="Which <deploy>?", quote="A deploy")
    assert "Which &lt;deploy&gt;?" in page.text
    assert "<blockquote" in page.text
    page = press(author, f"{HERE}/settle", comment="1")
    assert "1 comment settled" in page.text
    assert "It was so already" in press(author, f"{HERE}/settle", comment="1").text
    assert press(author, f"{HERE}/settle", comment="99").status_code == 404
    assert press(author, f"{HERE}/comment", section="nowhere", text="x").status_code == 422
    assert press(author, f"{HERE}/comment", section="summary", text=" ").status_code in (409, 422)


def test_from_the_draft_to_the_approval(author, reviewer):
    write(author, "A deploy broke it.")
    page = press(author, f"{HERE}/submit", reviewer="Ana")
    assert page.status_code == 422
    assert "Somebody else must approve it" in page.text
    page = press(author, f"{HERE}/submit", reviewer="ben@example.com")
    assert "It is handed in for review." in page.text
    assert f'href="{HERE}/approve"' not in page.text
    page = reviewer.get(HERE)
    assert f'href="{HERE}/approve"' in page.text
    assert press(reviewer, f"{HERE}/back", reason=" ").status_code in (409, 422)
    assert "goes back" in press(reviewer, f"{HERE}/back", reason="Whom did it hit?").text
    press(author, f"{HERE}/submit")
    page = press(reviewer, f"{HERE}/approve")
    assert "Approved by" in page.text
    assert press(author, f"{HERE}/publish").status_code == 200


def test_each_finding_leads_to_its_place(author, api):
    api.post("incidents/INC-1/actions", json={"title": "Alert on errors"})
    write(author, "This was human error.")
    page = author.get(HERE)
    assert re.search(r'<a href="#write-summary" dir="auto">[^<]*human error', page.text)
    assert '<a href="/actions/A-1" dir="auto">A-1 has no owner.' in page.text
    assert author.get("/actions/A-1").status_code == 200


def test_who_has_read_it_is_shown_once_it_is_published(author, reviewer, floor):
    reviewer.get(HERE)
    press(author, f"{HERE}/publish")
    assert "Read by" in author.get(HERE).text or "Nobody has read it" in author.get(HERE).text
    reviewer.get(f"{HERE}/print")
    page = author.get(HERE)
    assert "Read by 2 people" in page.text
    assert re.search(r"<li>Ben <span", page.text)


def test_the_meeting_comes_as_an_invitation_that_moves(author, ben):
    assert author.get(f"{HERE}/meeting.ics").status_code == 404
    assert press(author, f"{HERE}/meeting", time="2026-03-01 10:00").status_code == 422
    press(author, f"{HERE}/submit", reviewer="Ben")
    page = press(author, f"{HERE}/meeting", time="2026-03-05 10:00")
    assert f'href="{HERE}/meeting.ics"' in page.text
    first = author.get(f"{HERE}/meeting.ics")
    assert first.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(first.content)
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["UID"]) == ("REQUEST", "postmortem-INC-1@closeout.test")
    assert f"{event.decoded('dtstart'):%Y-%m-%d %H:%M %Z}" == "2026-03-05 10:00 UTC"
    assert "ben@example.com" in str(event["ATTENDEE"])
    assert author.get(f"{HERE}/meeting.ics").content == first.content

    press(author, f"{HERE}/meeting", time="2026-03-06 10:00")
    [moved] = Calendar.from_ical(author.get(f"{HERE}/meeting.ics").content).walk("VEVENT")
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 1)

    page = press(author, f"{HERE}/meeting", time="")
    assert "The meeting is called off." in page.text
    assert author.get(f"{HERE}/meeting.ics").status_code == 404
    assert press(author, f"{HERE}/meeting", time="").status_code == 422


def test_a_viewer_reads_and_types_nothing(floor, over):
    viewer = floor.signed_in(floor.person("Vi", access="viewer"))
    page = viewer.get(HERE)
    assert "readonly" in page.text
    assert f'href="{HERE}/comment' not in page.text
    assert press(viewer, f"{SUMMARY}/draft", text="x", seen="0").status_code == 403


def test_what_is_private_is_not_there(floor, api, ana, cy):
    api.post("incidents", json={"title": "Leaked key", "private": True})
    other = floor.signed_in(cy)
    for path in ("", "/history", "/meeting.ics", "/comment"):
        assert other.get(f"{HERE}{path}").status_code == 404
    for path in ("/sections/summary", "/sections/summary/draft", "/sections/summary/preview"):
        assert press(other, f"{HERE}{path}", text="x").status_code == 404


def test_a_form_of_another_site_puts_nothing_aside(author):
    token = csrf(author.get(HERE))
    sent = {"csrf": token, "text": "x", "seen": "0"}
    answer = author.post(f"{SUMMARY}/draft", data=sent, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_over_rest(floor, api, ben, over):
    api.put("incidents/INC-1/postmortem/sections/summary", json={"text": "A deploy broke it."})
    page = api.post("incidents/INC-1/postmortem/submit", json={"reviewer": "ben@example.com"}).json()
    assert (page["status"], page["reviewer"]["name"]) == ("in_review", "Ben")
    assert api.post("incidents/INC-1/postmortem/approve").status_code == 409
    other = floor.as_(ben)
    remark = other.post(
        "incidents/INC-1/postmortem/comments", json={"section": "summary", "text": "Which one?"}
    )
    assert remark.status_code == 201
    assert other.post("incidents/INC-1/postmortem/back", json={"reason": "Too short"}).status_code == 200
    api.post("incidents/INC-1/postmortem/submit")
    page = other.post("incidents/INC-1/postmortem/approve").json()
    assert page["approved_by"]["name"] == "Ben"
    assert page["revisions"][0]["diff"] == ["+ A deploy broke it."]
    assert {"kind", "place", "said", "remedy"} == set(page["findings"][0])
    settled = other.post(f"incidents/INC-1/postmortem/comments/{remark.json()['id']}/settle").json()
    assert settled["comments"][0]["settled_by"]["name"] == "Ben"
    met = other.put("incidents/INC-1/postmortem/meeting", json={"at": "2026-03-05T10:00:00+01:00"}).json()
    assert met["meeting_at"].startswith("2026-03-05T09:00:00")
    assert other.delete("incidents/INC-1/postmortem/meeting").json()["meeting_at"] is None


def test_the_gate_stands_before_postmortems_too(floor, over, ana):
    floor.courier.info["gate"] = incidents.gate
    viewer = floor.signed_in(floor.person("Vi", access="viewer"))
    assert press(viewer, f"{HERE}/comment", section="summary", text="x").status_code == 403
    with floor.courier.reading() as session:
        assert not postmortems.comments(session, incidents.get(session, 1))
