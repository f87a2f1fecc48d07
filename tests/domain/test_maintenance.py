"""Maintenance: begins and ends by the clock, each once; what is nonsense is refused with a sentence."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import components, maintenance
from bot.domain.maintenance import Plan, Stage, asking
from bot.lib.errors import Refused
from bot.lib.facts import Event
from tests.conftest import NOON
from tests.domain.conftest import later

HOUR = timedelta(hours=1)


@pytest.fixture
def planned(session, ana):
    return maintenance.schedule(
        session, "Database upgrade", NOON + HOUR, NOON + 2 * HOUR, by=ana, now=NOON, affects=["Paying"]
    )


def kinds(session):
    return [each.kind for each in session.exec(select(Event).order_by(Event.id)) if "Maint" in each.kind]


def test_it_begins_and_ends_by_the_clock_and_its_components_with_it(session, planned):
    assert maintenance.waiting(session, later(minutes=59)) == []
    for minutes, stage, state in (
        (60, "in_progress", "under_maintenance"),
        (120, "completed", "operational"),
    ):
        now = later(minutes=minutes)
        assert maintenance.waiting(session, now) == [planned.id]
        assert maintenance.advance(session, planned.id, now=now) == 1
        assert (planned.stage, components.now(session)["paying"]) == (stage, state)
    assert kinds(session) == ["MaintenanceScheduled", "MaintenanceBegan", "MaintenanceCompleted"]


def test_however_many_clocks_strike_it_begins_once(session, planned):
    assert [maintenance.advance(session, planned.id, now=later(hours=1)) for _ in range(3)] == [1, 0, 0]
    assert kinds(session).count("MaintenanceBegan") == 1


def test_what_fell_into_a_time_without_us_is_dated_as_it_was_planned(session, planned):
    assert maintenance.advance(session, planned.id, now=later(hours=9)) == 2
    [*_, under, after] = components.history(session, NOON, later(hours=9))["paying"]
    assert (under.start, under.end, under.state) == (later(hours=1), later(hours=2), "under_maintenance")
    assert after.state == "operational"


def test_it_is_extended_told_and_completed_by_hand(session, planned, ana):
    maintenance.begin(session, planned, by=ana, now=later(minutes=30))
    asking.extend(session, planned, "30m", by=ana, now=later(minutes=40))
    assert planned.ends_at == later(minutes=150)
    maintenance.tell(session, planned, "Half of it is done.", by=ana, now=later(minutes=50))
    assert maintenance.waiting(session, later(minutes=120)) == []
    maintenance.complete(session, planned, "Done.", by=ana, now=later(minutes=100))
    said = [word.message for word in maintenance.words_of(session, [planned])[planned.id]]
    assert said == [
        "Done.",
        "Half of it is done.",
        "It goes on until 2026-03-02 14:30 UTC.",
        "The maintenance has begun.",
    ]
    assert maintenance.advance(session, planned.id, now=later(hours=9)) == 0


def test_what_is_cancelled_never_begins(session, planned, ana):
    maintenance.cancel(session, planned, "We need another week.", by=ana, now=NOON)
    assert maintenance.waiting(session, later(hours=9)) == []
    assert planned.stage == Stage.CANCELLED


@pytest.mark.parametrize(
    ("starts", "ends", "says"),
    [
        ("2026-03-01 22:00", "2h", "is over. Name a start in the future"),
        ("22:00", "2026-03-02 21:00", "not after its start"),
        ("22:00", "40d", "31 days at the most"),
        ("2028-01-01 10:00", "2h", "400 days ahead"),
        ("soon", "2h", "is no time"),
        ("22:00", "", "Say when it starts and when it ends"),
    ],
)
def test_times_that_make_no_sense_are_refused(session, ana, starts, ends, says):
    with pytest.raises(Refused, match=says):
        maintenance.plan(session, Plan("Upgrade", starts, ends), by=ana, now=NOON)
    assert maintenance.page(session) == []


def test_a_component_that_is_not_there_is_refused_with_those_that_are(session, ana):
    with pytest.raises(Refused, match=r"'Checkin' is no component\. Choose one of: Paying"):
        maintenance.plan(session, Plan("Upgrade", "22:00", "2h", ("Checkin",)), by=ana, now=NOON)


def test_without_a_title_nothing_is_planned(session, ana):
    with pytest.raises(Refused, match="title is empty"):
        maintenance.plan(session, Plan("  ", "22:00", "2h"), by=ana, now=NOON)


def test_what_is_over_cannot_be_done_again(session, planned, ana):
    maintenance.cancel(session, planned, by=ana, now=NOON)
    for deed in asking.DEEDS:
        with pytest.raises(Refused, match="M-1 is cancelled already"):
            asking.do(session, planned, deed, "22:00", by=ana, now=NOON)


def test_a_guest_plans_nothing(session, ana):
    ana.is_guest = True
    with pytest.raises(Refused, match="guest"):
        maintenance.plan(session, Plan("Upgrade", "22:00", "2h"), by=ana, now=NOON)


def test_a_bare_time_is_the_next_such_moment_where_one_is():
    assert maintenance.moment_ahead("11:00", now=NOON) == NOON + timedelta(hours=23)
    assert maintenance.moment_ahead("14:30", now=NOON, zone="Europe/Berlin") == NOON + timedelta(minutes=90)
    assert maintenance.span_or_moment("01:00", later(hours=10), now=NOON) == later(hours=13)
