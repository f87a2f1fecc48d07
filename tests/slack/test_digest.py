"""The weekly digest for everybody: said once, where incidents are announced, and silent without a reason."""

from datetime import timedelta

from bot.domain import actions, reminding
from bot.domain.company import Company, Team
from bot.lib.effects import repeated
from tests.conftest import NOON
from tests.slack.hall import Hall

MONDAY = NOON.replace(hour=9)


def post(hall, at=MONDAY + timedelta(days=7)):
    hall.now = at
    with hall.as_("ada") as (session, _):
        for slots in reminding.due(session, at):
            reminding.send(session, slots, at)
    hall.carry()


def digests(hall, channel="incidents"):
    return [one for one in hall.guest.messages(channel) if "The week to" in one.get("text", "")]


def test_it_says_what_is_late_and_who_owns_it_without_a_ping(hall):
    hall.meet_everybody()
    id = hall.declare("Checkout is down", severity="sev1")
    hall.does(actions.create, id, "Alert on <!channel> errors", owner=None, due=NOON.date())
    post(hall)
    [digest] = digests(hall)
    assert digest["text"] == (
        "The week to Monday 9 March. Everybody: 0 of 1 promise kept this week. 1 late, oldest 7 days. "
        "1 incident declared, 1 live now."
    )
    drawn = str(digest["blocks"])
    assert "<http://closeout.test/actions/A-1|A-1> Alert on &lt;!channel&gt; errors" in drawn
    assert "<http://closeout.test/incidents/INC-1|INC-1> · nobody · 7 days late" in drawn


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
    hall.guest.fails("chat.postMessage", "lost_answer", match={"channel": "C0INCIDENTS"})
    post(hall)
    hall.restart()
    token = repeated.set(True)
    post(hall, MONDAY + timedelta(days=7, hours=1))
    repeated.reset(token)
    assert len(digests(hall)) == 1


def test_there_is_one_digest_for_everybody_with_a_line_for_each_team(engine, sandbox):
    teams = (Team(key="payments", name="Payments", channel="general"), Team(key="search", name="Search"))
    hall = Hall(engine, sandbox, Company(teams=teams))
    hall.meet_everybody()
    id = hall.declare("Checkout is down")
    for team in ("payments", "search"):
        hall.does(actions.create, id, f"Mend {team}", owner=None, due=NOON.date(), team=team)
    post(hall)
    [digest] = digests(hall)
    assert "All teams: 0 of 2 promises kept this week" in digest["text"]
    assert "actions?team=search|Search> 0 of 1 promise kept this week" in str(digest["blocks"])
    [own] = digests(hall, "general")
    assert "Mend search" not in str(own["blocks"])
