"""The weekly digest: said once, where incidents are announced, and silent when there is nothing to say."""

import asyncio
from datetime import timedelta

from bot.domain import actions
from bot.lib.effects import repeated
from tests.conftest import NOON

MONDAY = NOON.replace(hour=9)


def post(hall, at=MONDAY + timedelta(days=7)):
    asyncio.run(hall.slack.digest.post(at))


def digests(hall):
    return [one for one in hall.guest.messages("incidents") if "The week to" in one.get("text", "")]


def test_it_says_what_is_late_and_who_owns_it_without_a_ping(hall):
    hall.meet_everybody()
    id = hall.declare("Checkout is down", severity="sev1")
    hall.does(actions.create, id, "Alert on <!channel> errors", owner=None, due=NOON.date())
    post(hall)
    [digest] = digests(hall)
    assert "1 incident declared, 1 incident live, 1 action item late, 0 verified" in digest["text"]
    transcript = hall.guest.transcript("incidents")
    assert "A-1" in transcript
    assert "<!channel>" not in str(digest["blocks"])


def test_a_quiet_week_is_quiet(hall):
    hall.meet_everybody()
    post(hall)
    assert digests(hall) == []


def test_private_incidents_are_not_in_it(hall):
    hall.meet_everybody()
    id = hall.declare("Somebody stole a laptop", private=True)
    hall.does(actions.create, id, "Lock the laptop", owner=None, due=NOON.date())
    post(hall)
    assert digests(hall) == []


def test_a_run_that_is_repeated_after_a_crash_says_nothing_twice(hall):
    hall.meet_everybody()
    hall.declare("Checkout is down")
    post(hall)
    hall.restart()
    token = repeated.set(True)
    post(hall)
    repeated.reset(token)
    assert len(digests(hall)) == 1
