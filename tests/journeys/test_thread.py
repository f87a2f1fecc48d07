"""The thinnest thread: one command, killed and started again, on both databases."""

import pytest

from tests.world import World, wait_for

pytestmark = pytest.mark.slow


def room(world):
    return next((name for name in world.guest.channel_names() if name.startswith("inc-1-")), None)


def test_an_incident_survives_a_kill_and_its_channel_is_opened_once(database, tmp_path):
    with World(tmp_path, database) as world:
        world.guest.conditions(faults=[{"method": "conversations.create", "kind": "timeout", "times": 1}])
        answer = world.person("ada").says("/incident new sev1 Checkout is down")
        assert "INC-1" in answer.text
        wait_for(lambda: world.guest.calls("conversations.create"), what="the first try")

        world.bot.kill()
        world.bot.start()

        name = wait_for(lambda: room(world), what="the channel")
        wait_for(lambda: "Until it is closed" in world.guest.transcript(name), what="the card")
        wait_for(lambda: "INC-1" in world.guest.transcript("incidents"), what="the announcement")
        assert name == "inc-1-checkout-is-down"
        assert len([each for each in world.guest.channel_names() if each.startswith("inc-1")]) == 1
        wait_for(lambda: "ada" in world.guest.channel(name)["members"], what="Ada in the channel")
        assert world.guest.channel(name)["topic"]
