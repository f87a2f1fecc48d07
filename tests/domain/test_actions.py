"""Action items: promised with a day, done with evidence, verified by someone else, or declined by two."""

from datetime import date

import pytest

from bot.domain import actions, incidents
from bot.domain.actions.reminders import action_due
from bot.domain.incidents import Report
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later

TODAY = date(2026, 3, 2)


@pytest.fixture
def an_item(session, ana, ben, an_incident):
    return actions.create(session, an_incident, "Alert on errors", by=ana, now=NOON, owner=ben)


def last(session, incident):
    return incidents.timeline(session, incident)[-1].text


def test_an_item_is_known_by_its_reference(session, ana, ben, an_incident, an_item):
    assert (an_item.ref, an_item.status, an_item.kind, an_item.priority) == (
        "A-1",
        "open",
        "mitigate",
        "medium",
    )
    assert f"A-1 (Alert on errors) for @{{p:{ben.id}}}, due 2026-03-17" in last(session, an_incident)


@pytest.mark.parametrize(("severity", "due"), [("sev1", 17), ("sev2", 32 - 31), (None, 1), ("sev4", 31)])
def test_the_policy_of_the_severity_names_the_day(session, ana, severity, due):
    incident = incidents.declare(session, Report("x", severity), by=ana, now=NOON)
    assert actions.create(session, incident, "y", by=ana, now=NOON).due.day == due


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"title": " "}, "Say what will be done"),
        ({"title": "x" * 201}, "201 characters; 200 is the most"),
        ({"due": date(2026, 3, 1)}, "has passed"),
        ({"due": date(2099, 1, 1)}, "three years"),
        ({"kind": "magic"}, "prevent, detect, mitigate, process"),
        ({"priority": "now"}, "high, medium, low"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(session, ana, an_incident, given, answer):
    title = given.pop("title", "x")
    with pytest.raises(Refused, match=answer):
        actions.create(session, an_incident, title, by=ana, now=NOON, **given)
    assert actions.of(session, an_incident) == []


def test_nothing_is_added_to_what_is_closed(session, ana, an_incident):
    incidents.cancel(session, an_incident, "No", by=ana, now=NOON)
    with pytest.raises(Refused, match="Reopen it first"):
        actions.create(session, an_incident, "x", by=ana, now=NOON)


def test_after_a_merge_it_is_said_where_to_say_it(session, ana, an_incident):
    other = incidents.declare(session, Report("x"), by=ana, now=NOON)
    incidents.merge(session, other, an_incident, by=ana, now=NOON)
    with pytest.raises(Refused, match="INC-2 was merged into INC-1"):
        actions.create(session, other, "x", by=ana, now=NOON)


def test_it_goes_from_open_to_verified(session, ana, ben, an_incident, an_item):
    actions.start(session, an_item, by=ben, now=NOON)
    actions.done(session, an_item, "https://example.com/pr/1", by=ben, now=later(days=1))
    assert last(session, an_incident).endswith("Evidence: https://example.com/pr/1")
    actions.verify(session, an_item, by=ana, now=later(days=2))
    assert (an_item.status, an_item.verified_by, an_item.is_settled) == ("verified", ana.id, True)


def test_done_needs_evidence(session, ben, an_item):
    with pytest.raises(Refused, match="evidence is missing"):
        actions.done(session, an_item, " ", by=ben, now=NOON)
    assert an_item.status == "open"


def test_the_owner_cannot_verify_their_own_work(session, ben, an_item):
    actions.done(session, an_item, "see", by=ben, now=NOON)
    with pytest.raises(Refused, match="someone else must verify"):
        actions.verify(session, an_item, by=ben, now=NOON)


def test_what_is_not_done_cannot_be_verified(session, ana, an_item):
    with pytest.raises(Refused, match="A-1 is open"):
        actions.verify(session, an_item, by=ana, now=NOON)


def test_what_does_not_hold_is_reopened(session, ana, ben, an_item):
    actions.done(session, an_item, "see", by=ben, now=NOON)
    actions.reopen(session, an_item, "It fired on nothing", by=ana, now=NOON)
    assert (an_item.status, an_item.done_at) == ("open", None)


def test_to_decline_needs_a_reason_and_someone_else_who_agrees(session, ana, ben, cy, an_incident, an_item):
    with pytest.raises(Refused, match="Someone other than the owner must agree"):
        actions.decline(session, an_item, "Too dear", approver=ben, by=ben, now=NOON)
    with pytest.raises(Refused, match="reason is missing"):
        actions.decline(session, an_item, "", approver=ana, by=ben, now=NOON)
    actions.decline(session, an_item, "Too dear", approver=ana, by=ben, now=NOON)
    assert (
        last(session, an_incident) == f"declined A-1 (Alert on errors), agreed by @{{p:{ana.id}}}. Too dear"
    )


def test_whoever_begins_with_what_nobody_owns_owns_it(session, ana, cy, an_incident):
    item = actions.create(session, an_incident, "x", by=ana, now=NOON)
    actions.start(session, item, by=cy, now=NOON)
    assert item.owner_id == cy.id


def test_it_is_given_to_someone_else_and_moved(session, ana, ben, an_incident, an_item):
    assert actions.assign(session, an_item, ana, by=ben, now=NOON)
    assert not actions.assign(session, an_item, ana, by=ben, now=NOON)
    assert actions.move(session, an_item, date(2026, 4, 1), by=ana, now=NOON, why="holidays")
    assert last(session, an_incident) == "moved A-1 (Alert on errors) from 2026-03-17 to 2026-04-01. holidays"


def test_the_loop_counts_and_says_what_is_left(session, ana, ben, an_incident, an_item):
    second = actions.create(session, an_incident, "Rehearse", by=ana, now=NOON)
    actions.done(session, an_item, "see", by=ben, now=NOON)
    actions.verify(session, an_item, by=ana, now=NOON)
    loop = incidents.loops(session, an_incident)[-1]
    assert (loop.name, loop.done) == ("1 of 2 actions verified", False)
    assert "A-2 (open)" in loop.remedy
    actions.decline(session, second, "No", approver=ben, by=ana, now=NOON)
    assert incidents.loops(session, an_incident)[-1].done


@pytest.mark.parametrize("ref", ["A-1", "a1", "1", " A-1 "])
def test_references_are_read_as_people_write_them(session, ana, an_item, ref):
    assert actions.find(session, ref, as_=ana) == an_item


@pytest.mark.parametrize(("ref", "answer"), [("A-9", "no action item A-9"), ("x", "Write one like A-31")])
def test_a_wrong_reference_is_refused(session, ana, ref, answer):
    with pytest.raises(Refused, match=answer):
        actions.find(session, ref, as_=ana)


def test_a_reference_beyond_all_numbers_is_refused(session, ana):
    with pytest.raises(Refused, match="no action item"):
        actions.find(session, "A-999999999", as_=ana)


def test_items_of_private_incidents_are_there_for_members_alone(session, ana, ben, cy):
    secret = incidents.declare(session, Report("Secret", "sev1", private=True), by=ana, now=NOON)
    item = actions.create(session, secret, "Rotate", by=ana, now=NOON, owner=ben)
    assert actions.all(session, as_=ben) == actions.mine(session, ben) == [item]
    assert actions.all(session, as_=cy) == []
    with pytest.raises(Refused, match="There is no action item A-1"):
        actions.find(session, "A-1", as_=cy)


def test_the_most_urgent_stands_first(session, ana, an_incident):
    made = [
        actions.create(session, an_incident, str(day), by=ana, now=NOON, owner=ana, due=date(2026, 3, day))
        for day in (20, 10, 15)
    ]
    assert [item.due.day for item in actions.mine(session, ana)] == [10, 15, 20]
    late = actions.all(session, as_=ana, overdue_on=date(2026, 3, 16))
    assert late == [made[1], made[2]]


@pytest.mark.parametrize(("text", "day"), [("2026-03-31", (3, 31)), ("2w", (3, 16)), (" 3d ", (3, 5))])
def test_days_are_read_as_people_write_them(text, day):
    due = actions.parse_due(text, TODAY)
    assert (due.month, due.day) == day


@pytest.mark.parametrize("text", ["tomorrow", "31.3.2026", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Refused, match="Write one like 2026-03-31"):
        actions.parse_due(text, TODAY)


def test_what_nobody_answers_for_is_said_in_the_channel_on_its_day_and_each_week(
    session, ana, an_incident, nudged
):
    item = actions.create(session, an_incident, "x", by=ana, now=NOON)
    assert nudged(action_due, later(days=14)) == []
    [said] = nudged(action_due, later(days=15))
    assert (said.to, str(said)) == (
        None,
        "A-1 x (INC-1) is due today and nobody owns it. Take it: `/incident actions`",
    )
    assert nudged(action_due, later(days=15, hours=1)) == []
    assert "is 1 day late" in str(nudged(action_due, later(days=16))[0])
    assert nudged(action_due, later(days=17)) == []
    assert len(nudged(action_due, later(days=22))) == 1
    assert nudged(action_due, later(days=33)) == []  # a Saturday
    actions.done(session, item, "see", by=ana, now=later(days=34))
    assert nudged(action_due, later(days=50)) == []


def test_what_somebody_owns_is_no_matter_of_the_channel(session, ben, an_item, nudged):
    """Their own message of the day says it: tests/domain/test_reminding.py."""
    assert nudged(action_due, later(days=30)) == []
