"""Two bots on one PostgreSQL: the other finishes what a dead one began; two clocks strike, one job runs."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.conftest import COMPANY
from tests.journeys.scene import CREATE, INVITE
from tests.world import wait_for

pytestmark = pytest.mark.slow

TAKEN_OVER = 10.0  # seconds in which the other has finished what a dead one began
SECRET = "sandbox-signing-secret"


@pytest.fixture(scope="module")
def pair(postgres_scene):
    """The scene's bot and another one."""
    scene = postgres_scene
    scene.bots = [scene.bot, scene.world.add_bot().start()]
    return scene


def listens(pair, bot):
    pair.guest.connect(f"{bot.url}/slack/events", SECRET)


@pytest.fixture
def dying(pair):
    """The one to which the sandbox talks; another takes its place in the pair."""
    dying, other = pair.bots
    listens(pair, dying)
    yield dying
    dying.stop()
    pair.bots = [other, pair.world.add_bot().start()]


@pytest.mark.parametrize("silence", ["timeout", "hang_after"])
@pytest.mark.parametrize("call", [CREATE, "chat.postMessage", INVITE])
def test_what_a_dead_replica_began_is_finished_by_the_other_within_ten_seconds(pair, dying, silence, call):
    pair.guest.conditions(faults=[{"method": call, "kind": silence}])
    since = pair.mark()
    number = pair.declare_in_a_form(f"One dies for good at {silence}", Commander="ben")
    wait_for(lambda: pair.guest.calls(call, since), what="the silence")
    dying.kill()
    died = time.monotonic()
    wait_for(lambda: pair.is_done(number), what="the declare")
    assert time.monotonic() - died < TAKEN_OVER
    pair.is_whole(number, people=("ada", "ben"))


def test_what_one_replica_was_told_both_know(pair):
    for bot in pair.bots:
        listens(pair, bot)
        answer = pair.tell("ada").says("/incident list")
        assert "One dies for good" in str(answer.body)


def test_two_clocks_make_one_digest_also_after_a_restart(pair):
    listens(pair, pair.bots[0])
    pair.declare("Something to tell")
    pair.settle()
    for bot in pair.bots:
        bot.stop()
    struck = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
    config = Path(pair.bots[0].env["CLOSEOUT_CONFIG"])
    config.write_text(COMPANY + f'\n[digest]\nweekly = "{struck:%a %H:%M}"\n'.lower())
    for _ in range(2):
        for bot in pair.bots:
            bot.launch()
        for bot in pair.bots:
            bot.wait_until_ready()
        key = f"weekly/everybody/{struck:%G-W%V}"
        wait_for(lambda key=key: pair.messages("incidents", key), what="the digest")
        pair.settle()
        assert len(pair.messages("incidents", key)) == 1
        for bot in pair.bots:
            bot.stop()
