"""Two defences are switched off, and the damage that they prevent appears: so the tests would notice."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.lib import db, facts
from bot.lib.courier import Courier
from bot.lib.effects import repeated
from bot.lib.facts import record
from tests.conftest import carry_all
from tests.lib.saying import NOON, Far, Said, ear_of, listening, room_of, say


@pytest.mark.parametrize(("looks_up", "posts"), [(True, ["one"]), (False, ["one", "one"])])
def test_without_the_look_up_a_lost_answer_doubles_the_post(engine, looks_up, posts):
    far = Far()
    far.looks_up, far.faults = looks_up, ["lost answer"]
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    carry_all(courier)
    assert far.posts == posts


@pytest.mark.parametrize(("looks_up", "posts"), [(True, ["one"]), (False, ["one", "one"])])
def test_without_the_look_up_a_crash_doubles_the_post(engine, looks_up, posts):
    far = Far()
    far.looks_up = looks_up
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    asyncio.run(far.post("INC-1/1/room", "one"))  # and here the process died
    token = repeated.set(True)
    asyncio.run(courier.hear(ear_of(courier)))
    repeated.reset(token)
    assert far.posts == posts


@pytest.mark.slow
@pytest.mark.parametrize(("lined_up", "posts"), [(True, ["slow", "quick"]), (False, ["quick"])])
def test_without_the_line_a_fact_is_lost_on_postgres(postgres_url, monkeypatch, lined_up, posts):
    """Ids are given before the commit: the quick one comes later, and is heard before the slow one exists."""
    if not lined_up:
        monkeypatch.setattr(facts, "line_up", lambda session, incident_id: None)
    engine, far = db.open_engine(postgres_url), Far()
    courier = Courier(engine, listening(room_of(far)))

    def be_quick():
        say(courier, "quick")
        carry_all(courier)

    quick = threading.Thread(target=be_quick)
    with courier.transaction() as session:
        # It has its number, and is not yet owed to anybody.
        sa.event.listen(session, "after_flush", lambda *_: (quick.start(), quick.join(0.7)), once=True)
        record(session, Said(incident_id=1, by=1, text="slow"), at=NOON)
    quick.join()
    carry_all(courier)
    engine.dispose()
    assert far.posts == posts or far.posts == [", ".join(posts)]


@pytest.mark.slow
def test_many_writers_on_two_incidents_lose_nothing_in_the_line(postgres_url):
    engine, far = db.open_engine(postgres_url), Far()
    courier = Courier(engine, listening(room_of(far, folds=False)))
    done = threading.Event()

    def write(writer):
        for n in range(25):
            say(courier, f"{writer}/{n}", incident=n % 2 + 1)

    def carry():
        while not done.is_set():
            carry_all(courier)

    carrier = threading.Thread(target=carry)
    carrier.start()
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(8)))
    done.set()
    carrier.join()
    carry_all(courier)
    engine.dispose()
    assert sorted(far.posts) == sorted(f"{writer}/{n}" for writer in range(8) for n in range(25))
