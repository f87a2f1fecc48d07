import asyncio
from datetime import timedelta

import pytest

from bot.lib.effects import Door, effect, repeated
from bot.lib.errors import DeliveryError
from tests.lib.saying import Far


@pytest.fixture
def far():
    return Far()


async def test_an_effect_answers_what_the_far_end_said(far):
    assert await far.post("key", "one") == {"text": "one"}


async def test_a_passing_failure_is_tried_again(far):
    far.faults = ["away", "away"]
    await far.post("key", "one")
    assert far.posts == ["one"]


async def test_a_lost_answer_is_looked_up_not_repeated(far):
    far.faults = ["lost answer"]
    await far.post("key", "one")
    assert (far.posts, far.calls) == (["one"], ["post", "seek"])


async def test_who_asks_for_quiet_has_not_acted_so_nothing_is_looked_up(far):
    far.faults = ["quiet"]
    await far.post("key", "one")
    assert (far.posts, far.calls) == (["one"], ["post", "post"])


async def test_a_refusal_for_good_is_raised_out(far):
    far.faults = ["refused"]
    with pytest.raises(DeliveryError, match="no such channel") as caught:
        await far.post("key", "one")
    assert caught.value.permanent
    assert far.calls == ["post"]


async def test_a_repeated_run_looks_first(far):
    far.posts = ["one"]
    token = repeated.set(True)
    await far.post("key", "one")
    repeated.reset(token)
    assert far.calls == ["seek"]


async def test_an_outage_is_logged_once_and_its_end_once(far, caplog):
    far.faults = ["away", "away", "away"]
    await far.post("key", "one")
    assert [entry.getMessage() for entry in caplog.records] == [
        "Far is away: bad gateway. What is meant for it waits.",
        "Far is back. It was away for 0 seconds.",
    ]


async def test_a_door_knows_since_when_nobody_gets_through():
    door = Door("Far", first_wait=0)
    assert door.away_for is None
    await door.rest(0, DeliveryError("bad gateway"))
    assert timedelta() <= door.away_for < timedelta(seconds=30)
    door.wake()
    assert door.away_for is None


async def test_who_had_nothing_to_ask_does_not_know_that_it_is_back():
    door, away = Door("Far", first_wait=3600, longest_wait=3600), asyncio.Event()

    async def act():
        away.set()
        raise DeliveryError("away")

    async def nothing():
        return {}

    resting = asyncio.create_task(effect(door, "key", act))
    await away.wait()
    await effect(door, "another", nothing)
    assert door.is_away
    resting.cancel()


async def test_when_one_gets_through_all_who_rest_there_wake():
    door, tries = Door("Far", first_wait=3600, longest_wait=3600), []

    async def act():
        tries.append(1)
        if len(tries) <= 2:
            raise DeliveryError("away")

    resting = [asyncio.create_task(effect(door, f"key/{n}", act)) for n in range(2)]
    while len(tries) < 2:
        await asyncio.sleep(0)
    await effect(door, "another", act)
    await asyncio.wait_for(asyncio.gather(*resting), 5)
    assert not door.is_away


async def test_nobody_knocks_while_a_method_wants_quiet():
    door, calls = Door("Far"), []
    door.hush("chat.postMessage", 3600)

    async def act():
        calls.append(1)

    held = asyncio.create_task(effect(door, "a", act, method="chat.postMessage"))
    await effect(door, "b", act, method="chat.update")
    assert (len(calls), held.done()) == (1, False)
    held.cancel()


async def test_the_longest_request_for_quiet_wins():
    door = Door("Far")
    door.hush("chat.update", 100)
    longest = door.quiet["chat.update"]
    door.hush("chat.update", 1)
    assert door.quiet["chat.update"] == longest


async def test_a_bug_in_a_call_is_not_tried_again():
    async def act():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await effect(Door("Far"), "key", act)


def test_a_door_serves_one_loop_after_another():
    far = Far()
    for text in ("one", "two"):
        far.faults = ["away"]
        asyncio.run(far.post("key", text))
    assert far.posts == ["one", "two"]
