"""The timeline: every fact, messages at their own time, and corrections with a trace."""

from datetime import timedelta

import pytest

from bot.domain import incidents
from bot.domain.incidents import Report
from bot.domain.incidents.facts import MessageAdded
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later

PLACE = "C1/1772452800.000100"


def said(session, incident):
    return [entry.text for entry in incidents.timeline(session, incident)]


@pytest.fixture
def a_message(session, ana, ben, an_incident):
    """Ana pinned what Ben wrote four minutes ago."""

    def mark(by=ana, at=NOON, now=NOON):
        return incidents.mark_message(session, an_incident, PLACE, by=by, now=now, marked_at=at)

    def arrive(text="The disk is full", now=NOON):
        fact = MessageAdded(
            incident_id=an_incident.id,
            by=ana.id,
            place=PLACE,
            author=ben.id,
            author_name="Ben",
            text=text,
            permalink="https://example.com/p1",
            images=("https://example.com/graph.png",),
            happened_at=later(minutes=-4),
        )
        return incidents.add_message(session, fact, now=now)

    return mark, arrive


def test_every_fact_stands_there_in_order(session, ana, an_incident):
    incidents.acknowledge(session, an_incident, by=ana, now=later(minutes=1))
    incidents.note(session, an_incident, "Looking at the disk", by=ana, now=later(minutes=2))
    assert said(session, an_incident) == [
        "declared a sev1: Checkout is down",
        "acknowledged it",
        "noted: Looking at the disk",
    ]


def test_a_note_told_later_stands_where_it_happened(session, ana, an_incident):
    incidents.note(session, an_incident, "now", by=ana, now=later(minutes=10))
    incidents.note(session, an_incident, "then", by=ana, now=later(minutes=11), at=later(minutes=5))
    assert said(session, an_incident)[-2:] == ["noted: then", "noted: now"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 3001])
def test_a_note_must_say_something_that_fits(session, ana, an_incident, text):
    with pytest.raises(Refused, match="Nothing was changed"):
        incidents.note(session, an_incident, text, by=ana, now=NOON)


def test_nothing_lies_in_the_future(session, ana, an_incident):
    with pytest.raises(Refused, match="future"):
        incidents.note(session, an_incident, "soon", by=ana, now=NOON, at=later(seconds=1))
    first = incidents.timeline(session, an_incident)[0]
    with pytest.raises(Refused, match="future"):
        incidents.correct(session, an_incident, first.id, by=ana, now=NOON, at=later(seconds=1))


def test_a_message_stands_at_its_own_time_with_author_link_and_images(session, ben, an_incident, a_message):
    mark, arrive = a_message
    assert mark()
    assert arrive()
    entry = incidents.timeline(session, an_incident)[0]
    assert (entry.at, entry.by, entry.author_name) == (later(minutes=-4), ben.id, "Ben")
    assert (entry.text, entry.permalink) == ("The disk is full", "https://example.com/p1")
    assert entry.images == ("https://example.com/graph.png",)


def test_a_message_stands_there_once_however_many_marked_it(session, ana, ben, an_incident, a_message):
    mark, arrive = a_message
    assert (mark(), mark(by=ben), arrive(), arrive()) == (True, False, True, False)
    assert said(session, an_incident).count("The disk is full") == 1


def test_it_leaves_with_the_last_who_marked_it(session, ana, ben, an_incident, a_message):
    mark, arrive = a_message
    mark(), mark(by=ben), arrive()
    unmark = incidents.unmark_message
    assert not unmark(session, PLACE, by=ben, now=NOON, marked_at=later(minutes=1))
    assert unmark(session, PLACE, by=ana, now=NOON, marked_at=later(minutes=2))
    assert "The disk is full" not in said(session, an_incident)


def test_marked_again_it_comes_back(session, ana, an_incident, a_message):
    mark, arrive = a_message
    mark(), arrive()
    incidents.unmark_message(session, PLACE, by=ana, now=NOON, marked_at=later(minutes=1))
    assert mark(at=later(minutes=2))
    assert arrive()
    assert "The disk is full" in said(session, an_incident)


def test_late_deliveries_change_nothing(session, ana, an_incident, a_message):
    mark, arrive = a_message
    mark(at=later(minutes=2)), arrive()
    assert not incidents.unmark_message(session, PLACE, by=ana, now=NOON, marked_at=later(minutes=1))
    assert "The disk is full" in said(session, an_incident)


def test_a_mark_that_arrives_after_it_was_taken_away_changes_nothing(session, ana, an_incident, a_message):
    mark, arrive = a_message
    gone = later(minutes=1)
    incidents.unmark_message(session, PLACE, by=ana, now=NOON, marked_at=gone, incident=an_incident)
    assert not mark()
    assert not arrive()
    assert mark(at=later(minutes=2))


def test_marks_of_two_people_may_arrive_in_any_order(session, ana, ben, an_incident, a_message):
    mark, arrive = a_message
    mark(by=ben, at=later(minutes=1)), mark(), arrive()
    assert not incidents.unmark_message(session, PLACE, by=ben, now=NOON, marked_at=later(minutes=2))
    assert "The disk is full" in said(session, an_incident)


def test_an_edit_that_arrives_after_a_newer_one_changes_nothing(session, ben, an_incident, a_message):
    mark, arrive = a_message
    mark(), arrive()
    for minutes, text in ((2, "The disk of db-2 is full"), (1, "The disk of db-1 is full")):
        at = later(minutes=minutes)
        incidents.edit_message(session, PLACE, text, by=ben, now=NOON, edited_at=at)
    assert incidents.timeline(session, an_incident)[0].text == "The disk of db-2 is full"


def test_words_that_arrive_after_the_mark_is_gone_are_not_added(session, ana, an_incident, a_message):
    mark, arrive = a_message
    mark()
    incidents.unmark_message(session, PLACE, by=ana, now=NOON, marked_at=later(minutes=1))
    assert not arrive()


def test_its_text_follows_later_edits_and_keeps_the_trace(session, ben, an_incident, a_message):
    mark, arrive = a_message
    mark(), arrive()
    assert incidents.edit_message(session, PLACE, "The disk of db-2 is full", by=ben, now=later(minutes=1))
    assert not incidents.edit_message(
        session, PLACE, "The disk of db-2 is full", by=ben, now=later(minutes=2)
    )
    entry = incidents.timeline(session, an_incident)[0]
    assert entry.text == "The disk of db-2 is full"
    assert entry.trace == ("was 'The disk is full', edited by its author",)


def test_deleted_where_it_stood_it_stays_and_says_so(session, ben, an_incident, a_message):
    mark, arrive = a_message
    mark(), arrive()
    assert incidents.delete_message(session, PLACE, by=ben, now=later(minutes=1))
    assert not incidents.delete_message(session, PLACE, by=ben, now=later(minutes=2))
    entry = incidents.timeline(session, an_incident)[0]
    assert (entry.text, entry.deleted) == ("The disk is full", True)


def test_a_message_nobody_marked_is_nobodys_business(session, ana, an_incident):
    assert not incidents.edit_message(session, "C1/2", "x", by=ana, now=NOON)
    assert not incidents.delete_message(session, "C1/2", by=ana, now=NOON)
    assert not incidents.unmark_message(session, "C1/2", by=ana, now=NOON, marked_at=NOON)


def test_a_correction_changes_words_and_time_and_leaves_a_trace(session, ana, ben, an_incident):
    event = incidents.note(session, an_incident, "Rolled back 4710", by=ana, now=later(minutes=9))
    when = later(minutes=8)
    incidents.correct(
        session,
        an_incident,
        event.id,
        by=ben,
        now=later(hours=1),
        text="Rolled back 4711",
        at=when,
        why="typo",
    )
    entry = incidents.timeline(session, an_incident)[-1]
    assert (entry.text, entry.at) == ("Rolled back 4711", when)
    assert entry.trace == (
        f"was 'noted: Rolled back 4710', corrected by @{{p:{ben.id}}} (typo)",
        f"was at 2026-03-02 12:09 UTC, corrected by @{{p:{ben.id}}} (typo)",
    )


def test_corrections_of_corrections_keep_the_whole_trace(session, ana, an_incident):
    event = incidents.note(session, an_incident, "one", by=ana, now=NOON)
    for text in ("two", "three"):
        incidents.correct(session, an_incident, event.id, by=ana, now=NOON, text=text)
    entry = incidents.timeline(session, an_incident)[-1]
    assert (entry.text, len(entry.trace)) == ("three", 2)


def test_an_entry_of_another_incident_cannot_be_corrected(session, ana, an_incident):
    other = incidents.declare(session, Report("Other"), by=ana, now=NOON)
    [entry] = incidents.timeline(session, other)
    for wrong in (entry.id, 999):
        with pytest.raises(Refused, match="no such entry"):
            incidents.correct(session, an_incident, wrong, by=ana, now=NOON, text="x")


def test_a_correction_must_say_what(session, ana, an_incident):
    [entry] = incidents.timeline(session, an_incident)
    with pytest.raises(Refused, match="what the entry should say"):
        incidents.correct(session, an_incident, entry.id, by=ana, now=NOON)


def test_an_incident_over_midnight_keeps_its_order(session, ana, an_incident):
    for hours in (13, 1):
        moment = NOON + timedelta(hours=hours)
        incidents.note(session, an_incident, f"{hours} h", by=ana, now=later(days=1), at=moment)
    assert said(session, an_incident)[1:] == ["noted: 1 h", "noted: 13 h"]
