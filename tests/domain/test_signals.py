"""What is posted becomes a series, what is unusual a quiet case, and a case at most an incident."""

import math
from datetime import timedelta

import pytest
from sqlmodel import func, select

from bot.domain import company as companies
from bot.domain import customers, incidents, signals
from bot.domain.company import BadCompany, Company, Service
from bot.domain.company.accounts import SignalRules
from bot.domain.customers import Entry, PrivateWord, WordState
from bot.domain.incidents import Incident, Report
from bot.domain.mailings import Delivery
from bot.domain.people import Access, NotAllowed
from bot.domain.signals import BadSignal, Case, CaseOver, Sample, Series
from bot.domain.signals.facts import (
    CaseEnded,
    CaseOpened,
    SenderSilent,
    SignalCalmed,
    SignalShown,
)
from bot.domain.signals.model import HourKept
from bot.lib.facts import Event
from tests.conftest import NOON

COMPANY = Company(
    services=(Service(key="pipeline", name="Pipeline"),),
    signals=(SignalRules(key="lag", name="the lag of your pipeline", unit="s", service="pipeline"),),
)
STEP = timedelta(minutes=20)


@pytest.fixture
def courier(guarded):
    guarded.info["company"] = COMPANY
    return guarded


@pytest.fixture
def acme(session, ana, dora):
    entry = Entry(name="Acme", key="acme", owner="dora@example.com", contacts=("ops@acme.test",))
    return customers.save(session, entry, by=ana, now=NOON)[0]


def usual(at):
    return 40 + 10 * math.sin(at.hour / 24 * 2 * math.pi) + at.minute / 20


class Feed:
    """Signals of some customers, one sample each every twenty minutes."""

    def __init__(self, session, *keys, days=10):
        self.session, self.keys, self.now = session, keys, NOON - timedelta(days=days)
        self.post(self.until(NOON), now=NOON)

    def until(self, end):
        found = []
        while self.now < end:
            found += [self.sample(key, usual(self.now)) for key in self.keys]
            self.now += STEP
        return found

    def sample(self, key, value):
        return Sample(key, "lag", value, self.now, unit="s")

    def post(self, samples, now=None):
        return signals.heard(self.session, samples, now=now or self.now)

    def says(self, value, times=1, keys=None):
        """The same value, some times in a row; answers how many cases were opened."""
        opened = 0
        for _ in range(times):
            self.now += STEP
            opened += self.post([self.sample(key, value) for key in keys or self.keys])
        return opened


@pytest.fixture
def feed(session, acme):
    return Feed(session, "acme")


@pytest.fixture
def told(session):
    def facts(kind):
        rows = session.exec(select(Event).where(Event.kind == kind.__name__).order_by(Event.id))
        return [row.fact for row in rows]

    return facts


@pytest.fixture
def case(session, feed, ana):
    assert feed.says(840, 2) == 1
    return signals.open_cases(session, as_=ana)[0]


# ---- a quiet case


def test_a_spike_opens_one_quiet_case_with_evidence_and_a_drafted_word(session, feed, told, dora, case, acme):
    assert feed.says(900, 5) == 0
    assert session.exec(select(func.count()).select_from(Case)).one() == 1
    assert session.exec(select(Incident)).all() == []
    assert (case.customer_id, case.kind, case.began_at, case.ref) == (
        acme.id, "spike", feed.now - 6 * STEP, "C-1"
    )  # fmt: skip
    assert signals.sentence(session, case) == (
        "the lag of your pipeline is at 14 min since 12:20 UTC on 2 March 2026, "
        "where 41 s is usual at this hour"
    )
    assert len(case.points) == 60
    assert signals.spark(case.points).endswith("█")
    [opened] = told(CaseOpened)
    assert (opened.owner, opened.incident_id) == (dora.id, 0)
    word = session.get(PrivateWord, opened.word)
    assert word.text.startswith("Hello Acme,\n\nwe are seeing something unusual: the lag of your pipeline")
    assert "Are you running a test?" in word.text
    assert (word.state, word.case_id, word.incident_id) == (WordState.DRAFT, case.id, None)


def test_it_ends_when_it_is_like_usual_and_the_draft_with_it(session, feed, case, told):
    feed.says(usual(feed.now), 3)
    session.refresh(case)
    assert case.ended_at == feed.now
    assert len(told(CaseEnded)) == 1
    assert session.exec(select(PrivateWord)).one().state == WordState.DISCARDED
    assert feed.says(840, 2) == 1


def test_a_word_about_a_case_is_sent_by_the_account_owner(session, case, dora, ana, feed):
    word = customers.of_case(session, case.id)
    with pytest.raises(NotAllowed):
        customers.approve(session, word, by=ana, now=feed.now)
    customers.approve(session, word, by=dora, now=feed.now)
    assert session.exec(select(Delivery.address)).all() == ["ops@acme.test"]


def test_what_they_say_of_it_is_measured_too(session, case, dora, ana, acme, feed):
    customers.approve(session, customers.of_case(session, case.id), by=dora, now=feed.now)
    later = feed.now + timedelta(minutes=9)
    report = signals.note_report(session, acme, at=later, by=ana, now=later)
    assert (report.case_id, report.incident_id) == (case.id, None)
    [story] = customers.stories(
        session, as_=ana, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1)
    )
    assert (story.case_id, story.lead) == (case.id, timedelta(minutes=9))


def test_where_an_incident_hurts_them_already_no_second_word_is_drafted(session, feed, acme, ana, told):
    incident = incidents.declare(session, Report("Slow"), by=ana, now=NOON)
    customers.set_affected(session, incident, acme, True, by=ana, now=NOON)
    assert feed.says(840, 2) == 1
    assert told(CaseOpened)[0].word is None


# ---- what becomes of it


def test_one_click_makes_it_an_incident_with_the_evidence(session, case, ana, acme, facts, feed):
    incident = signals.declare(session, case, by=ana, now=feed.now)
    assert incident.title == "Acme: the lag of your pipeline is unusual"
    assert (incident.impact_started_at, incident.detected_at) == (case.began_at, case.opened_at)
    assert incidents.services_of(session, incident) == ("pipeline",)
    assert [hit.customer.name for hit in customers.affected(session, incident)] == ["Acme"]
    assert customers.of_case(session, case.id).incident_id == incident.id
    [shown] = facts(incident, SignalShown)
    assert str(shown).startswith("saw it in a signal of Acme: the lag of your pipeline is at 14 min")
    with pytest.raises(CaseOver, match="INC-1 already"):
        signals.declare(session, case, by=ana, now=feed.now)
    feed.says(usual(feed.now), 3)
    assert len(facts(incident, SignalCalmed)) == 1


def test_who_knows_what_it_was_says_so_and_it_stays_quiet_until_it_is_over(session, case, ana, feed):
    signals.dismiss(session, case, "A load test of theirs", by=ana, now=feed.now)
    assert feed.says(900, 20) == 0
    assert signals.open_cases(session, as_=ana) == []
    feed.says(usual(feed.now), 3)
    assert feed.says(900, 2) == 1


def test_what_is_usual_from_now_on_is_learnt_anew(session, case, ana, feed):
    signals.accept(session, case, by=ana, now=feed.now)
    assert feed.says(900, 30) == 0
    with pytest.raises(CaseOver, match="It is usual from now on"):
        signals.dismiss(session, case, "again", by=ana, now=feed.now)


def test_what_is_odd_for_days_is_how_it_is(session, case, feed):
    for _ in range(80):
        feed.now += 3 * STEP
        feed.post([feed.sample("acme", 900)])
    signals.look(session, now=feed.now)
    session.refresh(case)
    assert case.why == "It has been like this for three days"
    assert feed.says(900, 4) == 0


def test_a_viewer_decides_nothing_and_a_guest_sees_nothing(session, case, ben, cy, feed):
    ben.access, cy.is_guest = Access.VIEWER, True
    for verb in (
        lambda: signals.dismiss(session, case, "x", by=ben, now=feed.now),
        lambda: signals.accept(session, case, by=ben, now=feed.now),
        lambda: signals.declare(session, case, by=ben, now=feed.now),
        lambda: signals.open_cases(session, as_=cy),
    ):
        with pytest.raises(NotAllowed), session.begin_nested():
            verb()


# ---- silence


def minutes(session, now, count):
    """The clock looks now and then; answers how many cases were opened."""
    return sum(signals.look(session, now=now + timedelta(minutes=n)) for n in range(0, count, 5))


def test_a_customer_who_falls_silent_is_a_case_of_its_own_kind(session, feed, ana, acme):
    keys = [f"c{n}" for n in range(5)]
    for key in keys:
        customers.save(session, Entry(name=key), by=ana, now=NOON)
    others = Feed(session, *keys)
    silent_since = NOON - STEP
    opened = 0
    for n in range(0, 70, 5):
        now = NOON + timedelta(minutes=n)
        if n % 20 == 0:
            others.now = now
            others.post([others.sample(key, usual(now)) for key in keys])
        opened += signals.look(session, now=now)
    assert opened == 1
    [case] = signals.open_cases(session, as_=ana)
    assert (case.kind, case.customer_id, case.began_at) == ("missing", acme.id, silent_since)
    assert "nothing of the lag of your pipeline since 11:40 UTC on 2 March 2026" in signals.sentence(
        session, case
    )


def test_where_nearly_all_fall_silent_the_sender_is_named_once_and_no_customer(session, feed, ana, told):
    for n in range(5):
        customers.save(session, Entry(name=f"c{n}"), by=ana, now=NOON)
    Feed(session, *(f"c{n}" for n in range(5)))
    assert minutes(session, NOON, 120) == 0
    [said] = told(SenderSilent)
    assert said.count == 6
    assert "look at what sends them" in str(said)


def test_after_a_night_in_which_we_were_down_nobody_is_missing(session, feed):
    signals.look(session, now=NOON)
    morning = NOON + timedelta(hours=14)
    assert minutes(session, morning, 15) == 0


# ---- bounded, in order, and only of those whom we know


def test_a_customer_who_is_in_no_register_is_named_and_opens_nothing(session, ana):
    feed = Feed(session, "nobody")
    assert feed.says(840, 3) == 0
    assert signals.strangers(session, as_=ana) == ["nobody"]
    customers.save(session, Entry(name="Nobody"), by=ana, now=NOON)
    assert feed.says(840, 2) == 1


def test_what_is_posted_late_teaches_and_opens_nothing(session, feed):
    before = session.exec(select(func.count()).select_from(HourKept)).one()
    old = [Sample("acme", "lag", 9000, NOON + n * STEP) for n in range(3)]
    assert signals.heard(session, old, now=NOON + timedelta(hours=12)) == 0
    back = [Sample("acme", "lag", 9000, NOON - timedelta(days=1))]
    assert signals.heard(session, back, now=NOON) == 0
    assert session.exec(select(func.count()).select_from(HourKept)).one() <= before + 1


def test_hours_are_forgotten_and_a_series_stays_small(session, feed):
    signals.look(session, now=NOON)
    signals.look(session, now=NOON + timedelta(days=40))
    assert session.exec(select(HourKept)).all() == []
    series = session.exec(select(Series)).one()
    assert len(str(series.state)) < 6000


# ---- what is posted


def test_a_lag_is_the_time_between_a_message_and_its_processing():
    [sample] = signals.samples(
        {"customer": "Acme", "at": "2026-03-02T11:58:00Z", "processed_at": "2026-03-02T12:00:00+00:00"},
        now=NOON,
    )
    assert (sample.customer, sample.signal, sample.value, sample.unit) == ("acme", "lag", 120.0, "s")
    assert sample.at == NOON


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ([], "Send 1 to 1000 signals"),
        ([{}] * 1001, "Send 1 to 1000 signals"),
        ("lag", "Signal 1: it is no object"),
        ({"signal": "lag", "value": 1}, "`customer` is missing"),
        ({"customer": "a", "value": 1}, "`signal` names it"),
        ({"customer": "a", "signal": "lag"}, "`value` is a number"),
        ({"customer": "a", "signal": "lag", "value": True}, "`value` is a number"),
        ({"customer": "a", "signal": "lag", "value": float("nan")}, "no number that can be compared"),
        ({"customer": "a", "signal": "lag", "value": 10**400}, "no number that can be compared"),
        ({"customer": "a", "signal": "lag", "value": 1, "at": "noon"}, "`at` is a time"),
        ({"customer": "a", "signal": "lag", "value": 1, "at": "2026-03-02T13:00:00Z"}, "lies in the future"),
        ({"customer": "a", "signal": "lag", "value": 1, "color": "red"}, "'color' is no field"),
        ({"customer": "a", "signal": "<b>", "value": 1}, "`signal` names it"),
        ({"customer": "a" * 121, "signal": "lag", "value": 1}, "at most 120 characters"),
        ([{"customer": "a", "signal": "lag", "value": 1}, 7], "Signal 2: it is no object"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(body, wrong):
    with pytest.raises(BadSignal, match=wrong):
        signals.samples(body, now=NOON)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (840, "s", "14 min"),
        (83, "s", "1 min 23 s"),
        (1.234, "s", "1.23 s"),
        (43.2, "s", "43.2 s"),
        (0, "", "0"),
        (12345, "/min", "12,345 /min"),
        (0.00123, "", "0.00123"),
    ],
)
def test_values_are_said_with_three_digits(value, unit, words):
    assert signals.said(value, unit) == words


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('every = "often"', r"line 3: signals.0.every: 'often' cannot be read; write it like 1m or 1h"),
        ('service = "teleport"', "signals: 'teleport' is not declared"),
        ('worse = "sideways"', r"line 3: signals.0.worse"),
    ],
)
def test_a_mistake_in_closeout_toml_is_named(tmp_path, line, wrong):
    path = tmp_path / "closeout.toml"
    path.write_text(f'[[signals]]\nkey = "lag"\n{line}\n')
    with pytest.raises(BadCompany, match=wrong):
        companies.load(path)
