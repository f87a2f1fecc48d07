"""Milestones are never in the wrong order, whatever anybody says, and each correction leaves a trace."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents import Milestone, Report, Status
from bot.domain.incidents.facts import MilestoneSet
from bot.domain.incidents.moments import parse_moment
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from tests.conftest import NOON
from tests.domain.conftest import COMPANY, later

ACTS = st.one_of(
    st.sampled_from(["acknowledge", "resolve", "reopen", "close", "cancel"]).map(lambda verb: (verb,)),
    st.tuples(st.just("status"), st.sampled_from([*incidents.LIVE, Status.RESOLVED])),
    st.tuples(st.just("set"), st.sampled_from(list(Milestone)), st.integers(-90, 90)),
)
SECONDS = st.integers(-30, 600)  # clocks of two replicas may disagree a little


def act(session, incident, what, by, now):
    match what:
        case ("acknowledge",):
            incidents.acknowledge(session, incident, by=by, now=now)
        case ("resolve",):
            incidents.resolve(session, incident, by=by, now=now)
        case ("reopen",):
            incidents.reopen(session, incident, "again", by=by, now=now)
        case ("cancel",):
            incidents.cancel(session, incident, "no", by=by, now=now)
        case ("close",):
            incidents.close(session, incident, by=by, now=now)
        case ("status", new):
            incidents.set_status(session, incident, new, by=by, now=now)
        case ("set", milestone, minutes):
            at = NOON + timedelta(minutes=minutes)
            incidents.set_milestone(session, incident, milestone, at, by=by, now=now)


def moments(incident):
    return [at for milestone in Milestone if (at := incident.moment(milestone))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(ACTS, SECONDS), max_size=14),
    st.sampled_from(["sev1", "sev4"]),
    st.integers(-60, 60),
    st.integers(-60, 60),
)
def test_milestones_are_in_order_after_any_sequence_of_verbs(engine, acts, severity, detected, started):
    with Session(engine, expire_on_commit=False) as session:
        session.info.update(listeners=Listeners(), company=COMPANY)
        ana, now = people.of_slack(session, "U0ANA", "Ana"), NOON
        report = Report(
            "Down",
            severity,
            detected_at=NOON + timedelta(minutes=detected),
            impact_started_at=NOON + timedelta(minutes=started),
        )
        incident = incidents.declare(session, report, by=ana, now=now)
        assert moments(incident) == sorted(moments(incident))
        for what, seconds in acts:
            now += timedelta(seconds=seconds)
            before = moments(incident)
            try:
                act(session, incident, what, ana, now)
            except Refused:
                assert moments(incident) == before
            assert moments(incident) == sorted(moments(incident)), what
        session.rollback()


def test_impact_that_started_after_its_detection_is_believed_no_later(session, ana):
    report = Report("Down", detected_at=later(minutes=-20), impact_started_at=later(minutes=-10))
    incident = incidents.declare(session, report, by=ana, now=NOON)
    assert incident.impact_started_at <= incident.detected_at <= incident.declared_at


def test_a_correction_leaves_a_trace(session, ana, an_incident, facts):
    assert incidents.set_milestone(
        session, an_incident, Milestone.DETECTED, later(minutes=-4), by=ana, now=NOON, why="The graph says so"
    )
    assert an_incident.detected_at == later(minutes=-4)
    [fact] = facts(an_incident, MilestoneSet)
    assert str(fact) == "set detected to 2026-03-02 11:56 UTC (was 2026-03-02 12:00 UTC). The graph says so"


def test_saying_the_same_changes_nothing(session, ana, an_incident, facts):
    assert not incidents.set_milestone(
        session, an_incident, Milestone.DETECTED, NOON, by=ana, now=later(hours=1)
    )
    assert facts(an_incident, MilestoneSet) == []


@pytest.mark.parametrize(
    ("milestone", "minutes", "answer"),
    [
        (Milestone.IMPACT_STARTED, 1, "cannot lie after detected"),
        (Milestone.ACKNOWLEDGED, -1, "cannot lie before detected"),
        (Milestone.ACKNOWLEDGED, 61, "cannot lie in the future"),
        (Milestone.RESOLVED, 5, "Say so first: /incident resolve"),
        (Milestone.CLOSED, 5, "Say so first: /incident close"),
    ],
)
def test_a_wrong_order_is_refused_and_says_which(session, ana, an_incident, milestone, minutes, answer):
    with pytest.raises(Refused, match=answer):
        incidents.set_milestone(
            session, an_incident, milestone, later(minutes=minutes), by=ana, now=later(minutes=60)
        )


def test_a_milestone_is_known_by_its_words():
    assert Milestone.parse("Impact started") is Milestone.IMPACT_STARTED
    with pytest.raises(Refused, match="impact_started, detected, declared"):
        Milestone.parse("lunch")


def test_monitoring_means_mitigated_and_going_back_takes_it_back(session, ana, an_incident):
    incidents.set_status(session, an_incident, Status.MONITORING, by=ana, now=later(minutes=9))
    assert an_incident.mitigated_at == later(minutes=9)
    incidents.set_status(session, an_incident, Status.IDENTIFIED, by=ana, now=later(minutes=12))
    assert an_incident.mitigated_at is None


def test_resolving_means_mitigated_too(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=43))
    assert an_incident.mitigated_at == an_incident.resolved_at == later(minutes=43)


def test_a_reopening_takes_the_end_back(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=43))
    incidents.reopen(session, an_incident, "It is back", by=ana, now=later(minutes=50))
    assert (an_incident.mitigated_at, an_incident.resolved_at, an_incident.status) == (
        None,
        None,
        "investigating",
    )


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_day_at_either_end_of_the_calendar_is_refused(session, ana, an_incident, text, zone):
    def said():
        at = parse_moment(text, now=NOON, zone=zone)
        incidents.note(session, an_incident, "x", by=ana, now=NOON, at=at)

    with pytest.raises(Refused):
        said()
