"""A postmortem on its way: written by several, handed in, questioned, approved by someone else, read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import actions, incidents, people, postmortems
from bot.domain.company import Company
from bot.domain.company.parts import PostmortemRules
from bot.domain.incidents import Milestone, Status
from bot.domain.postmortems import NotApproved, NotInReview, Overtaken, OwnWork
from bot.domain.postmortems.wording import blaming
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later


@pytest.fixture
def draft(session, ana, an_incident):
    incidents.set_status(session, an_incident, Status.RESOLVED, by=ana, now=later(minutes=40))
    postmortems.write(session, an_incident, "summary", "A deploy broke it.", by=ana, now=later(hours=1))
    return postmortems.of(session, an_incident)


def ask_for_approval(session):
    session.info["company"] = Company(postmortems=PostmortemRules(approval=True))


def test_somebody_who_wrote_nothing_of_it_approves(session, ana, ben, an_incident, draft):
    with pytest.raises(NotInReview):
        postmortems.approve(session, an_incident, by=ben, now=later(hours=2))
    assert postmortems.submit(session, an_incident, by=ana, now=later(hours=2), reviewer=ben)
    with pytest.raises(OwnWork):
        postmortems.approve(session, an_incident, by=ana, now=later(hours=2))
    assert postmortems.approve(session, an_incident, by=ben, now=later(hours=3))
    assert (draft.status, draft.approved_by) == ("approved", ben.id)


def test_an_author_is_no_reviewer(session, ana, an_incident, draft):
    with pytest.raises(OwnWork):
        postmortems.submit(session, an_incident, by=ana, now=later(hours=2), reviewer=ana)


def test_two_rows_of_one_person_are_one_author(session, ana, an_incident, draft):
    twin = people.of_email(session, "ana@example.com")
    postmortems.write(session, an_incident, "impact", "12 orders", by=twin, now=later(hours=1))
    people.introduce(session, people.Introduction("U0ANA", "Ana", "ana@example.com"))
    postmortems.submit(session, an_incident, by=ana, now=later(hours=2))
    with pytest.raises(OwnWork):
        postmortems.approve(session, an_incident, by=people.get(session, twin.id), now=later(hours=2))


def test_what_changes_after_the_approval_is_approved_again(session, ana, ben, an_incident, draft):
    postmortems.submit(session, an_incident, by=ana, now=later(hours=2))
    postmortems.approve(session, an_incident, by=ben, now=later(hours=3))
    postmortems.write(session, an_incident, "impact", "12 orders", by=ana, now=later(hours=4))
    assert (draft.status, draft.approved_by) == ("in_review", None)


def test_it_is_sent_back_with_a_reason(session, ana, ben, an_incident, draft):
    postmortems.submit(session, an_incident, by=ana, now=later(hours=2))
    with pytest.raises(Refused, match="Say what is missing"):
        postmortems.send_back(session, an_incident, " ", by=ben, now=later(hours=2))
    postmortems.send_back(session, an_incident, "Whom did it hit?", by=ben, now=later(hours=2))
    assert draft.status == "draft"
    assert "sent the postmortem back. Whom did it hit?" in incidents.timeline(session, an_incident)[-1].text


def test_where_approval_is_asked_nothing_is_published_without(session, ana, ben, an_incident, draft):
    ask_for_approval(session)
    with pytest.raises(NotApproved):
        postmortems.publish(session, an_incident, by=ana, now=later(hours=2))
    postmortems.submit(session, an_incident, by=ana, now=later(hours=2))
    postmortems.approve(session, an_incident, by=ben, now=later(hours=3))
    assert postmortems.publish(session, an_incident, by=ana, now=later(hours=4))


def test_the_second_of_two_editors_is_shown_the_first_and_loses_nothing(
    session, ana, ben, an_incident, draft
):
    seen = {"summary": postmortems.revision_of(session, an_incident, "summary")}
    postmortems.autosave(session, an_incident, "summary", "Ben's words", by=ben, now=later(hours=2))
    postmortems.write(session, an_incident, "summary", "Ana's new words", by=ana, now=later(hours=2))
    answers = {"summary": "Ben's words"}
    with pytest.raises(Overtaken) as overtaken:
        postmortems.write_all(session, an_incident, answers, by=ben, now=later(hours=3), seen=seen)

    assert (overtaken.value.text, overtaken.value.by) == ("Ana's new words", ana.id)
    assert postmortems.typed(session, an_incident, ben)["summary"].text == "Ben's words"
    seen = {"summary": overtaken.value.revision}
    assert postmortems.write_all(session, an_incident, answers, by=ben, now=later(hours=3), seen=seen)
    postmortems.forget(session, an_incident, "summary", ben)
    assert postmortems.typed(session, an_incident, ben) == {}


def test_ones_own_later_words_are_no_conflict(session, ana, an_incident, draft):
    seen = {"summary": 1}
    for text in ("one", "two"):
        postmortems.write_all(session, an_incident, {"summary": text}, by=ana, now=NOON, seen=seen)


def test_every_version_is_kept_with_what_it_changed(session, ana, ben, an_incident, draft):
    postmortems.write(session, an_incident, "impact", "12 orders", by=ben, now=later(hours=2))
    postmortems.write(
        session, an_incident, "summary", "A deploy broke it.\nWe rolled back.", by=ben, now=NOON
    )
    found = postmortems.revisions(session, an_incident, "summary")
    assert [(one.number, one.by) for one in found] == [(1, ana.id), (3, ben.id)]
    assert found[1].diff == ("  A deploy broke it.", "+ We rolled back.")


def test_a_comment_stands_until_it_is_settled(session, ana, ben, an_incident, draft):
    note = postmortems.comment(
        session, an_incident, "summary", "Which one?", quote="deploy", by=ben, now=NOON
    )
    assert postmortems.settle(session, an_incident, note.id, by=ana, now=NOON)
    assert not postmortems.settle(session, an_incident, note.id, by=ana, now=NOON)
    [kept] = postmortems.comments(session, an_incident)
    assert (kept.quote, kept.settled_by) == ("deploy", ana.id)


def test_who_has_read_it_is_known_once_it_is_published(session, ana, ben, an_incident, draft):
    postmortems.read_by(session, an_incident, ben, now=later(hours=1))
    postmortems.publish(session, an_incident, by=ana, now=later(hours=2))
    for hour in (3, 5):
        postmortems.read_by(session, an_incident, ben, now=later(hours=hour))
    [reading] = postmortems.readers(session, an_incident)
    assert (reading.person_id, reading.first_at, reading.last_at) == (ben.id, later(hours=3), later(hours=5))


def kinds(session, incident):
    return [(one.kind, one.place) for one in postmortems.findings(session, incident)]


def test_the_checklist_names_what_is_missing(session, ana, an_incident, draft):
    actions.create(session, an_incident, "Alert on errors", by=ana, now=later(hours=1))
    postmortems.write(session, an_incident, "impact", "Many people were hit.", by=ana, now=later(hours=1))
    found = kinds(session, an_incident)
    assert ("owner", "A-1") in found
    assert ("impact", "impact") in found
    assert ("unanswered", "detection") in found
    assert any(kind == "silence" for kind, _ in found)  # forty minutes between declared and resolved


def test_a_time_in_the_text_that_is_not_the_clocks_is_named(session, ana, an_incident, draft):
    postmortems.write(session, an_incident, "detection", "Detected at 11:20.", by=ana, now=later(hours=1))
    assert ("time", "detection") in kinds(session, an_incident)
    postmortems.write(session, an_incident, "detection", "Detected at 12:01.", by=ana, now=later(hours=1))
    assert ("time", "detection") not in kinds(session, an_incident)


def test_times_that_contradict_each_other_are_named(session, ana, an_incident, draft):
    an_incident.mitigated_at = later(minutes=50)  # as old data may have it: no verb lets this be
    assert ("order", Milestone.RESOLVED.value) in kinds(session, an_incident)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("This was human error.", ["human error"]),
        ("He should have checked, obviously.", ["should have", "obviously"]),
        ("The engineer failed to look.", ["The engineer failed to"]),
        ("The pod failed to start.", []),
        ("It was Ben's fault.", ["Ben's fault"]),
        ("We keep a blameless record.", []),
    ],
)
def test_words_that_blame_are_found_and_others_are_not(text, found):
    assert [one.words for one in blaming(text)] == found


@given(st.text(max_size=300))
def test_any_text_is_read_and_each_place_named_once(text):
    starts = [one.start for one in blaming(text)]
    assert starts == sorted(set(starts))
