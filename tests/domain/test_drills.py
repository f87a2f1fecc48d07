"""A drill is declared as practice, plays its script once, and is judged at its end."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import actions, alerts, drills, incidents, people, postmortems, reminding, updates
from bot.domain.drills import AwayEnded, DrillEnded, DrillStarted, Ending, Injected
from bot.domain.drills.model import DrillInject
from bot.domain.drills.reactions import end_drill
from bot.domain.incidents import Status
from bot.domain.incidents.facts import Cancelled, StatusChanged
from bot.domain.people import NotAllowed
from bot.lib import facts as carried
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Event
from tests.conftest import NOON, carry_all
from tests.domain.conftest import COMPANY, TOP, later

SCENARIO = drills.Scenario(
    name="quake",
    title="The ground shakes",
    summary="Something moves.",
    about=("Standing still",),
    minutes=30,
    severity="sev1",
    services=("checkout", "seismograph"),
    inject=[
        {"key": "first", "at": "0m", "kind": "alert", "as": "Seismograph", "text": "Magnitude 3"},
        {"key": "bait", "at": "4m", "kind": "herring", "as": "Marek", "text": "It is the moon"},
        {"key": "gone", "at": "10m", "kind": "away", "lasts": "5m", "text": "No Slack"},
        {"key": "late", "at": "20m", "kind": "question", "as": "Olu", "text": "And now?"},
    ],
    expect=[
        {"key": "seat", "what": "Somebody commands", "rule": "seat_taken", "role": "commander",
         "within": "5m", "points": 3},
        {"key": "word", "what": "Customers hear", "rule": "first_update", "why": "They wait."},
        {"key": "olu", "what": "Olu hears", "rule": "answered", "after": "late", "within": "5m"},
    ],
)  # fmt: skip
OTHER = SCENARIO.model_copy(update={"name": "flood", "private": True})


@pytest.fixture
def courier(engine, listeners):
    info = {"company": COMPANY, "templates": TOP / "templates", "drills": [SCENARIO, OTHER]}
    listeners.add(end_drill)
    return Courier(engine, listeners, info)


@pytest.fixture
def quake(session, ana):
    return drills.start(session, "quake", by=ana, now=NOON)


@pytest.fixture
def practice(session, quake):
    """The incident of the drill."""
    return incidents.get(session, quake.incident_id)


def let_it_end(session, drill, start=NOON):
    """The question comes in time, and nobody answers."""
    for minutes in (20, 30):
        drills.advance(session, drill.id, now=start + timedelta(minutes=minutes))


def test_it_is_marked_and_nobody_commands_yet(session, ana, practice):
    assert (practice.drill, practice.title, practice.ref) == (True, "DRILL: The ground shakes", "INC-1")
    assert incidents.commander(session, practice) is None
    assert ana.id in incidents.members(session, practice)
    assert people.get(session, practice.declared_by).is_system


def test_services_that_the_company_does_not_have_are_left_out(session, practice):
    assert incidents.services_of(session, practice) == ("checkout",)
    assert practice.severity == "sev1"


def test_what_is_due_is_played_and_only_once(session, quake, practice, facts):
    assert [fact.key for fact in facts(practice, Injected)] == ["first"]
    for now in (later(minutes=3), later(minutes=4), later(minutes=4), later(minutes=9)):
        drills.advance(session, quake.id, now=now)
    assert [fact.key for fact in facts(practice, Injected)] == ["first", "bait"]


def test_a_herring_is_not_told_apart(session, quake, practice, facts):
    drills.advance(session, quake.id, now=later(minutes=4))
    bait = facts(practice, Injected)[-1]
    assert (bait.kind, str(bait)) == ("message", "played Marek: It is the moon")


def test_only_what_is_due_is_waited_for(session, quake):
    assert drills.waiting(session, later(minutes=3)) == []
    assert drills.waiting(session, later(minutes=4)) == [quake.id]
    drills.advance(session, quake.id, now=later(minutes=4))
    assert drills.waiting(session, later(minutes=5)) == []
    assert drills.waiting(session, later(minutes=30)) == [quake.id]


def test_a_quick_one_plays_ten_times_as_fast(session, ana, facts):
    quick = drills.start(session, "quake", "10x", by=ana, now=NOON)
    drills.advance(session, quick.id, now=later(minutes=1))
    practice = incidents.get(session, quick.incident_id)
    assert [fact.key for fact in facts(practice, Injected)] == ["first", "bait", "gone"]
    assert facts(practice, Injected)[-1].minutes == 0.5
    assert "10 times as fast" in str(facts(practice, DrillStarted)[0])
    drills.advance(session, quick.id, now=later(minutes=3))
    assert drills.get(session, quick.id).ending == Ending.TIME


def test_slack_goes_and_comes_back(session, quake, practice, facts):
    drills.advance(session, quake.id, now=later(minutes=10))
    assert facts(practice, AwayEnded) == []
    drills.advance(session, quake.id, now=later(minutes=15))
    assert [fact.key for fact in facts(practice, AwayEnded)] == ["gone/back"]


def test_an_absence_that_was_slept_through_is_not_played_afterwards(session, quake, practice, facts):
    drills.advance(session, quake.id, now=later(minutes=16))
    assert [fact.key for fact in facts(practice, Injected)] == ["first", "bait"]
    assert facts(practice, AwayEnded) == []
    assert drills.waiting(session, later(minutes=16)) == []


def test_when_the_time_is_up_it_is_judged_and_the_incident_is_cancelled(session, ana, quake, practice, facts):
    incidents.set_role(session, practice, "commander", ana, by=ana, now=later(minutes=5))
    let_it_end(session, quake)
    [ended] = facts(practice, DrillEnded)
    assert str(ended) == "ended the drill: 1 of 3 expectations met (60 %)"
    assert (quake.score, quake.ending, practice.status) == (60, Ending.TIME, Status.CANCELLED)
    assert "Nothing of it was real" in str(facts(practice, Cancelled)[0])
    assert drills.running(session) == []
    assert not drills.advance(session, quake.id, now=later(minutes=31))


def test_resolved_it_is_over(courier, session, ana, quake, practice, facts):
    updates.publish(session, practice, "We look into it", by=ana, now=later(minutes=5))
    incidents.resolve(session, practice, by=ana, now=later(minutes=12))
    [moved] = facts(practice, StatusChanged)
    session.info["moment"] = later(minutes=12)
    end_drill(session, moved)
    end_drill(session, moved)
    assert len(facts(practice, DrillEnded)) == 1
    assert (quake.ended_at, quake.ending) == (later(minutes=12), Ending.RESOLVED)
    assert [one["state"] for one in quake.verdicts] == ["missed", "met", "open"]
    assert practice.status == Status.RESOLVED


def test_stopped_it_is_over(session, ana, quake, practice, facts):
    drills.stop(session, practice, by=ana, now=later(minutes=2))
    assert (quake.ending, quake.score) == (Ending.STOPPED, None)
    assert facts(practice, DrillEnded)[0].by == ana.id
    with pytest.raises(Refused, match="over already"):
        drills.stop(session, practice, by=ana, now=later(minutes=3))


def test_a_real_incident_cannot_be_stopped_like_a_drill(session, ana, an_incident):
    with pytest.raises(Refused, match="is no drill"):
        drills.stop(session, an_incident, by=ana, now=NOON)
    assert an_incident.is_live


def test_a_drill_and_a_courier_end_it_once(engine, courier):
    with courier.transaction() as session:
        ana = people.of_slack(session, "U0ANA", "Ana")
        made = drills.start(session, "quake", by=ana, now=NOON)
        incidents.resolve(session, incidents.get(session, made.incident_id), by=ana, now=later(minutes=3))
    carry_all(courier)
    with courier.reading() as session:
        assert drills.get(session, made.id).ended_at == later(minutes=3)
        kinds = session.exec(select(Event.kind).where(Event.incident_id == made.incident_id)).all()
        assert kinds.count("DrillEnded") == 1
        assert not carried.behind(session)


@pytest.mark.parametrize(
    ("name", "pace", "said"),
    [
        ("earthquake", "1", "'earthquake' is no drill. Choose one of: quake, flood"),
        ("quake", "0", "from 1, as on the clock, to 60"),
        ("quake", "fast", "from 1, as on the clock, to 60"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(session, ana, name, pace, said):
    with pytest.raises(Refused, match=said):
        drills.start(session, name, pace, by=ana, now=NOON)
    assert drills.held(session, as_=ana) == []


def test_a_second_click_starts_no_second_drill(session, ana, quake):
    with pytest.raises(Refused, match="is being held in INC-1 at the moment"):
        drills.start(session, "quake", by=ana, now=NOON)


def test_a_guest_starts_none(session, cy):
    cy.is_guest = True
    with pytest.raises(NotAllowed, match="guest"):
        drills.start(session, "quake", by=cy, now=NOON)


def test_a_private_one_is_seen_by_those_who_take_part(session, ana, cy):
    flood = drills.start(session, "flood", by=ana, now=NOON)
    assert drills.held(session, as_=cy) == []
    with pytest.raises(Refused, match="no drill 1"):
        drills.find(session, flood.id, as_=cy)
    assert drills.find(session, flood.id, as_=ana) == flood
    with pytest.raises(Refused, match="is being held at the moment"):
        drills.start(session, "flood", by=cy, now=NOON)


def test_it_keeps_its_script_whatever_becomes_of_the_file(session, quake):
    session.info["drills"] = []
    drills.advance(session, quake.id, now=later(minutes=30))
    assert quake.plan == SCENARIO
    assert len(quake.verdicts) == 3


# ---- nothing of it is real


def test_nobody_is_rung_and_nobody_is_seated(session, ana, practice):
    event = alerts.page(session, practice, "checkout", "help", by=ana, now=NOON)
    assert str(event.fact) == "paged Checkout on-call (a drill: nobody was rung). help"
    assert not alerts.wants_commander(session, practice)


def test_customers_and_statistics_know_nothing_of_it(session, ana, practice):
    told = updates.publish(session, practice, "Everything is down", by=ana, now=NOON)
    actions.create(session, practice, "Buy a seismograph", by=ana, now=NOON)
    incidents.resolve(session, practice, by=ana, now=later(minutes=5))
    postmortems.open_draft(session, practice, by=ana, now=later(minutes=5))
    assert not told.public
    assert updates.published(session) == []
    week = {"key": "weekly/everybody/2026-W11", "period": "week", "until": later(days=7), "by": ana.id}
    assert reminding.compose(session, [reminding.Digested(**week)]) == {}


# ---- the report


def test_the_report_says_what_was_met_and_missed(session, ana, quake, practice):
    incidents.set_role(session, practice, "commander", ana, by=ana, now=later(minutes=2))
    let_it_end(session, quake)
    text = drills.markdown(session, drills.report(session, quake, as_=ana, now=later(hours=1)))
    assert text.startswith("# DRILL: The ground shakes\n\n**1 of 3 expectations met, 60 %.**")
    assert "| ✓ met | Somebody commands | 3 of 3 | 2 min |  |" in text
    assert "| ✗ missed | Customers hear | 0 of 1 | \u2013 | it did not happen |" in text
    assert "* **Customers hear** They wait." in text
    assert "| 0 min | Closeout | played Seismograph: Magnitude 3 |" in text
    assert "It took 30 min of 30 min, until its time was up." in text


def test_while_it_runs_the_expectations_are_no_cheat_sheet(session, ana, quake):
    found = drills.report(session, quake, as_=ana, now=later(minutes=7))
    assert found.score.judged == ()
    assert "Customers hear" not in drills.markdown(session, found)


def test_it_is_compared_with_earlier_ones_of_the_same_scenario(session, ana, quake):
    drills.advance(session, quake.id, now=later(minutes=30))
    again = drills.start(session, "quake", by=ana, now=later(days=1))
    practice = incidents.get(session, again.incident_id)
    incidents.set_role(session, practice, "commander", ana, by=ana, now=later(days=1, minutes=1))
    let_it_end(session, again, later(days=1))
    found = drills.report(session, again, as_=ana, now=later(days=2))
    assert [one.score for one in found.history] == [0, 60]
    assert "The time before it was 0 %." in drills.markdown(session, found)


def test_a_script_cannot_break_the_tables_of_the_report(session, ana, quake, practice):
    incidents.note(session, practice, "a | b\n<script>alert(1)</script>", by=ana, now=later(minutes=1))
    drills.advance(session, quake.id, now=later(minutes=30))
    text = drills.markdown(session, drills.report(session, quake, as_=ana, now=later(hours=1)))
    assert "noted: a \\| b <script>" in text


def test_what_was_slept_through_to_the_end_is_not_played_any_more(session, quake, practice, facts):
    drills.advance(session, quake.id, now=later(hours=8))
    assert [fact.key for fact in facts(practice, Injected)] == ["first"]
    assert [one["state"] for one in quake.verdicts] == ["missed", "missed", "open"]
    assert quake.ended_at == later(minutes=30)


def test_each_injection_has_one_row(session, quake):
    drills.advance(session, quake.id, now=later(minutes=29))
    rows = session.exec(select(DrillInject.key)).all()
    assert sorted(rows) == ["bait", "first", "gone", "gone/back", "late"]
