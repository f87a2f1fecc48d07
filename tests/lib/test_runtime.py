"""With DBOS: what only a run can show."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from dbos import DBOS
from dbos._error import DBOSWorkflowConflictIDError

from bot.lib import db, facts, runtime
from bot.lib.courier import Courier
from bot.lib.effects import repeated
from bot.lib.errors import DeliveryError
from bot.lib.facts import Ear, on, record
from tests.lib.saying import NOON, Far, Said, ear_of, listening, room_of

pytestmark = pytest.mark.slow


@pytest.fixture
def far():
    return Far()


class Running:
    """A courier that is open inside a `with`, and all of whose ears have heard when asked."""

    def __init__(self, engine, *functions, **settings) -> None:
        self.courier = Courier(engine, listening(*functions), **settings)

    async def __aenter__(self) -> "Running":
        await self.courier.open()
        return self

    async def __aexit__(self, *_) -> None:
        await self.courier.close()

    async def say(self, *texts: str, incident: int = 1) -> None:
        for text in texts:
            await self.courier.run(record, Said(incident_id=incident, by=1, text=text), at=NOON)

    async def all_heard(self) -> None:
        async with asyncio.timeout(20):
            while await self.courier.ask(facts.behind):
                await asyncio.sleep(0.005)

    async def until(self, condition) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.005)

    async def run_of(self, id: str):
        async with asyncio.timeout(20):
            while True:
                found = await DBOS.list_workflows_async(workflow_ids=[id])
                if found and found[0].status != "PENDING":
                    return found[0]
                await asyncio.sleep(0.005)


async def test_a_fact_is_carried_at_once(either_engine, far):
    async with Running(either_engine, room_of(far), sweep_every=3600) as house:
        await house.say("one", "two")
        await house.all_heard()
    assert ", ".join(far.posts) == "one, two"


async def test_the_sweep_carries_what_a_crash_left(either_engine, far):
    courier = Courier(either_engine, listening(room_of(far)))
    await courier.run(record, Said(incident_id=1, by=1, text="one"), at=NOON)
    async with Running(either_engine, room_of(far)) as house:
        await house.all_heard()
    assert far.posts == ["one"]


async def test_a_run_is_started_directly_and_is_nobodys_child(engine, far):
    async with Running(engine, room_of(far, folds=False)) as house:
        await house.say("one")
        await house.all_heard()
        await house.say("two")
        await house.all_heard()
        runs = [await house.run_of(id) for id in ("room/1/0", "room/1/1")]
    assert [(run.status, run.queue_name, run.parent_workflow_id) for run in runs] == [
        ("SUCCESS", None, None)
    ] * 2


async def test_a_bug_is_tried_again_later_and_the_run_does_not_end_in_error(engine, caplog):
    heard = []

    @on(Said, name="room")
    async def room(event):
        heard.append(repeated.get())
        if len(heard) == 1:
            raise ZeroDivisionError

    async with Running(engine, room) as house:
        await house.say("one")
        assert (await house.run_of("room/1/0")).status == "SUCCESS"
        await house.all_heard()
        assert (await house.run_of("room/1/0/1")).queue_name == runtime.TIMERS
    assert heard == [False, True]
    assert "room/1/0 stumbled over facts 0 to 1" in caplog.text


async def test_a_listener_that_this_version_does_not_know_is_waited_for(engine, far, caplog):
    async with Running(engine, room_of(far)) as house:
        await house.say("one")
        await house.all_heard()
        await house.courier.give(Ear(listener="gone", incident_id=1, heard=0, told=1))
        assert (await house.run_of("gone/1/0")).status == "SUCCESS"
        assert (await house.run_of("gone/1/0/1")).status == "DELAYED"


async def test_a_run_is_taken_up_after_a_restart_and_its_steps_are_not_repeated(engine):
    """A refusal that is replayed is still a DeliveryError: the portable serializer would lose its type."""
    far, told, gate = Far(), [], []

    @on(Said, name="room")
    async def room(event):
        try:
            await far.post("first", "one")
        except DeliveryError as error:
            told.append((repeated.get(), error.permanent, str(error)))
        if not gate:
            await asyncio.Event().wait()
        await far.post("second", "two")

    far.faults = ["refused"]
    async with Running(engine, room) as house:
        await house.say("one")
        await house.until(lambda: told)
    gate.append("open")
    async with Running(engine, room) as house:
        await house.all_heard()
        assert (await house.run_of("room/1/0")).status == "SUCCESS"
    assert told == [(False, True, "no such channel"), (True, True, "no such channel")]
    assert (far.calls, far.posts) == (["post", "seek", "post"], ["two"])


async def test_a_replay_that_comes_to_another_effect_stops_and_looks_first(engine, caplog):
    far, keys = Far(), ["first", "another"]
    blocked = asyncio.Event()

    @on(Said, name="room")
    async def room(event):
        await far.post(keys[0], keys[0])
        if keys[0] == "first":
            blocked.set()
            await asyncio.Event().wait()

    async with Running(engine, room) as house:
        await house.say("one")
        await blocked.wait()
    keys.pop(0)
    async with Running(engine, room) as house:
        await house.all_heard()
    assert far.posts == ["first", "another"]
    assert "stumbled" in caplog.text


async def test_starting_a_run_twice_runs_it_once(either_engine, far):
    async with Running(either_engine, room_of(far)) as house:
        await house.say("one")
        await house.all_heard()
        house.courier.given.clear()
        await house.courier.give(*[Ear(listener="room", incident_id=1, heard=0, told=1)] * 3)
        await house.run_of("room/1/0")
    assert far.posts == ["one"]


async def test_a_sweep_forgets_the_runs_that_have_been_heard(engine, far):
    async with Running(engine, room_of(far), sweep_every=3600) as house:
        await house.say("one")
        await house.all_heard()
        assert house.courier.given == {"room/1/0"}
        await house.courier.sweep()
        assert house.courier.given == set()


async def test_who_lost_a_run_to_another_replica_does_not_try_it_again(engine):
    @on(Said, name="room")
    async def room(event):
        raise DBOSWorkflowConflictIDError("room/1/0")

    courier = Courier(engine, listening(room))
    await courier.run(record, Said(incident_id=1, by=1, text="one"), at=NOON)
    with pytest.raises(DBOSWorkflowConflictIDError):
        await courier.carry(ear_of(courier), courier.life, 0)


async def test_old_history_is_tidied_and_the_position_is_not_run_again(either_engine, far):
    async with Running(either_engine, room_of(far)) as house:
        await house.say("one")
        await house.all_heard()
        await house.run_of("room/1/0")
        assert await house.courier.tidy(datetime.now(UTC) - timedelta(days=30)) == 0
        assert await house.courier.tidy(datetime.now(UTC) + timedelta(minutes=1)) == 1
        await house.courier.sweep()
        await house.say("two")
        await house.all_heard()
    assert far.posts == ["one", "two"]


async def test_the_run_of_a_stuck_ear_is_not_tidied_away(engine):
    """Without its id the sweep would begin that position anew, and not know that it may have acted."""

    @on(Said, name="room")
    async def room(event):
        raise ZeroDivisionError

    async with Running(engine, room) as house:
        await house.say("one")
        await house.run_of("room/1/0")
        await house.courier.tidy(datetime.now(UTC) + timedelta(minutes=1))
        assert (await house.run_of("room/1/0")).status == "SUCCESS"


async def test_a_hundred_facts_at_once_reach_each_room_in_order(either_engine):
    far = Far()

    @on(Said, name="room", folds=True)
    async def room(events):
        await far.post(
            f"{events[0].key}/room", f"{events[0].incident_id}:" + ",".join(str(e.id) for e in events)
        )

    async with Running(either_engine, room) as house:
        await asyncio.gather(*(house.say(*"abcde", incident=n % 4 + 1) for n in range(20)))
        await house.all_heard()
    for incident in range(1, 5):
        heard = [
            int(id) for post in far.posts if post.startswith(f"{incident}:") for id in post[2:].split(",")
        ]
        assert heard == sorted(set(heard))
        assert len(heard) == 25


async def test_a_process_has_one_courier(engine, far):
    async with Running(engine, room_of(far)):
        with pytest.raises(RuntimeError, match="one is open already"):
            await Courier(engine, listening()).open()


async def test_dbos_says_nothing_of_its_own(engine, far, capfd):
    async with Running(engine, room_of(far)) as house:
        await house.say("one")
        await house.all_heard()
    assert capfd.readouterr() == ("", "")


def test_a_replica_has_a_name_of_its_own_on_postgres_and_a_fixed_one_on_sqlite(engine):
    postgres = db.open_engine("postgresql://nowhere/closeout")
    names = {runtime.replica_name(postgres) for _ in range(3)}
    assert (runtime.replica_name(engine), len(names), "local" in names) == ("local", 3, False)


def test_dbos_gets_json_a_pinned_version_and_our_database(engine):
    settings = runtime.settings(engine, "local")
    assert settings["serializer"].name() == "portable_json"
    assert settings["application_version"] == "1"
    assert settings["system_database_engine"].url == engine.url
    assert len(settings["name"]) >= 3
    settings["system_database_engine"].dispose()
