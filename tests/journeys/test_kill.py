"""kill -9 before and after every outside call of a declare, then a start: everything once, nobody forgotten.

For each call one incident is brought to where the far end keeps silent; then one kill meets them all.
"""

import pytest

from tests.journeys.scene import ANSWER, SLACK
from tests.journeys.troubles import (
    ON_CALL,
    PAGES,
    RESPONSE_URL,
    RING,
    SERVICE,
    SILENCE,
    Troubles,
    declarer_at,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["before", "after"])
def wreck(request, open_scene):
    with open_scene() as scene:
        wreck = Troubles(scene, *SILENCE[request.param])
        wreck.when = request.param
        wreck.prepare()
        scene.bot.kill()
        scene.bot.start()
        scene.settle()
        yield wreck
        assert scene.double.problems == scene.double.excused


@pytest.mark.parametrize("call", SLACK)
def test_killed_at_a_call_to_slack_a_declare_is_finished_and_nothing_is_there_twice(wreck, call):
    number = wreck.incidents[call]
    wreck.scene.is_whole(number, people=(declarer_at(call), "ben"))
    tries = wreck.scene.calls(number)[call]
    assert tries[0]["status"] is None  # it hung until the kill


def test_killed_while_it_answers_a_command_the_answer_is_given(wreck):
    number = wreck.incidents[RESPONSE_URL]
    wreck.scene.is_whole(number, people=("ada",))
    # A response_url offers no means to know whether it was used: after the kill it may say so once more.
    assert len(wreck.scene.answers(number)) == (1 if wreck.when == "before" else 2)


def test_the_form_shows_the_channel_after_a_kill(wreck):
    number = wreck.incidents[ANSWER]
    shown = [view["reads"] for view in wreck.scene.tell(declarer_at(ANSWER)).views()]
    assert any(f"INC-{number} is open" in view for view in shown), shown


@pytest.mark.parametrize("call", [ON_CALL, SERVICE])
def test_killed_while_pagerduty_is_asked_who_is_on_call_they_command_and_are_invited(wreck, call):
    number = wreck.incidents[call]
    wreck.scene.is_whole(number, people=("ada",))
    assert wreck.scene.facts(number, "RoleTaken") == ["RoleTaken"]


@pytest.mark.parametrize("call", PAGES)
def test_killed_at_a_page_one_page_rings(wreck, call):
    number = wreck.incidents[call]
    assert wreck.scene.facts(number, "Paged", "PageSent", "SourceRefused") == ["Paged", "PageSent"]
    ours = [each for each in wreck.double.incidents.values() if f"INC-{number}," in each["title"]]
    rung = [key for key in wreck.double.rung if f"/INC-{number}/" in key]
    assert len(ours) + len(rung) == 1
    assert bool(rung) == (call == RING)
