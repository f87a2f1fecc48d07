from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import incidents, nudges, people
from bot.domain.nudges import Nudge
from bot.slack.direct import at_work
from tests.conftest import NOON

NIGHT = NOON + timedelta(hours=11)


def nudge(hall, id, text="Update the customers", *, to="ada", key="one"):
    with hall.as_(to or "ada") as (session, person):
        one = Nudge(key=key, incident_id=id, text=text, to=person.id if to else None)
        return nudges.run(session, lambda _session, _now: [one], hall.now)


def dms(hall, name):
    return [one["text"] for one in hall.guest.look("dms", user=name)["messages"]]


def test_a_nudge_to_a_person_is_a_direct_message(hall):
    id = hall.declare()
    nudge(hall, id)
    hall.carry()
    assert dms(hall, "ada") == ["Update the customers"]
    assert hall.said(id) == []


def test_a_nudge_to_nobody_stands_in_the_channel(hall):
    id = hall.declare()
    nudge(hall, id, to=None)
    hall.carry()
    assert hall.said(id) == ["Update the customers"]


def test_a_live_incident_may_wake_people(hall):
    hall.now = NIGHT
    id = hall.declare()
    nudge(hall, id)
    hall.carry()
    assert dms(hall, "ada") == ["Update the customers"]


def test_what_can_wait_wakes_nobody(hall):
    id = hall.declare()
    hall.does(incidents.resolve, id)
    hall.carry()
    hall.now = NIGHT
    nudge(hall, id, "Write the postmortem")
    hall.carry()
    assert dms(hall, "ada") == []
    assert hall.said(id)[-1] == "Ada Lovelace: Write the postmortem"


@pytest.mark.parametrize("kind", ["cut_after", "lost_answer", "500"])
def test_a_nudge_is_said_once(hall, kind):
    id = hall.declare()
    hall.carry()
    nudge(hall, id)
    hall.guest.fails("chat.postMessage", kind)
    hall.carry()
    assert dms(hall, "ada") == ["Update the customers"]


def test_somebody_whom_slack_does_not_know_is_nudged_in_the_channel(hall):
    id = hall.declare()
    hall.carry()
    with hall.courier.transaction() as session:
        person = people.of_email(session, "zoe@example.com", "Zoe")
        one = Nudge(key="one", incident_id=id, text="Have a look", to=person.id)
        nudges.run(session, lambda _session, _now: [one], hall.now)
    hall.carry()
    assert hall.said(id) == ["Zoe: Have a look"]


@pytest.mark.parametrize(
    ("moment", "zone", "working"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "Asia/Tokyo", False),
        (datetime(2026, 3, 2, 0, 30, tzinfo=UTC), "Asia/Tokyo", True),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "Europe/London", False),
        (datetime(2026, 3, 2, 18, tzinfo=UTC), "Europe/London", False),
    ],
)
def test_working_hours_are_those_of_the_person(moment, zone, working):
    assert at_work(moment, zone, "09:00-18:00") is working


def test_a_night_shift_works_over_midnight():
    assert at_work(NIGHT, "UTC", "22:00-06:00")
    assert not at_work(NOON, "UTC", "22:00-06:00")
