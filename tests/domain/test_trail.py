"""The trail: altered, dropped or slipped in, it is found; what was noted of it is compared."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.domain import incidents, people, trail
from bot.domain.incidents import Report
from bot.domain.trail import Seal
from bot.domain.trail.chain import NotThatChain, _bind
from bot.lib.courier import Courier
from bot.lib.facts import Event, Listeners
from tests.conftest import NOON
from tests.domain.conftest import COMPANY, later


@pytest.fixture
def sealed(session, ana, an_incident):
    for minute in range(1, 6):
        incidents.note(session, an_incident, f"note {minute}", by=ana, now=later(minutes=minute))
    assert trail.seal(session, later(minutes=6)) == 6
    return an_incident


def the_note(session, text):
    return next(row for row in session.exec(select(Event)) if row.data.get("text") == text)


def test_what_is_whole_is_found_whole(session, sealed):
    assert trail.verify(session) is None
    assert trail.head(session).number == 6


def test_a_second_seal_binds_only_what_came_since(session, ana, sealed):
    assert trail.seal(session, later(minutes=7)) == 0
    incidents.note(session, sealed, "later", by=ana, now=later(minutes=8))
    assert trail.seal(session, later(minutes=8)) == 0  # it may still have company under way
    assert trail.seal(session, later(minutes=9)) == 1
    assert trail.verify(session) is None


@pytest.mark.parametrize("change", [{"at": NOON}, {"by": 1}, {"kind": "Closed"}, {"data": {"text": "x"}}])
def test_what_was_altered_is_named(session, sealed, change):
    row = the_note(session, "note 3")
    session.execute(sa.update(Event).where(Event.id == row.id).values(**change))
    broken = trail.verify(session)
    assert (broken.number, broken.event_id) == (4, row.id)
    assert "does not say what it said" in broken.said


def test_what_was_taken_away_is_named(session, sealed):
    row = the_note(session, "note 3")
    session.execute(sa.delete(Event).where(Event.id == row.id))
    assert trail.verify(session).said == "its event was taken away"


def test_a_seal_that_was_taken_away_is_named(session, sealed):
    session.execute(sa.delete(Seal).where(Seal.number == 2))
    assert trail.verify(session).said == "seal 2 is missing"


def test_what_was_slipped_in_is_named(session, ana, sealed):
    incidents.note(session, sealed, "I was here all along", by=ana, now=later(minutes=-30))
    trail.seal(session, later(minutes=9))
    assert "slipped in" in trail.verify(session).said


def test_what_followed_late_from_an_older_fact_is_no_break(session, ana, ben, sealed):
    """A reaction tells the time of what it reacts to, also when Closeout was away for an hour in between."""
    incidents.note(session, sealed, "after the outage", by=ana, now=later(hours=1))
    trail.seal(session, later(hours=1, minutes=1))
    incidents.enter(session, sealed, ben, by=ana, now=later(minutes=5))
    trail.seal(session, later(hours=1, minutes=2))
    assert trail.verify(session) is None


def test_what_was_slipped_in_by_another_way_is_named(session, sealed, monkeypatch):
    monkeypatch.setattr("bot.domain.trail.chain.LOOK_BACK", 2)
    row = the_note(session, "note 2")
    session.execute(sa.delete(Seal))
    first = [one for one in session.exec(select(Event)) if one.id != row.id]
    before = "0" * 64
    for number, event in enumerate(first, 1):
        before = _bind(before, event)
        session.add(Seal(number=number, event_id=event.id, hash=before))
    session.flush()
    broken = trail.verify(session)
    assert (broken.event_id, broken.said) == (row.id, "it was slipped in, and never sealed")


def test_a_whole_new_chain_is_found_by_what_was_noted(session, sealed):
    noted = trail.head(session)
    row = the_note(session, "note 3")
    session.execute(sa.update(Event).where(Event.id == row.id).values(data={**row.data, "text": "kinder"}))
    session.execute(sa.delete(Seal))
    trail.seal(session, later(minutes=9))

    assert trail.verify(session) is None
    with pytest.raises(NotThatChain):
        trail.verify(session, noted)


def test_sample_data_is_no_proof_of_anything(session, ana, sealed):
    incidents.declare(session, Report("made up", sample=True), by=ana, now=NOON)
    assert trail.seal(session, later(hours=1)) == 0


def test_it_reads_newest_first_and_only_what_one_may_see(session, ana, ben, sealed):
    secret = incidents.declare(session, Report("secret", private=True), by=ana, now=later(minutes=7))
    said = [one.said for one in trail.entries(session, as_=ben, limit=2)]
    assert said == ["noted: note 5", "noted: note 4"]
    newest = trail.entries(session, as_=ana, limit=1)[0]
    assert (newest.ref, newest.by, newest.seal) == (secret.ref, "Ana", None)


def test_it_holds_on_both_databases(either_engine):
    courier = Courier(either_engine, Listeners(), {"company": COMPANY})
    with courier.transaction() as session:
        ana = people.of_slack(session, "U0ANA", "Ana")
        incident = incidents.declare(session, Report("x"), by=ana, now=NOON)
        for number in range(30):
            incidents.note(session, incident, f"{number} é 🧯", by=ana, now=NOON + timedelta(seconds=number))
    with courier.transaction() as session:
        assert trail.seal(session, later(minutes=9), batch=20) == 20
        assert trail.seal(session, later(minutes=9), batch=20) == 11
    with courier.reading() as session:
        assert trail.verify(session, trail.head(session)) is None
