"""The seven rules of the engine and the twelve traps of the courier: each has a test, here or elsewhere.

Rules
1. Our own engine on SQLite, JSON and no pickle:
   test_dbos_gets_json_a_pinned_version_and_our_database,
   test_dbos_has_the_same_file_as_safe.
2. A name for each replica:
   test_a_replica_has_a_name_of_its_own_on_postgres_and_a_fixed_one_on_sqlite.
3. Crash detection: test_replicas.py;
   test_the_work_of_a_dead_replica_is_done_by_another_within_ten_seconds.
4. Pinned version: test_dbos_gets_json_a_pinned_version_and_our_database. A replay that does not
   match:
   test_a_replay_that_comes_to_another_effect_stops_and_looks_first.
5. One step for each branch of a gather: test_gather.py.
6. Nothing that people see goes through a queue:
   test_a_run_is_started_directly_and_is_nobodys_child.
7. A call may be repeated: test_effects.py; test_controls.py.

Traps
1. A queue of DBOS is no order. It cannot happen here: the next run of an ear does not exist before
   its ear has moved;
   test_a_listener_that_does_not_fold_hears_one_by_one_in_order,
   test_a_hundred_facts_at_once_reach_each_room_in_order.
2. Ids are given before the commit: test_without_the_line_a_fact_is_lost_on_postgres.
3. DBOS cannot tell that a run is a repeat: test_a_run_of_another_life_looks_first.
4. A replayed step error loses its type:
   test_a_run_is_taken_up_after_a_restart_and_its_steps_are_not_repeated.
5. A run that fails spends its id:
   test_a_bug_is_tried_again_later_and_the_run_does_not_end_in_error,
   test_a_run_is_recovered_however_often_it_dies, test_a_run_that_cannot_be_put_off_insists,
   test_who_lost_a_run_to_another_replica_does_not_try_it_again,
   test_a_run_that_starts_while_the_house_closes_is_left_for_the_next_start.
6. The next run is nobody's child: test_a_run_is_started_directly_and_is_nobodys_child.
7. Starting a run that exists is a write: test_a_run_that_was_given_is_not_given_again,
   test_a_sweep_forgets_the_runs_that_have_been_heard.
8. The most urgent first, one by one: test_the_first_that_was_added_is_told_first.
9. A look-up may run before a request of the dead process is applied. No test can show that it
   cannot happen: the second between a death and the recovery is a margin, not a proof. Far ends
   that take a key need no look-up.
10. A bug at the third fact repeats the first two:
   test_a_bug_at_the_third_fact_does_not_repeat_the_first_two.
11. A new ear hears nothing of last week: test_an_ear_begins_at_the_fact_that_made_it.
12. DBOS wants names of three characters: test_dbos_gets_json_a_pinned_version_and_our_database.
   Verbs do not share asyncio's threads with DBOS: test_verbs_run_in_threads_of_their_own.
"""

import asyncio
import re
import threading
from pathlib import Path

import pytest
from dbos._registrations import get_func_info

from bot.lib import runtime
from bot.lib.courier import Courier, carry
from bot.lib.effects import repeated
from bot.lib.facts import Ear, on, record
from tests.lib.saying import NOON, Far, Said, ear_of, hear, listening, room_of, say


@pytest.mark.parametrize(("life", "calls"), [("mine", ["post"]), ("another", ["seek", "post"])])
def test_a_run_of_another_life_looks_first(engine, life, calls):
    far = Far()
    courier = Courier(engine, listening(room_of(far)))
    say(courier, "one")
    asyncio.run(courier.carry(ear_of(courier), courier.life if life == "mine" else life, 0))
    assert far.calls == calls


def test_a_run_is_recovered_however_often_it_dies():
    assert get_func_info(carry).max_recovery_attempts is None


def test_a_bug_at_the_third_fact_does_not_repeat_the_first_two(engine):
    far, bugs = Far(), ["three"]

    @on(Said, name="room")
    async def room(event):
        if event.fact.text in bugs:
            raise ZeroDivisionError
        await far.post(event.key, event.fact.text)

    courier = Courier(engine, listening(room))
    say(courier, "one", "two", "three")
    with pytest.raises(ZeroDivisionError):
        hear(courier, ear_of(courier))
    bugs.clear()
    token = repeated.set(True)
    hear(courier, ear_of(courier))
    repeated.reset(token)
    assert far.posts == ["one", "two", "three"]


async def test_a_run_that_was_given_is_not_given_again(engine):
    started = []

    class Counting(Courier):
        async def _start(self, ear):
            started.append(ear.run)

    courier = Counting(engine, listening())
    ear = Ear(listener="room", incident_id=1, heard=0, told=1)
    await courier.give(ear, ear)
    await courier.give(ear)
    assert started == ["room/1/0"]


async def test_a_start_that_failed_may_be_tried_again(engine):
    class Failing(Courier):
        async def _start(self, ear):
            raise OSError("the database is away")

    courier = Failing(engine, listening())
    with pytest.raises(OSError, match="away"):
        await courier.give(Ear(listener="room", incident_id=1, heard=0, told=1))
    assert courier.given == set()


async def test_a_run_that_cannot_be_put_off_insists(engine, caplog):
    tries = []

    class Stubborn(Courier):
        first_wait = 0.0

        async def _carry_later(self, ear, failures):
            tries.append(failures)
            if len(tries) < 3:
                raise OSError("the database is away")

    @on(Said, name="room")
    async def room(event):
        raise ZeroDivisionError

    courier = Stubborn(engine, listening(room))
    await courier.run(record, Said(incident_id=1, by=1, text="one"), at=NOON)
    await courier.carry(await courier.ask(lambda session: session.get_one(Ear, ("room", 1))), courier.life, 4)
    assert tries == [5, 5, 5]


async def test_verbs_run_in_threads_of_their_own(engine):
    courier = Courier(engine, listening(), threads=2)
    names = await asyncio.gather(*(courier.aside(lambda: threading.current_thread().name) for _ in range(9)))
    assert {name.rpartition("_")[0] for name in names} == {"verbs"}
    assert len(set(names)) <= 2


def test_each_test_that_is_named_above_exists():
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    named = re.findall(r"\b(test_\w+)\b(?!\.py)", __doc__)
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_a_run_that_starts_while_the_house_closes_is_left_for_the_next_start():
    with pytest.raises(asyncio.CancelledError):
        runtime.courier()
