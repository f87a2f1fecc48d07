"""A whole drill with people on the practice workspace, its clock turned on, and a restart in the middle."""

import httpx
import pytest

from bot.domain import drills, incidents
from bot.domain import people as persons
from bot.drill.cast import Cast
from bot.drill.checkout_outage import COMPANY
from bot.drill.stage import Stage

pytestmark = pytest.mark.slow

NAME = "region-failover"


@pytest.fixture(scope="module")
def held():
    """The whole of it, once; the tests look at what it left."""
    told = []
    with Stage(COMPANY, lambda at, who, what: told.append(what)) as stage:
        cast = Cast(stage)
        hold(stage, cast)
        stage.settles(wholly=True)
        yield Left(stage, cast)


class Left:
    """What a drill leaves: rows, a channel, an announcement."""

    def __init__(self, stage, cast):
        self.stage, self.cast = stage, cast
        self.lines = stage.guest.transcript(cast.channel)
        shown = stage.guest.messages(cast.channel)
        self.messages = [one for one in shown if one.get("metadata") and not one.get("ephemeral_to")]
        self.announced = stage.guest.transcript("incidents")
        with stage.house.courier.reading() as session:
            us = persons.closeout(session)
            self.report = drills.report(session, drills.get(session, 1), as_=us, now=stage.now())
            self.document = drills.markdown(session, self.report)
        self.verdicts = {one.key: one for one in self.report.score.judged}


def hold(stage, cast):
    """A good team, that is late with one promise and misses the handover."""
    stage.person("ada").says(f"/incident drill {NAME}")
    cast.wait_for_channel()
    cast.passes(2)
    cast.clicks("ada", "Join as commander")
    cast.joins("dana")
    cast.says("dana", "/incident join comms")
    cast.says("dana", "/incident update Some pages load slowly.", form={"Next update in": "30m"})
    cast.passes(12)
    stage.restarts()
    cast.says("ada", "/incident note Sales: no yes or no before 10:30, we look again then")
    cast.passes(8)
    cast.says("ada", "/incident severity sev1 the second region fails, too")
    cast.passes(10)
    assert stage.guest.conditions()["down"]
    on_the_page(stage, cast.ref, "We decide: eu-north is cut loose, Ada")
    cast.passes(7)
    assert not stage.guest.conditions()["down"]
    cast.passes(4)
    cast.says("dana", "/incident update Paying does not work for many.", form={"Next update in": "20m"})
    cast.passes(11)
    cast.says("ada", "/incident resolve all traffic goes to eu-north")


def on_the_page(stage, ref, words):
    """As Ada would on the incident's page; the form's own tests are elsewhere."""
    with stage.house.courier.transaction() as session:
        ada = persons.of_slack(session, "U0ADA")
        incidents.note(session, incidents.find(session, ref, as_=ada), words, by=ada, now=stage.now())


def test_the_good_is_met_with_its_time(held):
    for key, minutes in {"commander": 2, "first-word": 2, "sale-answered": 14, "raised": 22}.items():
        assert held.verdicts[key].state == "met", held.verdicts[key]
        assert held.verdicts[key].at.total_seconds() // 60 == minutes


def test_what_was_done_on_the_page_while_slack_was_away_counts(held):
    assert held.verdicts["without-slack"].state == "met"


def test_what_was_forgotten_is_missed_with_what_to_take_from_it(held):
    assert held.verdicts["handover"].state == "missed"
    assert held.verdicts["promises"].note == "the word promised by 32 min came 11 min late"
    assert "A commander who just leaves takes the plan along." in held.document


def test_everything_was_played_once_though_the_bot_was_restarted(held):
    played = [line.text.split(":")[0] for line in held.report.lines if line.text.startswith("played")]
    plan = [f"played {each.voice or 'a hint'}" for each in held.report.plan.inject]
    assert played == plan[: len(played)]
    assert len(played) == len(plan)
    said = [one["text"] for one in held.messages if one["text"].startswith("DRILL · ")]
    assert len(said) == len(set(said))
    for inject in held.report.plan.inject:
        assert sum(f"*{inject.voice}*" in text for text in said) >= bool(inject.voice)
    assert len(said) == len(plan) + len(["the card", "started", "Slack is back", "ended"])


def test_the_channel_ends_with_the_report(held):
    assert "DRILL · over after 54 min:" in held.lines
    assert f"{held.report.drill.score} %" in held.lines
    assert "✗ Command is handed over with a brief within 10 minutes" in held.lines


def test_it_was_marked_everywhere_and_nobody_outside_saw_it(held):
    assert "DRILL" in held.announced.splitlines()[-1]
    for path in ("/status", "/status/feed.atom", "/status/api/v2/summary.json"):
        assert "region" not in httpx.get(f"{held.stage.url}{path}").text.lower()
    assert 'closeout_incidents_live{severity="sev1"} 0.0' in httpx.get(f"{held.stage.url}/metrics").text
