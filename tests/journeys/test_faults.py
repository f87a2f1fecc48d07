"""The far end errs, asks for quiet, keeps silent or cuts the line: nothing is lost, nothing is said twice."""

import pytest

from tests.journeys.scene import BOOKMARK, CREATE, INVITE, PIN, SLACK, TOPIC
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
from tests.world import wait_for

pytestmark = pytest.mark.slow

METHODS = (CREATE, "chat.postMessage", INVITE, TOPIC, BOOKMARK, PIN, "views.update")
IN_SLACK = ("429", "500", "cut_before", "cut_after", "lost_answer")
AT_PAGERDUTY = (429, 500, "cut", "lost")
QUIET = 1  # seconds that the sandbox asks for
# Where a look shows what was done, it is not done again. The second message of a channel is its announcement.
AGAIN = {kind: {INVITE, TOPIC} for kind in IN_SLACK}
HEARD = ("cut_after", "lost_answer")  # nothing tells us whether it was


@pytest.mark.parametrize("kind", IN_SLACK)
def test_every_call_of_a_declare_may_fail_once(scene, kind):
    scene.guest.conditions(faults=[{"method": each, "kind": kind, "retry_after": QUIET} for each in METHODS])
    number = scene.declare_in_a_form(f"Trouble {kind}", Commander="ben")
    wait_for(lambda: scene.is_done(number), what="the declare")
    assert scene.guest.conditions()["faults"] == []
    scene.is_whole(number, people=("ada", "ben"))
    assert {name for name, tries in scene.calls(number).items() if len(tries) > 1} >= AGAIN[kind]


def test_who_is_asked_for_quiet_is_quiet_and_the_others_go_on(scene):
    faults = [{"method": each, "kind": "429", "retry_after": QUIET} for each in (CREATE, INVITE)]
    scene.guest.conditions(faults=faults)
    number = scene.declare_in_a_form("Trouble with quiet", Commander="ben")
    wait_for(lambda: scene.is_done(number), what="the declare")
    calls = scene.calls(number)
    for name in (CREATE, INVITE):
        refused, again = calls[name]
        assert (refused["status"], again["status"]) == (429, 200)
        assert again["started"] - refused["started"] >= QUIET
    assert calls[TOPIC][0]["started"] < calls[INVITE][1]["started"]


@pytest.mark.parametrize("kind", IN_SLACK)
def test_the_answer_to_a_command_may_fail_once(scene, kind):
    scene.guest.conditions(faults=[{"method": RESPONSE_URL, "kind": kind}])
    number = scene.declare(f"Trouble {kind} with the answer")
    wait_for(lambda: scene.is_done(number), what="the declare")
    # A response_url offers no means to know whether it was used.
    assert len(scene.answers(number)) == (2 if kind in HEARD else 1)


@pytest.mark.parametrize("fault", AT_PAGERDUTY)
def test_every_call_to_pagerduty_may_fail_once(scene, fault):
    trouble = Troubles(scene, None, fault)
    trouble.prepare_pagerduty()
    numbers = trouble.incidents.values()
    wait_for(lambda: all(scene.facts(each, "RoleTaken") for each in numbers), what="the commanders")
    wait_for(
        lambda: all(scene.facts(trouble.incidents[each], "PageSent") for each in PAGES), what="the pages"
    )
    for call in PAGES:
        rings_once(scene, trouble.incidents[call], by_event=call == RING)


def rings_once(scene, number, *, by_event):
    assert scene.facts(number, "Paged", "PageSent", "SourceRefused") == ["Paged", "PageSent"]
    ours = [each for each in scene.double.incidents.values() if f"INC-{number}," in each["title"]]
    rung = [key for key in scene.double.rung if f"/INC-{number}/" in key]
    assert len(ours) + len(rung) == 1
    assert bool(rung) == by_event


# ---- one person whom Slack will not let in


def test_one_who_has_left_slack_does_not_keep_the_others_out(scene):
    scene.guest.act("deactivate", user="eli")
    number = scene.declare_in_a_form("Eli has left", Commander="eli", as_="dana")
    wait_for(lambda: scene.is_done(number), what="the declare")
    room = scene.is_whole(number, people=("dana",))
    assert "Could not be brought in: Eli Novak" in " ".join(one["text"] for one in room["messages"])


@pytest.mark.parametrize("code", ["user_not_in_workspace", "user_is_restricted"])
def test_a_refusal_that_names_nobody_is_taken_apart_person_by_person(scene, code):
    scene.guest.conditions(
        faults=[
            {"method": INVITE, "kind": "error", "error": code},
            {"method": INVITE, "kind": "error", "error": code, "match": {"users": "U0BEN"}},
        ]
    )
    number = scene.declare_in_a_form(f"Slack says {code}", Commander="ben")
    wait_for(lambda: scene.is_done(number), what="the declare")
    scene.is_whole(number, people=("ada",))


def test_one_who_is_not_in_slack_at_all_does_not_keep_the_others_out(scene):
    said = {"title": "A stranger commands", "commander": "stranger@example.com"}
    answer = scene.bot.api("POST", "/incidents", json=said, headers={"Closeout-As": "ada@example.com"})
    number = answer.json()["id"]
    wait_for(lambda: scene.is_done(number), what="the declare")
    scene.is_whole(number, people=("ada",))


# ---- silence: each call is given up after ten seconds, so all of them wait together


@pytest.fixture(scope="module")
def silences(scene):
    """For each call an incident: the far end falls silent before it has acted, or after it."""
    found = {when: Troubles(scene, *kinds) for when, kinds in SILENCE.items()}
    for when in SILENCE:
        found[when].last = len(scene.numbers())
        found[when].prepare_slack()
    found["after"].prepare_pagerduty()  # before: to us that is the same as a cut line
    return found


@pytest.mark.parametrize("call", SLACK)
@pytest.mark.parametrize("when", SILENCE)
def test_silence_at_a_call_to_slack_is_waited_out(silences, scene, when, call):
    number = silences[when].incidents[call]
    wait_for(lambda: scene.is_done(number), what="the declare")
    scene.is_whole(number, people=(declarer_at(call), "ben"))


@pytest.mark.parametrize("call", [ON_CALL, SERVICE, *PAGES])
def test_silence_at_a_call_to_pagerduty_is_waited_out(silences, scene, call):
    number = silences["after"].incidents[call]
    wait_for(lambda: scene.facts(number, "RoleTaken"), what="the commander")
    if call in PAGES:
        wait_for(lambda: scene.facts(number, "PageSent"), what="the page")
        rings_once(scene, number, by_event=call == RING)


def test_at_the_end_nobody_is_owed_anything(scene):
    scene.settle()
    assert scene.double.problems == scene.double.excused
