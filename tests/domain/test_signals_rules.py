"""A spike, a drift, a quiet night, a daily and a weekly rhythm, missing data: made by generators."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.signals import rules
from bot.domain.signals.course import MOST_RECENT, MOST_VALUES, Course, Tally, kept, restored
from bot.domain.signals.rules import Kind

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Play:
    """A series that runs: `value(at)` is a sample, or None where there is none."""

    def __init__(self, value, *, every=10, worse="up"):
        self.value, self.every = value, every * MINUTE
        self.course = Course(since=rules.hour_of(MONDAY), worse=worse)
        self.at, self.kept, self.turns, self.samples = MONDAY, {}, [], 0

    def history(self, hours):
        return {hour: self.kept[hour] for hour in hours if hour in self.kept}

    def run(self, days=0.0, **span):
        """Go on for so long; answers what began or ended meanwhile, with the number of samples until then."""
        end, before, count = self.at + timedelta(days=days, **span), len(self.turns), self.samples
        while self.at < end:
            self.step()
        return [(turn, n - count) for turn, n in self.turns[before:]]

    def step(self):
        found = self.course.look(self.at, MONDAY, self.history)
        value = self.value(self.at)
        if value is not None:
            self.samples += 1
            found += self.course.take(self.at, value, self.history)
        for bucket in self.course.closed:
            self.kept[bucket.hour] = bucket
        self.course.closed.clear()
        self.turns += [(turn, self.samples) for turn in found]
        self.at += self.every

    def began(self):
        return [turn.kind for turn, _ in self.turns if not turn.is_over]


def rhythm(seed=1, *, noise=0.15, days=0.1, swing=0.6, weekend=0.5, usual=40.0):
    """Seconds of lag: busy in the afternoon, calm at night and at the weekend; no two days are the same."""
    dice, by_day = random.Random(seed), {}

    def value(at):
        day = by_day.setdefault(at.toordinal(), math.exp(dice.gauss(0, days)))
        hour = at.hour + at.minute / 60
        busy = 1 + swing * math.sin((hour - 9) / 24 * 2 * math.pi)
        calm = weekend if at.weekday() >= 5 else 1
        return usual * busy * calm * day * math.exp(dice.gauss(0, noise))

    return value


def learnt(value, days=15, **how):
    play = Play(value, **how)
    play.run(days=days)
    assert play.began() == []
    return play


# ---- what must be found


@pytest.mark.parametrize("hour", [3, 15])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_spike_is_found_within_two_samples(seed, hour):
    play = learnt(usual := rhythm(seed))
    play.run(hours=hour)
    play.value = lambda at: 5 * usual(at)
    [(turn, samples)] = play.run(minutes=30)
    assert (turn.kind, turn.is_over, samples) == (Kind.SPIKE, False, 2)
    assert turn.at == play.at - 3 * play.every  # when the first of the two was there


def test_one_sample_alone_is_no_spike():
    play = learnt(usual := rhythm())
    play.value = lambda at: 9 * usual(at) if at.minute == 0 else usual(at)
    assert play.run(hours=5) == []


def test_it_is_one_case_until_it_is_like_usual_again():
    play = learnt(usual := rhythm())
    play.value = lambda at: 6 * usual(at)
    assert [turn.is_over for turn, _ in play.run(hours=6)] == [False]
    play.value = usual
    [(turn, samples)] = play.run(hours=6)
    assert (turn.kind, turn.is_over, samples) == (Kind.SPIKE, True, 3)


def test_a_drift_is_found_within_hours():
    """A tenth more each hour for six hours: no single sample is far out."""
    play = learnt(usual := rhythm(noise=0.1, days=0.03), days=22)
    start = play.at
    play.value = lambda at: usual(at) * min(1.6, 1 + (at - start).total_seconds() / 36000)
    [(turn, samples), *_] = play.run(hours=12)
    assert turn.kind == Kind.DRIFT
    assert samples <= 8 * 6 + 1  # hours, of six samples each


def test_a_throughput_that_falls_is_found_where_down_is_worse():
    play = learnt(usual := rhythm(usual=4000), worse="down")
    play.value = lambda at: usual(at) / 20
    [(turn, samples)] = play.run(minutes=30)
    assert (turn.kind, samples) == (Kind.SPIKE, 2)


def test_which_way_is_bad_is_what_counts():
    play = learnt(usual := rhythm(usual=4000), worse="down")
    play.value = lambda at: usual(at) * 20
    assert play.run(hours=5) == []


def test_missing_data_is_a_kind_of_its_own_and_ends_when_it_is_there_again():
    play = learnt(usual := rhythm())
    play.run(hours=14)
    last = play.at - play.every
    play.value = lambda _: None
    [(turn, _)] = play.run(hours=3)
    assert (turn.kind, turn.at) == (Kind.MISSING, last)
    play.value = usual
    [(turn, samples)] = play.run(hours=1)
    assert (turn.kind, turn.is_over, samples) == (Kind.MISSING, True, 1)


# ---- what must not


def office(at):
    """Nothing at night and at the weekend, as of a shop that is shut."""
    return 20.0 + at.minute / 10 if at.weekday() < 5 and 7 <= at.hour < 19 else None


def test_a_quiet_night_is_not_missing_and_a_quiet_day_is():
    play = learnt(office, days=21)
    play.run(hours=12)  # noon on a Monday
    play.value = lambda _: None
    [(turn, _)] = play.run(hours=2)
    assert turn.kind == Kind.MISSING


def test_a_night_with_less_to_do_does_not_cry_wolf():
    play = Play(rhythm(swing=0.95, weekend=0.1), worse="both")
    play.run(days=21)
    assert play.began() == []


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_the_first_weekend_and_the_first_monday_do_not_cry_wolf(seed):
    play = Play(rhythm(seed, weekend=5.0, noise=0.2))
    play.run(days=9)
    assert play.began() == []


@pytest.mark.parametrize(
    ("how", "worse"),
    [
        ({}, "both"),
        ({"noise": 0.05, "days": 0.02}, "both"),
        ({"noise": 0.4, "days": 0.2}, "up"),
        ({"weekend": 3.0, "swing": 0.9}, "both"),
    ],
)
def test_sixty_days_of_a_daily_and_a_weekly_rhythm_without_a_false_alarm(how, worse):
    play = Play(rhythm(7, **how), worse=worse)
    play.run(days=60)
    assert play.began() == []


def test_gaps_between_samples_that_come_as_they_like_are_not_missing():
    dice = random.Random(5)
    play = Play(lambda at: 30 + dice.random() if dice.random() < 0.4 else None, every=5)
    play.run(days=30)
    assert play.began() == []


def test_a_series_that_never_moves_is_not_alarmed_by_a_breath():
    play = learnt(lambda _: 10.0)
    play.value = lambda _: 11.0
    assert play.run(hours=5) == []


def test_what_a_case_saw_does_not_become_usual():
    """A bad hour each afternoon of a week is found each afternoon."""
    play = learnt(usual := rhythm(noise=0.1, days=0.05), days=15)
    play.value = lambda at: usual(at) * (6 if at.hour == 14 else 1)
    play.run(days=5)
    assert play.began() == [Kind.SPIKE] * 5


def test_until_enough_is_known_nothing_is_said():
    play = Play(rhythm())
    play.run(days=2)
    play.value = lambda _: 4000.0
    assert play.run(hours=4) == []


def test_while_nobody_listened_nothing_is_missing():
    play = learnt(rhythm())
    now = play.at + timedelta(hours=5)
    assert play.course.look(now, now - 5 * MINUTE, play.history) == []
    assert [turn.kind for turn in play.course.look(now, MONDAY, play.history)] == [Kind.MISSING]


def test_what_is_taken_as_usual_is_learnt_anew():
    play = learnt(usual := rhythm())
    play.value = lambda at: 6 * usual(at)
    play.run(hours=2)
    play.course.accept(rules.hour_of(play.at))
    play.turns.clear()
    play.run(days=16)
    assert play.began() == []
    play.value = lambda at: 30 * usual(at)
    assert [turn.kind for turn, _ in play.run(minutes=20)] == [Kind.SPIKE]


# ---- properties


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=400))
@settings(max_examples=60, deadline=None)
def test_an_hour_is_bounded_and_its_numbers_are_in_order(values):
    tally = Tally(1)
    for value in values:
        tally.add(value, 1.0)
    bucket = tally.bucket(odd=False)
    assert len(tally.values) <= MOST_VALUES
    assert (bucket.count, bucket.bottom, bucket.top) == (len(values), min(values), max(values))
    assert bucket.bottom <= bucket.low <= bucket.middle <= bucket.high <= bucket.top


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(0, 1e9), st.booleans()), min_size=1, max_size=120))
@settings(max_examples=60, deadline=None)
def test_a_course_survives_being_written_down_after_any_sample(steps):
    """A restart between any two samples changes nothing."""
    straight, broken, at = Course(since=0), Course(since=0), MONDAY
    for minutes, value, restart in steps:
        at += minutes * MINUTE
        if restart:
            broken = restored(kept(broken), since=broken.since, last_at=broken.last_at, open=broken.open)
            broken.normal_of = -1
        assert straight.take(at, value, lambda _: {}) == broken.take(at, value, lambda _: {})
    assert kept(straight) == kept(broken)
    assert len(straight.recent) <= MOST_RECENT


@given(st.floats(1e-6, 1e9), st.floats(0, 0.3), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_what_is_usual_does_not_depend_on_the_unit(scale, noise, seed):
    """The same series in seconds, minutes or hours has the same verdicts."""
    hours = [rules.hour_of(MONDAY) + n for n in range(15 * 24)]
    dice = random.Random(seed)
    buckets = {}
    for hour in hours:
        middle = math.exp(dice.gauss(0, noise))
        low, high = middle * 0.9, middle * 1.1
        buckets[hour] = rules.Bucket(hour, 6, low, middle, high, low, high, 600)
    scaled = {
        hour: rules.Bucket(
            hour, 6, *(part * scale for part in (b.low, b.middle, b.high, b.bottom, b.top)), 600
        )
        for hour, b in buckets.items()
    }
    one, other = (rules.normal(each, hours[-1] + 1, hours[0]) for each in (buckets, scaled))
    for value in (0.1, 1, 1.5, 2, 3, 5, 10):
        if not math.isclose(value, one.up.limit, rel_tol=1e-6):
            assert rules.is_far(one, value, 1) == rules.is_far(other, value * scale, 1)
