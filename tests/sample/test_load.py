"""A year of sample data is loaded once, without a word to anyone, and leaves nothing behind."""

import shutil
import time
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import sample
from bot.domain import actions, feedback, incidents, nudges, people, reminding, updates
from bot.domain.feedback import Cluster, Feedback, Voice
from bot.domain.incidents import Incident, Report
from bot.lib.errors import Refused
from bot.lib.facts import Ear, Event
from tests.sample.conftest import NOW, PRACTICE, REAL, counts, house_of, rows

pytestmark = pytest.mark.slow  # each load takes seconds


def declare_own(house, title="Our own"):
    with house.courier.transaction() as session:
        mia = people.of_email(session, "mia@example.org", "Mia")
        report = Report(title, "sev3", services=("checkout",))
        return incidents.declare(session, report, by=mia, now=NOW).ref


def test_it_takes_forty_references_soon_and_leaves_nothing_behind(house):
    before, began = counts(house), time.process_time()
    loaded = sample.load(house, now=NOW)
    assert time.process_time() - began < 15
    assert (loaded.incidents, loaded.first, loaded.last) == (40, "INC-1", "INC-40")
    assert sample.clear(house) == 40
    assert counts(house) == before
    with pytest.raises(Refused, match="sample load"):
        sample.clear(house)


def test_the_next_one_is_yours(loaded):
    assert declare_own(loaded) == "INC-41"


def test_two_loads_with_one_seed_and_moment_are_equal(loaded, fresh_sqlite, tmp_path):
    shutil.copy(fresh_sqlite, tmp_path / "other.db")
    other = house_of(f"sqlite:///{tmp_path / 'other.db'}", tmp_path, **PRACTICE)
    sample.load(other, now=NOW)
    assert rows(other) == rows(loaded)
    other.engine.dispose()


def test_a_real_workspace_is_spared_unless_one_insists_and_another_seed_is_another_year(
    loaded, fresh_sqlite, tmp_path
):
    shutil.copy(fresh_sqlite, tmp_path / "real.db")
    real = house_of(f"sqlite:///{tmp_path / 'real.db'}", tmp_path, **REAL)
    with pytest.raises(Refused, match="--here"):
        sample.load(real, now=NOW)
    assert counts(real)["incident"] == 0
    assert sample.load(real, seed=8, now=NOW, here=True).incidents == 40
    assert rows(real)["incident"] != rows(loaded)["incident"]
    real.engine.dispose()


def test_it_is_not_loaded_twice(loaded):
    before = counts(loaded)
    with pytest.raises(Refused, match="sample clear"):
        sample.load(loaded, now=NOW)
    assert counts(loaded) == before


def test_clearing_leaves_alone_what_is_yours(empty):
    ref = declare_own(empty)
    before = rows(empty)
    sample.load(empty, now=NOW)
    sample.clear(empty)
    assert rows(empty) == before
    with empty.courier.reading() as session:
        assert incidents.find(session, ref, as_=people.closeout(session)).title == "Our own"


def test_clearing_takes_what_was_done_to_samples_since_and_keeps_people_who_are_needed(loaded):
    ref = declare_own(loaded)
    with loaded.courier.transaction() as session:
        ada, boss = people.of_slack(session, "U0ADA"), people.closeout(session)
        mine = incidents.find(session, ref, as_=boss)
        incidents.set_role(session, mine, "commander", ada, by=ada, now=NOW)
        item = next(one for one in actions.all(session, as_=boss) if one.status == "done")
        actions.verify(session, item, by=people.of_email(session, "mia@example.org"), now=NOW)
    with loaded.courier.reading() as session:
        assert session.exec(select(Ear)).first()  # what was done since is told
    sample.clear(loaded)
    with loaded.courier.reading() as session:
        assert {event.incident_id for event in session.exec(select(Event))} == {mine.id}
        assert {ear.incident_id for ear in session.exec(select(Ear))} <= {mine.id}
        known = set(session.exec(select(people.Person.name).where(people.Person.is_system.is_(False))))
        assert known == {"Mia", "Ada Lovelace"}


def test_clearing_takes_what_was_written_about_samples_and_counts_the_rest_anew(empty):
    declare_own(empty)
    with empty.courier.transaction() as session:
        made_up = session.get(Incident, 1)
        made_up.sample = True
        session.flush()
        for words in ("Error 502 on my phone", "Is anybody there?"):
            feedback.take(session, Voice(words, incident=made_up), now=NOW)
        feedback.take(session, Voice("Error 502 on my phone again"), now=NOW)
        assert session.get(Cluster, 1).size == 2
    assert sample.clear(empty) == 1
    with empty.courier.reading() as session:
        assert [one.words for one in session.exec(select(Feedback))] == ["Error 502 on my phone again"]
        [left] = session.exec(select(Cluster)).all()
        assert (left.size, set(left.words.values())) == (1, {1})


def test_clearing_lets_go_of_what_yours_pointed_at(loaded):
    """An item of yours stood back for one of the samples, and an older version let you merge into one."""
    ref = declare_own(loaded)
    with loaded.courier.transaction() as session:
        boss = people.closeout(session)
        mine = incidents.find(session, ref, as_=boss)
        theirs = next(one for one in actions.all(session, as_=boss) if one.status == "open")
        item = actions.create(session, mine, "The same", owner=None, due=None, by=boss, now=NOW)
        actions.duplicate(session, item, theirs, by=boss, now=NOW)
        mine.merged_into = theirs.incident_id
    sample.clear(loaded)
    with loaded.courier.reading() as session:
        assert session.get(Incident, mine.id).merged_into is None
        kept = session.get(actions.ActionItem, item.id)
        assert (kept.status, kept.duplicate_of) == ("duplicate", None)


def test_nobody_is_told_of_anything(loaded):
    with loaded.courier.transaction() as session:
        assert session.exec(select(Ear)).all() == []
        told = session.exec(select(Event).where(Event.kind == "Nudged")).all()
        assert told == []
        for rule in loaded.rules:
            assert nudges.run(session, rule, NOW) == 0
        assert sum(reminding.remind(session, batch, NOW) for batch in reminding.waiting(session, NOW)) == 0
        assert sum(reminding.send(session, batch, NOW) for batch in reminding.due(session, NOW)) == 0
    assert counts(loaded)["inbox"] == counts(loaded)["waiting"] == 0


def test_what_becomes_due_later_is_said(loaded):
    with loaded.courier.transaction() as session:
        later = NOW + timedelta(days=14)
        told = [reminding.remind(session, batch, later) for batch in reminding.waiting(session, later)]
        assert sum(told) > 0


def test_the_public_sees_samples_in_the_practice_workspace_alone(loaded, tmp_path):
    with loaded.courier.reading() as session:
        shown = updates.published(session, 100)
    assert len(shown) > 20
    assert all(incident.sample and not incident.private for incident, _ in shown)
    real = house_of(str(loaded.engine.url), tmp_path, **REAL)
    with real.courier.reading() as session:
        assert updates.published(session, 100) == []
    real.engine.dispose()


def test_the_first_start_loads_it_and_no_later_one(empty):
    assert sample.load_first(empty, now=NOW)
    assert sample.load_first(empty, now=NOW) is None
    sample.clear(empty)
    assert sample.load_first(empty, now=NOW) is None
    assert counts(empty)["incident"] == 0


def test_whoever_has_an_incident_of_their_own_is_not_given_any(empty):
    declare_own(empty)
    assert sample.load_first(empty, now=NOW) is None
    with empty.courier.reading() as session:
        assert not any(session.exec(select(Incident.sample)))
