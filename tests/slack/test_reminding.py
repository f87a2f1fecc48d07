"""What is owed and digests, as people see them in Slack: one message, its buttons, and never twice."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.app import domain_modules
from bot.domain import actions, incidents, people, reminding
from bot.domain.company import Company, Service, Team
from bot.lib.effects import repeated
from bot.slack.reminding import Calm
from tests.conftest import NOON
from tests.slack.hall import Hall

domain_modules()
COMPANY = Company(
    teams=(Team(key="payments", name="Payments", channel="general"),),
    services=(Service(key="checkout", name="Checkout", team="payments"),),
)


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox, COMPANY)
    made.meet_everybody()
    with made.as_("ada") as (session, _):
        for person in people.everybody(session, 50):
            person.timezone = "UTC"
    return made


def dms(hall, name):
    return [one for one in hall.guest.look("dms", user=name)["messages"] if one.get("bot_id")]


def promise(hall, title="Alert on <!channel> errors", *, owner="ben", due=date(2026, 3, 10)):
    id = hall.declare("Checkout is down", services=("checkout",))
    with hall.as_("ada") as (session, ada):
        made = {"owner": people.of_slack(session, f"U0{owner.upper()}"), "due": due}
        return actions.create(session, incidents.get(session, id), title, by=ada, now=hall.now, **made).id


def remind(hall, now):
    hall.now = now
    with hall.as_("ada") as (session, _):
        for batch in reminding.waiting(session, now):
            reminding.remind(session, batch, now)


def send(hall, now):
    hall.now = now
    with hall.as_("ada") as (session, _):
        for slots in reminding.due(session, now):
            reminding.send(session, slots, now)


def labels(message):
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [[one.get("text", {}).get("text", "…") for one in row] for row in rows]


def test_several_items_are_one_message_with_their_buttons(hall):
    promise(hall)
    promise(hall, "Rehearse the failover", due=date(2026, 3, 11))
    remind(hall, NOON + timedelta(days=9))
    hall.carry()
    [said] = dms(hall, "ben")
    assert said["text"] == "2 things need you"
    assert "|INC-1> · 1 day late" in str(said["blocks"])
    assert "|INC-2> · due today" in str(said["blocks"])
    assert "<!channel>" not in str(said["blocks"])
    assert labels(said) == [["Done", "In progress", "…"]] * 2
    remind(hall, NOON + timedelta(days=9, hours=1))
    hall.carry()
    assert len(dms(hall, "ben")) == 1


def test_what_was_done_meanwhile_is_not_said(hall):
    id = promise(hall)
    remind(hall, NOON + timedelta(days=8))
    with hall.as_("ben") as (session, ben):
        actions.done(session, actions.get(session, id), "see", by=ben, now=hall.now)
    hall.carry()
    assert dms(hall, "ben") == []


def test_what_is_to_be_verified_says_so(hall):
    id = promise(hall)
    with hall.as_("ben") as (session, ben):
        actions.done(session, actions.get(session, id), "see", by=ben, now=hall.now)
    remind(hall, NOON + timedelta(days=1))
    hall.carry()
    [said] = dms(hall, "ada")
    assert labels(said) == [["It holds", "It does not"]]
    assert "done by Ben Okafor yesterday, does it hold?" in str(said["blocks"])


def test_late_things_stand_in_the_teams_channel(hall):
    promise(hall)
    remind(hall, NOON + timedelta(days=15))
    hall.carry()
    [said] = [one for one in hall.guest.messages("general") if "late" in one.get("text", "")]
    assert said["text"] == "1 thing in this team is late"


def moved(company, **team):
    return company.model_copy(update={"teams": (Team(key="payments", name="Payments", **team),)})


@pytest.mark.parametrize(
    ("manager", "place"), [("chen@example.com", "chen"), ("", "incidents")], ids=["manager", "nobody"]
)
def test_a_channel_that_is_gone_is_no_reason_to_say_nothing(engine, sandbox, manager, place):
    hall = Hall(engine, sandbox, moved(COMPANY, channel="lost", manager=manager or None))
    hall.meet_everybody()
    with hall.as_("chen") as (session, chen):
        chen.email = "chen@example.com"
        for person in people.everybody(session, 50):
            person.timezone = "UTC"
    promise(hall)
    remind(hall, NOON + timedelta(days=15))
    hall.carry()
    found = dms(hall, "chen") if place == "chen" else hall.guest.messages(place)
    [said] = [one for one in found if one.get("text") == "1 thing in this team is late"]
    assert "Ben Okafor · 7 days late" in str(said["blocks"])
    hall.restart()
    hall.carry(again=True)
    sent = [one for one in hall.guest.traffic() if one["method"] == "chat.postMessage"]
    assert len([one for one in sent if "in this team is late" in str(one["args"])]) == 1


def test_what_could_be_said_nowhere_is_said_when_it_can_be(engine, sandbox):
    lost = moved(COMPANY, channel="lost")
    lost = lost.model_copy(update={"workspace": lost.workspace.model_copy(update={"announce_in": "gone"})})
    hall = Hall(engine, sandbox, lost)
    hall.meet_everybody()
    promise(hall)
    remind(hall, NOON + timedelta(days=15))
    hall.carry()
    hall.sandbox_channel("lost", by="U0ADA")
    remind(hall, NOON + timedelta(days=16))
    hall.carry()
    assert "1 thing in this team is late" in [one.get("text") for one in hall.guest.messages("lost")]


def test_who_waits_in_line_waits_no_longer_than_their_turn():
    waits = []

    async def sleep(seconds):
        waits.append(round(seconds, 1))

    async def three(calm):
        for _ in range(3):
            await calm.wait()

    asyncio.run(three(Calm(0.6, sleep, lambda: 100.0)))
    assert waits == [0.6, 1.2]


def test_when_slack_was_away_over_night_it_waits_for_another_day(hall):
    promise(hall)
    remind(hall, NOON + timedelta(days=8))
    hall.now += timedelta(hours=9)
    hall.carry()
    assert dms(hall, "ben") == []
    remind(hall, NOON + timedelta(days=9))
    hall.carry()
    assert len(dms(hall, "ben")) == 1


@pytest.mark.parametrize("kind", ["cut_after", "lost_answer", "500"])
def test_a_reminder_whose_answer_is_lost_is_said_once(hall, kind):
    promise(hall)
    hall.carry()
    remind(hall, NOON + timedelta(days=8))
    hall.guest.fails("chat.postMessage", kind)
    hall.carry()
    assert len(dms(hall, "ben")) == 1


def test_a_digest_has_its_answer_first_and_a_chart_and_comes_once(hall):
    promise(hall)
    monday = NOON.replace(hour=9) + timedelta(days=14)
    send(hall, monday)
    hall.carry()
    found = [one for one in dms(hall, "ben") if "The week to" in one["text"]]
    assert [one["text"] for one in found] == [
        "The week to Monday 16 March. You: 0 of 1 promise kept this week. 1 late, oldest 6 days."
    ]
    assert "8-30   ████████████  1" in str(found[0]["blocks"])
    assert any("Payments: 0 of 1 promise" in one.get("text", "") for one in hall.guest.messages("general"))
    hall.restart()
    token = repeated.set(True)
    send(hall, monday + timedelta(hours=1))
    hall.carry(again=True)
    repeated.reset(token)
    assert len([one for one in dms(hall, "ben") if "The week to" in one["text"]]) == 1
