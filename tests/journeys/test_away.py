"""Slack is away for a whole incident, which is run from the terminal and over REST; then it is back."""

from datetime import UTC, datetime

import pytest

from tests.world import wait_for

pytestmark = pytest.mark.slow

NOTES = ("Card payments time out", "The new release is suspected")
UPDATE = "We are rolling the release back."


@pytest.fixture(scope="module")
def run_without_slack(scene):
    """From declared to resolved, with the bot killed and started on the way."""
    scene.guest.conditions(down=True)
    declared = scene.bot.cli("declare", "sev2", "Payments fail", "--as", "ada@example.com")
    assert "INC-1 is declared" in declared.stdout
    post(scene, "roles", role="comms", person="ben@example.com")
    post(scene, "timeline", text=NOTES[0])
    scene.bot.cli("severity", "INC-1", "sev1", "Nobody can pay", "--as", "ada@example.com")
    wait_for(lambda: tries(scene), what="a try to reach Slack")
    scene.bot.kill()
    scene.bot.start()
    patch(scene, status="identified", note="It is release 4711")
    post(scene, "timeline", text=NOTES[1])
    post(scene, "updates", message=UPDATE, next_in="30m")
    scene.bot.cli("resolve", "INC-1", "Rolled back", "--as", "ada@example.com")
    assert scene.channels(1) == []
    scene.guest.conditions(down=False)
    back = datetime.now(UTC)
    scene.settle()
    assert (datetime.now(UTC) - back).total_seconds() < 30


def post(scene, what, **said):
    return done(scene.bot.api("POST", f"/incidents/INC-1/{what}", json=said, headers=AS_ADA))


def patch(scene, **said):
    return done(scene.bot.api("PATCH", "/incidents/INC-1", json=said, headers=AS_ADA))


AS_ADA = {"Closeout-As": "ada@example.com"}


def done(answer):
    assert answer.is_success, answer.text
    return answer.json()


def tries(scene):
    return scene.guest.calls("conversations.create")


def test_there_is_one_channel_one_card_and_one_announcement_and_everybody_is_in(scene, run_without_slack):
    scene.is_whole(1, people=("ada", "ben"))


def test_everything_was_said_in_order_and_once(scene, run_without_slack):
    [name] = scene.channels(1)
    said = scene.guest.transcript(name)
    told = [
        "Ben Okafor",
        NOTES[0],
        "from sev2 to sev1",
        "It is release 4711",
        NOTES[1],
        UPDATE,
        "Rolled back",
    ]
    after_the_card = said[said.index("Until it is closed") :]
    places = [after_the_card.find(each) for each in told]
    assert -1 not in places
    assert places == sorted(places)
    assert [after_the_card.count(each) for each in (*NOTES, UPDATE)] == [1, 1, 1]


def test_the_card_the_topic_and_the_announcement_show_how_it_is_now(scene, run_without_slack):
    room = scene.room(1)
    [card] = scene.messages(room["name"], "INC-1/card")
    [announcement] = scene.messages("incidents", "INC-1/announcement")
    for shown in (card["reads"], room["topic"], announcement["reads"]):
        assert "resolved" in shown
        assert "SEV1" in shown


def test_the_timeline_is_what_people_did_and_one_word_about_the_channel(scene, run_without_slack):
    told = scene.facts(1)
    assert told.count("RoomOpened") == 1
    assert told.count("NoteAdded") == 2
    assert [kind for kind in told if kind == "StatusChanged"] == ["StatusChanged"] * 2


def test_what_happens_next_is_in_slack_at_once(scene, run_without_slack):
    answer = scene.tell("ada").says("/incident note It is calm", in_=scene.channels(1)[0])
    assert answer.status == 200
    wait_for(lambda: "It is calm" in scene.guest.transcript(scene.channels(1)[0]), what="the note")
