"""What becomes of a promise: moved for a reason, put off, blocked, left to another, judged after a while."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import actions, people
from bot.domain.actions import Wording, doubts
from bot.domain.company import Company, Policy, Service, Team
from bot.domain.people import Introduction
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later

TODAY = date(2026, 3, 2)
COMPANY = Company(
    teams=(Team(key="payments", name="Payments", manager="mia@example.com"),),
    services=(Service(key="checkout", name="Checkout", team="payments"),),
    policies=(
        Policy(severities=("sev1",), priorities=("high",), assigned_within="1bd", done_within="5bd"),
        Policy(teams=("payments",), assigned_within="3d"),
    ),
)


@pytest.fixture
def courier(courier):
    courier.info["company"] = COMPANY
    return courier


@pytest.fixture
def item(session, ana, ben, an_incident):
    return actions.create(session, an_incident, "Alert on errors", by=ana, now=NOON, owner=ben)


def test_team_and_dates_follow_from_service_and_policy(session, ana, an_incident, item):
    assert (item.team, item.assign_by, item.due) == ("payments", date(2026, 3, 5), date(2026, 3, 17))

    urgent = actions.create(session, an_incident, "x", by=ana, now=NOON, priority="high")
    assert (urgent.assign_by, urgent.due) == (date(2026, 3, 3), date(2026, 3, 9))


def test_a_later_day_needs_a_reason_and_every_move_is_counted(session, ben, item):
    with pytest.raises(Refused, match="Say why A-1 moves from 2026-03-17 to 2026-03-20"):
        actions.move(session, item, date(2026, 3, 20), by=ben, now=NOON)
    actions.move(session, item, date(2026, 3, 20), by=ben, now=NOON, why="the vendor is late")
    actions.move(session, item, date(2026, 3, 19), by=ben, now=NOON)

    assert (item.moved, item.due, item.first_due) == (2, date(2026, 3, 19), date(2026, 3, 17))


def test_words_change_with_before_and_after(session, ana, item):
    new = Wording(title="Page on errors", outcome="The drill pages within 2 min", team="", kind="detect")
    assert actions.describe(session, item, new, by=ana, now=NOON)
    assert not actions.describe(session, item, new, by=ana, now=NOON)

    told = {fact.field: (fact.old, fact.new) for fact in changes(session, item)}
    assert told == {
        "title": ("Alert on errors", "Page on errors"),
        "outcome": ("", "The drill pages within 2 min"),
        "team": ("payments", ""),
        "kind": ("mitigate", "detect"),
    }


def changes(session, item):
    return [row.fact for row in actions.history(session, item) if row.kind == "ActionChanged"]


def test_an_unknown_team_is_refused_with_the_known_ones(session, ana, item):
    with pytest.raises(Refused, match="payments"):
        actions.describe(session, item, Wording(team="paymnets"), by=ana, now=NOON)


def test_what_is_blocked_stays_due_and_goes_on(session, ben, item):
    actions.block(session, item, "waits for the vendor", by=ben, now=NOON)
    assert (item.status, item.blocked_reason) == ("blocked", "waits for the vendor")
    assert item.is_late(date(2026, 4, 1))
    assert actions.start(session, item, by=ben, now=NOON)
    assert (item.status, item.blocked_reason) == ("in_progress", "")


@pytest.mark.parametrize("days", [0, -1, 15])
def test_reminders_rest_for_some_days_only(session, ben, item, days):
    with pytest.raises(Refused, match="To promise another day, move it"):
        actions.snooze(session, item, TODAY + timedelta(days=days), "busy", by=ben, now=NOON)
    assert item.snoozed == 0


def test_snoozes_are_counted_and_the_promise_stands(session, ben, item):
    actions.snooze(session, item, date(2026, 3, 5), "on leave", by=ben, now=NOON)
    actions.snooze(session, item, date(2026, 3, 9), "on leave", by=ben, now=NOON)
    assert (item.snoozed, item.snoozed_until, item.due) == (2, date(2026, 3, 9), date(2026, 3, 17))


def test_another_item_stands_for_a_duplicate(session, ana, ben, an_incident, item):
    other = actions.create(session, an_incident, "Page on errors", by=ana, now=NOON)
    with pytest.raises(Refused, match="cannot stand for itself"):
        actions.duplicate(session, item, item, by=ana, now=NOON)
    actions.duplicate(session, item, other, by=ana, now=NOON)

    assert item.is_settled
    with pytest.raises(Refused, match="A-1 is duplicate itself"):
        actions.duplicate(session, other, item, by=ana, now=NOON)


def test_what_is_urgent_is_asked_again_after_it_was_declined(session, ana, ben, cy, an_incident, item):
    urgent = actions.create(session, an_incident, "x", by=ana, now=NOON, owner=ben, priority="high")
    for one in (item, urgent):
        actions.decline(session, one, "too dear", approver=cy, by=ben, now=NOON)
    assert (item.ask_again_on, urgent.ask_again_on) == (None, TODAY + timedelta(days=90))


def test_what_did_not_help_is_opened_again(session, ana, ben, item):
    with pytest.raises(Refused, match="must be verified first"):
        actions.judge(session, item, "holds", by=ana, now=NOON)
    actions.done(session, item, "see the drill", by=ben, now=NOON)
    actions.verify(session, item, by=ana, now=NOON)
    with pytest.raises(Refused, match="The reason is missing"):
        actions.judge(session, item, "failed", by=ana, now=NOON)
    actions.judge(session, item, "failed", "it stayed silent yesterday", by=ana, now=later(days=30))

    assert (item.status, item.effect, item.reopened) == ("open", "failed", 1)


def test_the_manager_answers_for_an_owner_who_left(session, ben, item):
    mia = people.of_email(session, "mia@example.com", "Mia")
    assert actions.responsible(session, item) == ben
    people.introduce(session, Introduction("U0BEN", "Ben", is_active=False))
    assert actions.responsible(session, item).id == mia.id


def test_the_history_holds_every_change_in_order(session, ana, ben, an_incident, item):
    actions.create(session, an_incident, "another", by=ana, now=NOON)
    actions.start(session, item, by=ben, now=NOON)
    actions.done(session, item, "here", by=ben, now=NOON)
    kinds = [row.kind for row in actions.history(session, item)]
    assert kinds == ["ActionCreated", "ActionStarted", "ActionDone"]


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Investigate the pool", "When is 'investigate' finished"),
        ("Monitoring of checkout", "Begin with a verb"),
        ("The retries without a limit", "Begin with a verb"),
        ("Rotate keys", "how does one see that it is done"),
        ("Alert on the error rate after a deploy", None),
        ("Bring the second region into the failover drill", None),
    ],
)
def test_vague_words_are_questioned_with_an_example(title, asked):
    found = doubts(title)
    assert (asked in found[0].said and found[0].example) if asked else not found


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_words_get_at_most_one_question(title, outcome):
    assert len(doubts(title, outcome)) <= 1
