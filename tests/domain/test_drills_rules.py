"""The rules of a drill as functions: what was expected, what happened, and how time runs."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drills import rules, scoring
from bot.domain.drills.course import Act, Course, Deed, Level
from bot.domain.drills.model import Expect, Rule, Scenario, length
from bot.domain.drills.rules import BadPace, State
from tests.conftest import NOON

LEVELS = {"sev1": Level(0, timedelta(minutes=5)), "sev2": Level(1, timedelta(minutes=15)), "sev3": Level(2)}
OFFSETS = st.integers(0, 240 * 60).map(lambda seconds: timedelta(seconds=seconds))
PACES = st.integers(rules.SLOWEST, rules.QUICKEST)


def minutes(number):
    return timedelta(minutes=number)


def expect(rule, **more):
    return Expect(key="it", what="It is done", rule=rule, **more)


def act(at, deed, what="", text="", promise=None):
    return Act(minutes(at), deed, what, text, promise and minutes(promise))


def course(*acts, ended=60, severity="sev2", **injected):
    keys = {key.replace("_", "-"): minutes(at) for key, at in injected.items()}
    return Course(acts, keys, minutes(ended), severity, LEVELS)


def judged(rule, *acts, **more):
    about = {name: more.pop(name) for name in list(more) if name in Expect.model_fields}
    found = rules.judge(expect(rule, **about), course(*acts, **more))
    return found.state, found.at and found.at / minutes(1)


MET, MISSED, OPEN = State.MET, State.MISSED, State.OPEN
TOLD, STATUS, NOTED, SEVERITY = Deed.TOLD, Deed.STATUS, Deed.NOTED, Deed.SEVERITY


@pytest.mark.parametrize(
    ("rule", "act", "more"),
    [
        (Rule.ACKNOWLEDGED, act(3, Deed.ACKNOWLEDGED), {}),
        (Rule.SEAT_TAKEN, act(3, Deed.SEATED, "commander"), {"role": "commander"}),
        (Rule.SEAT_TAKEN, act(3, Deed.HANDED_OFF, "commander"), {"role": "commander"}),
        (Rule.HANDED_OFF, act(3, Deed.HANDED_OFF, "commander"), {"role": "commander"}),
        (Rule.SEVERITY_RAISED, act(3, SEVERITY, "sev1"), {"to": "sev1"}),
        (Rule.STATUS_REACHED, act(3, STATUS, "identified"), {"status": "identified"}),
        (Rule.RESOLVED, act(3, STATUS, "resolved"), {}),
        (Rule.MENTIONED, act(3, NOTED, text="Deploy 4711 it is"), {"words": ["4711"]}),
        (Rule.MENTIONED, act(3, STATUS, "identified", "DEPLOY 4711"), {"words": ["deploy"]}),
        (Rule.ANSWERED, act(3, TOLD, text="By noon"), {}),
        (Rule.RUNBOOK_OPENED, act(3, Deed.RUNBOOK, "disk-full"), {"runbook": "disk-full"}),
        (Rule.ACTION_ADDED, act(3, Deed.ACTION, text="Alert on it"), {}),
        (Rule.PAGED, act(3, Deed.PAGED, "Checkout on-call"), {}),
        (Rule.FIRST_UPDATE, act(3, TOLD, text="We look into it"), {}),
        (Rule.WENT_ON, act(3, Deed.ACKNOWLEDGED), {}),
    ],
    ids=lambda value: str(value) if isinstance(value, Rule) else "",
)
def test_each_rule_is_met_in_time_missed_late_and_missed_when_nothing_happens(rule, act, more):
    assert judged(rule, act, within="3m", **more) == (MET, 3)
    assert judged(rule, act, within="2m", **more) == (MISSED, 3)
    assert judged(rule, within="5m", **more) == (MISSED, None)
    assert judged(rule, within="5m", ended=4, **more) == (OPEN, None)


def test_what_happened_before_the_reason_does_not_count():
    early = act(3, NOTED, text="yes")
    assert judged(Rule.ANSWERED, early, after="ask", within="5m", ask=4) == (MISSED, None)
    assert (
        judged(Rule.ANSWERED, early, act(8, NOTED, text="by noon"), after="ask", within="5m", ask=4)[0] == MET
    )


def test_what_the_drill_did_not_reach_counts_neither_way():
    assert judged(Rule.ANSWERED, after="ask", within="5m") == (OPEN, None)


def test_who_was_that_bad_already_need_not_raise_it():
    assert judged(Rule.SEVERITY_RAISED, act(2, SEVERITY, "sev1"), to="sev1", after="x", x=9) == (MET, 9)
    assert judged(Rule.SEVERITY_RAISED, severity="sev1", to="sev2") == (MET, timedelta() and 0)


def test_to_resolve_before_there_is_a_reason_is_too_early():
    assert judged(Rule.RESOLVED, act(9, STATUS, "resolved"), after="well") == (MISSED, 9)


def test_the_first_word_is_due_as_the_severity_promises():
    assert judged(Rule.FIRST_UPDATE, act(15, TOLD, text="x"))[0] == MET
    assert judged(Rule.FIRST_UPDATE, act(16, TOLD, text="x"))[0] == MISSED
    raised = act(4, SEVERITY, "sev1")
    assert judged(Rule.FIRST_UPDATE, raised, act(9, TOLD, text="x"))[0] == MET
    assert judged(Rule.FIRST_UPDATE, raised, act(10, TOLD, text="x"))[0] == MISSED
    assert judged(Rule.FIRST_UPDATE, act(10, TOLD, text="x"), severity="sev3")[0] == OPEN


def test_promises_are_kept_or_broken():
    first = act(5, TOLD, text="x", promise=20)
    assert judged(Rule.PROMISES_KEPT, first, act(25, TOLD, text="x"))[0] == MET
    assert judged(Rule.PROMISES_KEPT, first, act(26, TOLD, text="x")) == (MISSED, 26)
    assert judged(Rule.PROMISES_KEPT, first)[0] == MISSED
    assert judged(Rule.PROMISES_KEPT, first, ended=24)[0] == MET
    assert judged(Rule.PROMISES_KEPT)[0] == MISSED
    assert judged(Rule.PROMISES_KEPT, ended=3)[0] == OPEN


def test_a_herring_that_is_ruled_out_was_not_followed():
    about = {"after": "bait", "words": ["packet"], "within": "10m", "bait": 4}
    assert judged(Rule.NOT_FOLLOWED, act(6, NOTED, text="packet loss ruled out"), **about)[0] == MET
    assert judged(Rule.NOT_FOLLOWED, act(6, STATUS, "identified", "packet loss"), **about) == (MISSED, 6)
    assert judged(Rule.NOT_FOLLOWED, act(15, STATUS, "identified", "packet loss"), **about)[0] == MET
    any_turn = {"after": "bait", "within": "10m", "bait": 4}
    assert judged(Rule.NOT_FOLLOWED, act(6, SEVERITY, "sev1"), **any_turn)[0] == MISSED


def test_customers_are_not_told_what_stays_inside():
    assert judged(Rule.NOT_SAID, act(6, NOTED, text="Cardnet"), words=["cardnet"])[0] == MET
    assert judged(Rule.NOT_SAID, act(6, TOLD, text="It is Cardnet"), words=["cardnet"]) == (MISSED, 6)


def test_every_rule_has_one_judge():
    assert set(rules.FINDERS) | set(rules.JUDGES) == set(Rule)
    assert not set(rules.FINDERS) & set(rules.JUDGES)


def test_the_score_is_the_share_of_the_points_that_could_be_won():
    expects = [
        expect(Rule.ACKNOWLEDGED, within="5m", points=3),
        expect(Rule.PAGED, points=1),
        expect(Rule.ANSWERED, after="never", points=9),
    ]
    found = scoring.score(expects, course(act(2, Deed.ACKNOWLEDGED)))
    assert (found.met, found.asked, found.percent) == (1, 2, 75)
    assert scoring.score(expects[2:], course()).percent is None


# ---- for any time and any pace


@given(OFFSETS, PACES)
def test_the_clock_and_the_drill_agree(offset, pace):
    moment = rules.moment_of(NOON, offset, pace)
    assert abs(rules.drill_time(NOON, moment, pace) - offset) <= timedelta(microseconds=pace)


@given(OFFSETS, OFFSETS, PACES)
def test_time_never_runs_backwards(one, other, pace):
    early, late = sorted(rules.moment_of(NOON, each, pace) for each in (one, other))
    assert rules.drill_time(NOON, early, pace) <= rules.drill_time(NOON, late, pace)
    assert rules.drill_time(NOON, NOON - one, pace) == timedelta()


@given(st.lists(st.integers(0, 59), min_size=1, max_size=9), st.lists(OFFSETS, max_size=9))
def test_each_cue_is_played_once_whenever_somebody_looks(moments, looks):
    injects = [{"key": f"k{n}", "at": f"{at}m", "kind": "hint", "text": "x"} for n, at in enumerate(moments)]
    injects.append({"key": "gone", "at": "7m", "kind": "away", "lasts": "5m", "text": "x"})
    given = {"key": "a", "what": "x", "rule": "acknowledged"}
    told = {"name": "x", "title": "x", "summary": "x", "about": ["x"], "minutes": 60}
    scenario = Scenario(**told, inject=injects, expect=[given])
    played = []
    for look in [*sorted(looks), minutes(60)]:
        now = rules.due(scenario, look, set(played))
        assert all(cue.at <= look for cue in now)
        played += [cue.key for cue in now]
    assert played == [cue.key for cue in rules.cues(scenario)]
    assert len(played) == len(set(played)) == len(moments) + 2


@given(st.integers(0, 90), st.integers(1, 60), st.integers(1, 90))
def test_in_time_late_or_open_and_nothing_else(at, within, ended):
    found = rules.by_deadline(minutes(at) if at <= ended else None, minutes(within), minutes(ended))
    in_time = at <= min(within, ended)
    assert (found.state is MET) == in_time
    assert (found.state is OPEN) == (at > ended and ended < within)


@given(st.lists(st.sampled_from(list(State)), max_size=12), st.data())
def test_a_score_lies_between_none_and_all(states, data):
    points = data.draw(st.lists(st.integers(1, 10), min_size=len(states), max_size=len(states)))
    judged = [scoring.Judged("k", "x", number, state) for number, state in zip(points, states, strict=True)]
    found = scoring.Score(tuple(judged))
    assert (found.percent is None) == (found.asked == 0)
    assert found.percent is None or 0 <= found.percent <= 100
    assert scoring.read([one.kept() for one in judged]) == found


@pytest.mark.parametrize(("said", "pace"), [("1", 1), ("10x", 10), (" 60 ", 60), (5, 5)])
def test_a_pace_is_understood(said, pace):
    assert rules.check_pace(said) == pace


@pytest.mark.parametrize("said", ["0", "61", "-1", "2.5", "fast", "", "1000000"])
def test_a_pace_that_makes_no_sense_is_refused(said):
    with pytest.raises(BadPace, match="from 1"):
        rules.check_pace(said)


def test_a_span_of_days_makes_no_drill():
    assert length("1h") == minutes(60)
    with pytest.raises(ValueError, match="minutes and hours"):
        expect(Rule.ACKNOWLEDGED, within="3bd")
