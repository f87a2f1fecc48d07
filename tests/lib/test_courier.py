"""What a listener hears, without DBOS."""

import asyncio
import logging

import pytest
from sqlmodel import select

from bot.lib import facts
from bot.lib.courier import Courier
from bot.lib.effects import repeated
from bot.lib.errors import DeliveryError, Refused
from bot.lib.facts import Event, moment, on, record
from tests.conftest import carry_all
from tests.lib.saying import NOON, Far, Said, Sang, ear_of, hear, listening, room_of, say


@pytest.fixture
def far():
    return Far()


def test_a_fact_reaches_its_listener_once(engine, far):
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    carry_all(courier)
    carry_all(courier)
    assert far.posts == ["one"]


def test_a_listener_that_folds_takes_what_happened_meanwhile_as_one(engine, far):
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one", "two", "three")
    carry_all(courier)
    assert far.posts == ["one, two, three"]


def test_a_listener_that_does_not_fold_hears_one_by_one_in_order(engine, far):
    courier = Courier(engine, listening(room_of(far, folds=False)))
    say(courier, "one", "two", "three")
    carry_all(courier)
    assert far.posts == ["one", "two", "three"]


def test_what_is_refused_for_good_is_noted_and_passed(engine, far):
    noted = []
    courier = Courier(
        engine,
        listening(room_of(far)),
        gave_up=lambda session, ear, error: noted.append((ear.run, str(error))),
    )
    far.faults = ["refused"]
    say(courier, "one")
    carry_all(courier)
    say(courier, "two")
    carry_all(courier)
    assert (noted, far.posts) == ([("room/1/0", "no such channel")], ["two"])


def test_unless_the_house_says_otherwise_it_is_logged(engine, far, caplog):
    far.faults = ["refused"]
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    carry_all(courier)
    assert "room/1/0 was refused for good: no such channel" in caplog.text


def test_a_passing_failure_outside_of_an_effect_leaves_the_ear_where_it_is(engine):
    @on(Said, name="room")
    async def room(event):
        raise DeliveryError("not now")

    courier = Courier(engine, listening(room))
    say(courier, "one")
    with pytest.raises(DeliveryError):
        hear(courier, ear_of(courier))
    assert ear_of(courier).heard == 0


def test_a_reaction_shares_the_transaction_that_moves_its_ear(engine):
    @on(Said)
    def answer(session, fact):
        record(session, Sang(incident_id=1, by=1), at=moment(session))
        if fact.text == "bad":
            raise ZeroDivisionError

    courier = Courier(engine, listening(answer))
    say(courier, "good")
    carry_all(courier)
    say(courier, "bad")
    with pytest.raises(ZeroDivisionError):
        hear(courier, ear_of(courier, "answer"))
    with courier.reading() as session:
        assert [event.kind for event in session.exec(select(Event))] == ["Said", "Sang", "Said"]
        assert ear_of(courier, "answer").heard == 1


def test_a_reaction_knows_when_the_fact_was_recorded(engine):
    moments = []

    @on(Said)
    def look(session, fact):
        moments.append(moment(session))

    courier = Courier(engine, listening(look))
    say(courier, "one")
    carry_all(courier)
    assert moments == [NOON]


def test_a_reaction_that_is_refused_keeps_nothing_and_stops_nobody(engine, caplog):
    @on(Said)
    def ask(session, fact):
        record(session, Sang(incident_id=1, by=1), at=NOON)
        if fact.text == "no":
            raise Refused("The incident is closed.")

    courier = Courier(engine, listening(ask))
    say(courier, "no", "yes")
    carry_all(courier)
    with courier.reading() as session:
        assert [event.kind for event in session.exec(select(Event))].count("Sang") == 1
    assert "The incident is closed." in caplog.text


def test_a_reaction_may_cause_what_others_hear(engine, far):
    @on(Sang)
    def echo(session, fact):
        record(session, Said(incident_id=fact.incident_id, by=1, text="la"), at=moment(session))

    courier = Courier(engine, listening(room_of(far), echo))
    with courier.transaction() as session:
        record(session, Sang(incident_id=1, by=1), at=NOON)
    carry_all(courier)
    assert far.posts == ["la"]


def test_one_slow_room_does_not_hold_up_another_listener(engine, far):
    heard = []

    @on(Said)
    def note(session, fact):
        heard.append(fact.text)

    courier = Courier(engine, listening(room_of(far), note))
    say(courier, "one", "two")
    hear(courier, ear_of(courier, "note"))
    assert (heard, far.posts) == (["one", "two"], [])


def test_a_session_knows_who_listens_and_what_the_house_gave(engine):
    courier = Courier(engine, listening(), {"company": "Acme"})
    with courier.transaction() as writing, courier.reading() as reading:
        assert writing.info["company"] == reading.info["company"] == "Acme"
        assert writing.info["listeners"] is courier.listeners


def test_what_is_changed_while_reading_is_not_kept(engine):
    courier = Courier(engine, listening())
    say(courier, "one")
    with courier.reading() as session:
        session.exec(select(Event)).one().kind = "Sang"
    with courier.reading() as session:
        assert session.exec(select(Event)).one().kind == "Said"


async def test_verbs_and_queries_run_in_threads_with_a_session_of_their_own(engine):
    courier = Courier(engine, listening())
    event = await courier.run(record, Said(incident_id=1, by=1, text="x"), at=NOON)
    assert await courier.ask(lambda session, key: session.get(Event, key).key, event.id) == "INC-1/1"


def test_a_verb_that_fails_leaves_nothing_and_owes_nothing(engine, far):
    def fails(session):
        record(session, Said(incident_id=1, by=1, text="x"), at=NOON)
        raise ZeroDivisionError

    courier = Courier(engine, listening(room_of(far)))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(courier.run(fails))
    with courier.reading() as session:
        assert facts.behind(session) == []
        assert session.exec(select(Event)).all() == []


def test_without_a_loop_the_ears_are_left_to_the_sweep(engine, far):
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "said on the command line")
    with courier.reading() as session:
        assert [ear.run for ear in facts.behind(session)] == ["room/1/0"]


def test_a_crash_after_the_call_does_not_repeat_it(engine, far):
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    far.posts.append("one")  # by the run that died
    token = repeated.set(True)
    hear(courier, ear_of(courier))
    repeated.reset(token)
    assert (far.posts, far.calls) == (["one"], ["seek"])


def test_nothing_is_logged_when_all_is_well(engine, far, caplog):
    caplog.set_level(logging.INFO, "bot")
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    carry_all(courier)
    assert not [entry for entry in caplog.records if entry.name.startswith("bot.")]
