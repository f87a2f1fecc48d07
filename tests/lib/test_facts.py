from datetime import timedelta
from types import ModuleType

import pytest
from sqlmodel import select

from bot.lib import facts
from bot.lib.courier import Courier
from bot.lib.facts import Event, Fact, Listeners, on, record
from tests.lib.saying import NOON, Said, Sang, ear_of, listening, say


@on(Said)
def note(session, fact):
    pass


@on(Said, Sang, name="choir")
def sing(session, fact):
    pass


def test_a_fact_read_back_is_the_fact_that_was_recorded(session):
    said = Said(incident_id=7, by=3, text="it burns")
    event = record(session, said, at=NOON)
    session.expire_all()
    assert session.exec(select(Event)).one().fact == said
    assert (event.key, event.when, event.by) == (f"INC-7/{event.id}", NOON, 3)


def test_a_fact_may_have_happened_before_it_was_recorded(session):
    earlier = NOON - timedelta(hours=1)
    event = record(session, Said(incident_id=1, by=1, text="x", happened_at=earlier), at=NOON)
    assert (event.at, event.when) == (NOON, earlier)


def test_a_fact_without_a_sentence_says_so():
    class Mute(Fact):
        pass

    with pytest.raises(NotImplementedError, match="Mute has no sentence"):
        str(Mute(incident_id=1, by=1))


def test_a_listener_is_owed_only_what_it_listens_to(engine):
    courier = Courier(engine, listening(note, sing))
    say(courier, "one")
    with courier.transaction() as session:
        record(session, Sang(incident_id=1, by=1), at=NOON)
    with courier.reading() as session:
        assert {ear.listener: ear.told for ear in facts.behind(session)} == {"note": 1, "choir": 2}


def test_an_ear_begins_at_the_fact_that_made_it(engine):
    say(Courier(engine, Listeners()), "last week")
    courier = Courier(engine, listening(note))
    say(courier, "today")
    with courier.reading() as session:
        assert [event.fact.text for event in facts.owed(session, ear_of(courier, "note"))] == ["today"]


def test_the_run_of_an_ear_is_its_position(engine):
    courier = Courier(engine, listening(note))
    say(courier, "one", "two")
    assert (ear_of(courier, "note").run, ear_of(courier, "note").span) == ("note/1/0", ("note", 1, 0, 2))


def test_who_comes_second_moves_nothing(engine):
    courier = Courier(engine, listening(note))
    say(courier, "one")
    ear = ear_of(courier, "note")
    with courier.transaction() as session:
        assert facts.heard(session, ear)
        assert facts.heard(session, ear) is None


def test_who_hears_is_told_what_came_meanwhile(engine):
    courier = Courier(engine, listening(note))
    say(courier, "one")
    ear = ear_of(courier, "note")
    say(courier, "two")
    with courier.transaction() as session:
        assert facts.heard(session, ear).span == ("note", 1, 1, 2)


def test_ears_of_those_who_have_left_are_left_alone(engine):
    say(Courier(engine, listening(note)), "one")
    with Courier(engine, listening(sing)).reading() as session:
        assert facts.behind(session) == []


def test_facts_that_a_savepoint_took_back_are_owed_to_nobody(engine):
    courier = Courier(engine, listening(note))
    with courier.transaction() as session:
        record(session, Said(incident_id=1, by=1, text="kept"), at=NOON)
        savepoint = session.begin_nested()
        record(session, Said(incident_id=1, by=1, text="taken back"), at=NOON)
        record(session, Said(incident_id=2, by=1, text="taken back"), at=NOON)
        savepoint.rollback()
        assert [ear.span for ear in facts.debts(session)] == [("note", 1, 0, 1)]


def test_importing_registers_nothing_and_a_module_is_added_whole():
    module = ModuleType("reactions")
    module.note, module.sing, module.other = note, sing, print
    listeners = Listeners()
    listeners.add_all(module)
    assert list(listeners) == ["note", "choir"]


def test_the_methods_of_an_object_are_added_bound():
    class Bell:
        rung = 0

        @on(Said)
        def ring(self, session, fact):
            self.rung += 1

        @property
        def broken(self):
            raise AssertionError("looked at")

    bell, listeners = Bell(), Listeners()
    listeners.add_all(bell)
    listeners["bell.ring"].call(None, None)
    assert bell.rung == 1


def test_two_listeners_of_one_name_are_refused_and_one_may_be_added_twice():
    @on(Sang, name="note")
    def other(session, fact):
        pass

    listeners = listening(note, note)
    with pytest.raises(ValueError, match="'note'"):
        listeners.add(other)


def test_the_first_that_was_added_is_told_first(engine):
    courier = Courier(engine, listening(sing, note))
    with courier.transaction() as session:
        record(session, Said(incident_id=1, by=1, text="x"), at=NOON)
        assert [ear.listener for ear in facts.debts(session)] == ["choir", "note"]
