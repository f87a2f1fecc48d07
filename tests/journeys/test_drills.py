"""A quick drill on two bots, one of which dies in the middle: each thing is played once, nobody is rung."""

import pytest

from tests.journeys.conftest import a_scene
from tests.world import wait_for

pytestmark = pytest.mark.slow

VOICES = ["first", "second", "third", "fourth", "fifth", "sixth"]
HEAD = """
title = "The ground shakes"
summary = "Something moves."
about = ["Standing still"]
minutes = 7
severity = "sev1"
services = ["checkout"]

[[expect]]
key = "seat"
what = "Somebody commands"
rule = "seat_taken"
role = "commander"
"""
INJECT = """
[[inject]]
at = "{at}m"
kind = "message"
as = "{voice}"
text = "This is the {voice} word."
"""


@pytest.fixture(scope="module")
def scene(new_database, nursery, tmp_path_factory):
    """On PostgreSQL two bots, on SQLite one that is started again."""
    data = tmp_path_factory.mktemp("data")
    (data / "drills").mkdir()
    injects = [INJECT.format(at=n, voice=voice) for n, voice in enumerate(VOICES)]
    (data / "drills" / "quake.toml").write_text(HEAD + "".join(injects))
    with a_scene(new_database, nursery, tmp_path_factory, CLOSEOUT_DATA_DIR=str(data)) as scene:
        yield scene


@pytest.fixture(scope="module")
def held(scene):
    """The whole drill, seven minutes in as many seconds."""
    is_two = scene.world.database.startswith("postgres")
    other = scene.world.add_bot().start() if is_two else None
    answer = scene.tell("ada").says("/incident drill quake 60")
    assert "INC-1" in answer.text
    name = wait_for(lambda: next(iter(scene.channels(1)), None), what="the channel")
    wait_for(lambda: said(scene, name, "second"), what="the second word")
    scene.bot.kill()
    if not is_two:
        scene.bot.start()
    wait_for(lambda: "over after 7 min" in scene.guest.transcript(name), what="the report")
    yield name
    if other:
        other.stop()


def said(scene, channel, voice):
    return [one for one in scene.guest.messages(channel) if f"This is the {voice} word." in one["text"]]


@pytest.mark.parametrize("voice", VOICES)
def test_each_voice_speaks_once(scene, held, voice):
    assert len(said(scene, held, voice)) == 1


def test_each_fact_is_there_once(scene, held):
    assert scene.facts(1, "DrillStarted", "Injected", "DrillEnded") == [
        "DrillStarted",
        *["Injected"] * len(VOICES),
        "DrillEnded",
    ]


def test_pagerduty_heard_nothing_and_nobody_was_seated(scene, held):
    assert scene.double.rung == {}
    assert scene.double.incidents == {}
    assert scene.facts(1, "RoleTaken", "NobodyOnCall", "PageSent") == []


def test_it_was_announced_as_a_drill_and_nothing_else(scene, held):
    [line] = scene.messages("incidents", "INC-1/announcement")
    assert line["text"].startswith("DRILL · ")
