"""On which days something is said: pure rules, tried with whatever days and settings there may be."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.company import Company
from bot.domain.nudges import Owed, how_late
from bot.domain.reminding import rules

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
moments = st.builds(
    lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + hours * timedelta(hours=1), st.integers(0, 26_000)
)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
)
spans = st.sampled_from(["1d", "2d", "7d", "14d", "30d", "2bd", "5bd"])


def company(**given):
    return Company.model_validate(given)


def owed(due=MONDAY, **more):
    return Owed("action", 1, 7, due, to=3, team="payments", **more)


def said_on(one, first, last, of=None):
    """The days on which a new step is reached, if every day is asked."""
    found, before, day = [], None, first
    while day <= last:
        step = rules.stage(of or Company(), one, day)
        if step is not None and step != before:
            found.append((day - one.due).days)
        before, day = step, day + DAY
    return found


def test_before_on_the_day_and_in_widening_steps():
    assert said_on(owed(), MONDAY - 9 * DAY, MONDAY + 36 * DAY) == [-2, 0, 1, 3, 7, 14, 21, 28, 35]


def test_what_was_promised_yesterday_for_tomorrow_is_not_said_ahead():
    assert said_on(owed(since=MONDAY - DAY), MONDAY - 9 * DAY, MONDAY) == [0]


@given(days, days, st.integers(0, 100), spans)
@settings(max_examples=40, deadline=None)
def test_a_step_never_goes_back_and_comes_at_most_once_a_day(due, start, length, every):
    of = company(reminders={"overdue_every": every})
    seen = said_on(owed(due), start, start + length * DAY, of)
    assert seen == sorted(set(seen))


@given(days, st.integers(1, 100))
@settings(max_examples=40, deadline=None)
def test_what_rests_is_silent_until_its_day_and_then_is_heard(due, length):
    rest = due + length * DAY
    one = owed(due, quiet_until=rest)
    assert said_on(one, due - 9 * DAY, rest - DAY) == []
    assert rules.stage(Company(), one, rest) is not None
    assert rules.escalated(Company(), one, rules.TEAM, rest - DAY) is None


@given(days, st.integers(0, 150))
@settings(max_examples=40, deadline=None)
def test_nothing_late_is_silent_for_longer_than_the_interval(due, late):
    seen = said_on(owed(due), due, due + late * DAY)
    gaps = [b - a for a, b in zip(seen, [*seen[1:], late], strict=True)]
    assert max(gaps) <= 7


@given(days, st.integers(-30, 200))
def test_the_team_hears_before_its_manager_and_neither_before_it_is_late(due, late):
    today = due + late * DAY
    team = rules.escalated(Company(), owed(due), rules.TEAM, today)
    manager = rules.escalated(Company(), owed(due), rules.MANAGER, today)
    assert (team is not None) == (late >= 7)
    assert (manager is not None) == (late >= 14)


@given(days, spans)
def test_business_days_lead_to_a_working_day(day, text):
    of = company(workspace={"holidays": [MONDAY, MONDAY + DAY]})
    span = of.span(text)
    there = rules.shifted(of, day, span)
    if span.business_days:
        assert rules.is_workday(of, there)
    assert there > day > rules.shifted(of, day, span, -1)


@given(
    moments,
    st.sampled_from(rules.DAYS),
    st.integers(0, 23),
    zones,
    st.lists(days, max_size=9),
)
@settings(max_examples=150, deadline=None)
def test_a_weekly_slot_is_at_the_hour_that_was_chosen_where_the_person_lives(at, day, hour, zone, holidays):
    of, now = company(workspace={"holidays": holidays}), at
    found = rules.week_slot(of, f"{day} {hour:02d}:00", zone, now)
    if found is None:
        return
    moment = found[1].astimezone(ZoneInfo(zone))
    assert timedelta() <= now - found[1] < rules.CAUGHT_UP_FOR
    assert moment.date() not in holidays
    assert moment.hour in (hour, hour + 1)  # the one that the clocks leave out is the one after it
    if not holidays:
        assert rules.DAYS[moment.weekday()] == day


@given(days, zones, st.sampled_from(rules.DAYS), st.integers(0, 23))
@settings(max_examples=10, deadline=None)
def test_each_week_has_one_slot_however_often_the_clock_asks(first, zone, day, hour):
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    asked = (start + timedelta(hours=3 * n) for n in range(8 * 28))
    found = {slot for now in asked if (slot := rules.week_slot(Company(), f"{day} {hour:02d}:00", zone, now))}
    assert len({week for week, _ in found}) == len(found)
    assert 4 <= len(found) <= 5


@given(moments, zones, st.integers(1, 28))
def test_a_month_is_told_on_a_working_day(at, zone, day):
    found = rules.month_slot(Company(), f"{day} 09:00", zone, at)
    if found:
        local = found[1].astimezone(ZoneInfo(zone))
        assert local.weekday() < 5
        assert local.hour == 9


@pytest.mark.parametrize(
    ("said", "meant"), [("mon 09:00", "mon 09:00"), ("Friday 16:30", "fri 16:30"), ("TUE 9", "tue 09:00")]
)
def test_a_day_and_an_hour_are_read_as_people_write_them(said, meant):
    assert rules.weekly(said) == meant


@pytest.mark.parametrize("said", ["", "mon", "09:00", "someday 09:00", "mon 25:00", "mon nine"])
def test_what_is_no_hour_is_refused_with_an_example(said):
    with pytest.raises(rules.BadWeekly, match="mon 09:00"):
        rules.weekly(said)


def test_ages_are_four_bars_of_text():
    shown = rules.bars(rules.by_age([0, 3, 7, 8, 400]))
    assert shown.splitlines() == [
        "0-7    ████████████  3",
        "8-30   ████░░░░░░░░  1",
        "31-90  ░░░░░░░░░░░░  0",
        ">90    ████░░░░░░░░  1",
    ]


@given(st.lists(st.integers(0, 10_000)))
def test_a_chart_counts_everything_once_and_no_bar_is_longer_than_its_place(ages):
    groups = rules.by_age(ages)
    assert sum(count for _, count in groups) == len(ages)
    for line, (_, count) in zip(rules.bars(groups).splitlines(), groups, strict=True):
        assert line.count(rules.BAR) + line.count(rules.EMPTY) == rules.WIDTH
        assert (line.count(rules.BAR) > 0) == (count > 0)


def test_days_in_words():
    told = [how_late(MONDAY, MONDAY + days * DAY) for days in (-2, -1, 0, 1, 9)]
    assert told == ["due Mon (in 2 days)", "due Mon (tomorrow)", "due today", "1 day late", "9 days late"]
