"""The promise clock, corrections, what a draft may say, and how well customers were told."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.domain import components, incidents, nudges, people, updates
from bot.domain.company import Company, Component, Service, Team
from bot.domain.incidents import Report, Status
from bot.domain.updates import Wording, deeds, rules, scoring
from bot.domain.updates.model import Update
from bot.domain.updates.reactions import let_components_go
from bot.domain.updates.reminders import customer_update_due, customer_update_owed, customer_update_soon
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Event, Listeners
from tests.conftest import NOON, carry_all
from tests.domain.conftest import later

MINUTE = timedelta(minutes=1)
COMPANY = Company(
    components=(Component(key="shop", name="Checkout"), Component(key="find", name="Search")),
    services=(Service(key="checkout", name="checkout-api", component="shop", team="pay"),),
    teams=(Team(key="pay", name="Payments", manager="mia@example.com"),),
)


@pytest.fixture
def courier(courier):
    courier.info["company"] = COMPANY
    return courier


def tell(session, incident, by, text="We are on it", *, at=0, **more):
    return updates.tell(session, incident, Wording(text, **more), by=by, now=NOON + at * MINUTE)


# ---- components


def test_the_first_word_says_which_components_are_down_and_the_last_that_they_work(session, ana, an_incident):
    assert tell(session, an_incident, ana).components == {"shop": "major_outage"}
    assert components.now(session)["shop"] == "major_outage"
    assert tell(session, an_incident, ana, at=1, components={"Search": "partial outage"}).components == {
        "shop": "major_outage",
        "find": "partial_outage",
    }
    tell(session, an_incident, ana, at=2, phase="resolved")
    assert set(components.now(session).values()) == {"operational"}


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"components": {"Shopp": "major_outage"}}, "'Shopp' is no component.*Checkout, Search"),
        ({"components": {"shop": "burning"}}, "'burning' is no state"),
        ({"components": {"shop": "major_outage"}, "phase": "resolved"}, "everything works"),
        ({"next_in": "11:30"}, "'11:30' has passed"),
        ({"next_in": "2026-03-01 10:00"}, "has passed"),
        ({"audience": "world"}, "everyone, page, inside"),
        ({"headline": "x" * 121}, "121 characters"),
        ({"text": " \u202e"}, "message is empty"),
    ],
)
def test_what_cannot_be_told_is_a_sentence_and_nothing_is_sent(
    session, ana, an_incident, facts, given, answer
):
    before = len(facts(an_incident))
    with pytest.raises(Refused, match=answer):
        tell(session, an_incident, ana, **given)
    assert updates.of(session, an_incident) == []
    assert len(facts(an_incident)) == before
    assert components.now(session)["shop"] == "operational"


def test_a_promise_may_be_a_moment_on_the_authors_clock(session, ana, an_incident):
    ana.timezone = "Europe/Berlin"
    assert tell(session, an_incident, ana, next_in="13:30").next_update_by == later(minutes=30)


def test_words_for_colleagues_leave_the_house_and_the_clock_alone(session, ana, an_incident):
    told = tell(session, an_incident, ana, audience="inside", next_in="2h")
    assert (told.public, told.next_update_by) == (False, None)
    assert updates.promised_by(session, an_incident) == later(minutes=5)
    assert components.now(session)["shop"] == "operational"
    assert updates.published(session) == []


def test_nothing_of_a_sample_is_public(session, ana, an_incident):
    an_incident.sample = True
    session.flush()
    assert not tell(session, an_incident, ana).public
    assert components.now(session)["shop"] == "operational"


@pytest.fixture
def desk(courier, listeners):
    """Each step in a transaction of its own, after which those who listen have heard."""
    listeners.add(let_components_go)

    def step(act):
        with courier.transaction() as session:
            done = act(session, people.of_slack(session, "U0ANA", "Ana"))
        carry_all(courier)
        return done

    return step


def declared(title, services=()):
    report = Report(title, "sev1", services=services)
    return lambda session, ana: incidents.declare(session, report, by=ana, now=NOON).id


def told(id, **more):
    return lambda session, ana: tell(session, incidents.get(session, id), ana, **more).id


def shop(session, _ana):
    return components.now(session)["shop"]


def test_what_is_over_without_a_last_word_leaves_nothing_red(desk):
    id = desk(declared("Checkout is down", ("checkout",)))
    desk(told(id))
    assert desk(shop) == "major_outage"
    desk(
        lambda session, ana: incidents.cancel(
            session, incidents.get(session, id), "false alarm", by=ana, now=NOON + MINUTE
        )
    )
    assert desk(shop) == "operational"


def test_what_was_merged_is_red_until_the_other_one_is_over(desk):
    id, other = desk(declared("Checkout is down", ("checkout",))), desk(declared("Search is down"))
    desk(told(id))
    desk(told(other))
    desk(
        lambda session, ana: incidents.merge(
            session, incidents.get(session, id), incidents.get(session, other), by=ana, now=NOON + MINUTE
        )
    )
    assert desk(shop) == "major_outage"
    desk(told(other, at=2, phase="resolved"))
    assert desk(shop) == "operational"


# ---- corrections


def test_a_correction_keeps_the_original_the_clock_and_the_phase(session, ana, an_incident):
    first = tell(session, an_incident, ana, "Cards fail")
    tell(session, an_incident, ana, at=10, phase="identified")
    right = tell(session, an_incident, ana, "Cards and gift cards fail", at=12, correction_of=first.id)
    assert next(one.message for one in updates.of(session, an_incident)) == "Cards fail"
    assert (right.phase, right.correction_of, right.next_update_by) == (
        "identified",
        first.id,
        later(minutes=30),
    )
    assert updates.promised_by(session, an_incident) == later(minutes=30)


def test_correcting_an_old_word_does_not_open_what_is_over(session, ana, an_incident):
    first = tell(session, an_incident, ana)
    tell(session, an_incident, ana, at=10, phase="resolved")
    tell(session, an_incident, ana, "Better", at=12, correction_of=first.id)
    assert updates.told_resolved(session, an_incident)
    assert updates.promised_by(session, an_incident) is None


# ---- what is owed


def test_what_grew_worse_is_owed_to_those_who_were_told(session, ana, nudged):
    incident = incidents.declare(session, Report("Slow", "sev3"), by=ana, now=NOON)
    assert updates.owed(session, incident) is None
    tell(session, incident, ana)
    incidents.set_severity(session, incident, "sev1", by=ana, now=later(minutes=10))
    assert updates.owed(session, incident).sentence == ("It is now sev1, and customers do not know it yet.")
    assert updates.promised_by(session, incident) == later(minutes=15)
    said = nudged(customer_update_owed, later(minutes=10))
    assert str(said[0]) == (
        "INC-1: It is now sev1, and customers do not know it yet. Tell them by 12:15 UTC: `/incident update`"
    )
    assert nudged(customer_update_owed, later(minutes=11)) == []
    tell(session, incident, ana, at=12)
    assert updates.owed(session, incident) is None


def test_what_is_resolved_is_owed_to_those_who_were_told(session, ana, an_incident, nudged):
    tell(session, an_incident, ana)
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=1))
    assert updates.owed(session, an_incident).why == "it is resolved"
    assert [fact.to for fact in nudged(customer_update_owed, later(minutes=1))] == [ana.id]
    tell(session, an_incident, ana, at=2)
    assert updates.owed(session, an_incident) is None


def test_nothing_is_owed_to_those_who_were_told_nothing(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=1))
    assert updates.owed(session, an_incident) is None


# ---- the ladder


def test_a_late_word_climbs_from_comms_to_the_commander_to_the_manager(
    session, ana, ben, an_incident, nudged
):
    mia = people.of_email(session, "mia@example.com", "Mia")
    incidents.set_role(session, an_incident, "comms", ben, by=ana, now=NOON)
    reached = [
        [fact.to for fact in nudged(customer_update_due, later(minutes=minute))]
        for minute in (4, 5, 9, 10, 19, 20, 21)
    ]
    assert reached == [[], [None, ben.id], [], [ana.id], [], [mia.id], []]


def test_who_writes_is_reminded_before_the_promise_runs_out(session, ana, an_incident, nudged):
    tell(session, an_incident, ana)
    assert nudged(customer_update_soon, later(minutes=14)) == []
    [soon] = nudged(customer_update_soon, later(minutes=16))
    assert (soon.to, str(soon)) == (
        ana.id,
        "INC-1: customers expect a word by 12:20 UTC: `/incident update`",
    )
    assert nudged(customer_update_soon, later(minutes=17)) == []


WORDS = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["investigating", "identified", "monitoring"])), max_size=6
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, looks=st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_whenever_the_clock_looks_no_late_promise_is_silent_and_nothing_is_said_twice(
    session, ana, nudged, words, looks
):
    """Also if it looked late, often, or not for hours: after a restart it says what is due, once."""
    incident = incidents.declare(session, Report("Down", "sev1"), by=ana, now=NOON)
    told, keys = sorted(dict(words).items()), []
    for minute, phase in sorted([*told, *((look, "") for look in looks)], key=lambda one: one[0]):
        now = NOON + minute * MINUTE
        if phase:
            tell(session, incident, ana, at=minute, phase=phase)
            continue
        by = updates.promised_by(session, incident)
        said = [fact for fact in nudged(customer_update_due, now) if fact.incident_id == incident.id]
        assert bool(by and now >= by) >= bool(said)
        due = bool(by and now >= by)
        interval = 20 * MINUTE
        key = (by, (now - by) // interval) if due else None
        assert bool(said) == (due and key not in keys)
        keys.append(key)
        assert [str(one) for one in nudged(customer_update_due, now) if one.incident_id == incident.id] == []
    incidents.cancel(session, incident, "done", by=ana, now=NOON + 600 * MINUTE)


@given(next_in=st.sampled_from(["1m", "20m", "2h", "3d", "31d"]), minute=st.integers(0, 10_000))
def test_a_promise_always_lies_ahead(next_in, minute):
    now = NOON + minute * MINUTE
    by = rules.promise(next_in, updates.Phase.IDENTIFIED, COMPANY.severities[0], now)
    assert rules.SOONEST <= by - now <= rules.LATEST


# ---- the score


def test_first_word_promises_and_silence_are_scored(session, ana, an_incident):
    tell(session, an_incident, ana, at=3)
    tell(session, an_incident, ana, at=20)
    tell(session, an_incident, ana, at=70, phase="resolved")
    score = scoring.of(session, an_incident, later(minutes=90))
    assert score.sentences == (
        "First update after 3 min of 5 min allowed",
        "1 of 2 promises kept",
        "Longest silence 50 min",
    )
    assert score.first_in_time


def test_who_was_never_told_waited_in_vain(session, an_incident):
    score = scoring.of(session, an_incident, later(minutes=30))
    assert score.sentences == ("No update, where one was due after 5 min", "Longest silence 30 min")


def test_what_ended_before_its_promise_broke_none(session, ana, an_incident):
    tell(session, an_incident, ana, at=3, next_in="2h")
    incidents.cancel(session, an_incident, "false alarm", by=ana, now=later(minutes=30))
    score = scoring.of(session, an_incident, later(hours=5))
    assert (score.promises, score.silence) == (0, 27 * MINUTE)


@given(moments=st.lists(st.integers(0, 300), max_size=8), end=st.integers(0, 300))
def test_no_silence_is_longer_than_the_work_and_none_shorter_than_its_share(moments, end):
    words = [NOON + minute * MINUTE for minute in sorted(moments)]
    stretch = (NOON, NOON + end * MINUTE)
    silence = scoring.longest_silence(words, [stretch])
    inside = len([at for at in words if stretch[0] < at < stretch[1]])
    assert (stretch[1] - NOON) / (inside + 1) <= silence <= stretch[1] - NOON


# ---- the draft


def note(session, incident, by, text, minute):
    incidents.note(session, incident, text, by=by, now=NOON + minute * MINUTE)


def test_a_draft_tells_what_was_done_in_words_of_our_own(session, ana, an_incident):
    incidents.set_status(session, an_incident, Status.IDENTIFIED, by=ana, now=NOON)
    note(session, an_incident, ana, "Ana rolled back deploy 4711 on db-7.eu.internal", 1)
    meant = updates.proposal(session, an_incident)
    assert (meant.phase, meant.components, meant.next_in) == ("identified", {"shop": "major_outage"}, "20m")
    assert "We have undone a recent change." in meant.message
    assert "within 20 minutes" in meant.message
    for word in ("Ana", "4711", "db-7"):
        assert word not in meant.message
    assert updates.proposal(session, an_incident) == meant


def test_a_draft_does_not_repeat_what_customers_know(session, ana, an_incident):
    note(session, an_incident, ana, "Rolled back.", 1)
    tell(session, an_incident, ana, "We have undone a recent change.", at=2)
    assert "undone" not in updates.proposal(session, an_incident).message


@pytest.mark.parametrize(
    "text",
    [
        "Should we have rolled back?",
        "Not rolled back yet",
        "If it is restarted it breaks",
        "We will fail over",
    ],
)
def test_what_is_asked_denied_or_planned_was_not_done(text):
    assert deeds.in_words(text) == []


@given(st.text(max_size=200))
def test_whatever_is_noted_only_our_own_sentences_come_out(text):
    known = {said for _, said in deeds.DEEDS}
    assert set(deeds.in_words(text)) <= known


def test_old_rows_read_as_before(session, ana, an_incident):
    """What was told before there were components and headlines."""
    session.add(Update(incident_id=an_incident.id, phase="identified", message="Old", by=ana.id, at=NOON))
    session.flush()
    told = tell(session, an_incident, ana, at=1)
    assert told.headline == "Trouble with Checkout"


# ---- a long incident, with restarts


def asked_for(session):
    """When somebody was nudged, and whether alone."""
    rows = session.exec(select(Event).where(Event.kind == "Nudged").order_by(Event.id))
    return [((row.at - NOON) // MINUTE, bool(row.fact.to)) for row in rows]


def test_through_three_hours_with_restarts_each_promise_is_asked_for_once(engine, courier):
    """Every two minutes another process looks, twice: what is known is in the rows alone."""

    def step(act):
        with Courier(engine, Listeners(), courier.info).transaction() as session:
            return act(session, people.of_slack(session, "U0ANA", "Ana"))

    def look(session, _ana):
        for rule in (customer_update_due, customer_update_soon, customer_update_owed) * 2:
            nudges.run(session, rule, NOON + minute * MINUTE)

    def milder(session, ana):
        incidents.set_severity(session, incidents.get(session, id), "sev2", by=ana, now=later(minutes=120))

    id = step(declared("Checkout is down", ("checkout",)))
    told_at = {4: "investigating", 24: "identified", 70: "identified", 88: "monitoring"}
    for minute in range(0, 181, 2):
        if minute in told_at:
            step(told(id, at=minute, phase=told_at[minute]))
        if minute == 120:
            step(milder)
        step(look)

    heard = step(lambda session, _ana: asked_for(session))
    # 12:44 and 13:48 ran out; until 14:00 the nag comes each 20 minutes, then, as a sev2, each 30.
    assert [minute for minute, alone in heard if not alone] == [44, 64, 108, 138, 168]
    # The commander hears the same, and is reminded five minutes before each promise.
    before = {20, 40, 86, 104}
    assert sorted(minute for minute, alone in heard if alone) == sorted([44, 64, 108, 138, 168, *before])


def test_what_works_and_was_never_touched_is_no_news_though_a_form_says_it(session, ana, an_incident):
    told = tell(session, an_incident, ana, components={"shop": "major_outage", "find": "operational"})
    assert told.components == {"shop": "major_outage"}
    assert told.headline == "Trouble with Checkout"
    tell(session, an_incident, ana, at=1, components={"find": "partial_outage"})
    mended = tell(session, an_incident, ana, at=2, components={"find": "operational"})
    assert mended.components == {"shop": "major_outage", "find": "operational"}
