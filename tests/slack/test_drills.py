"""A drill in Slack: what its channel shows, what is answered, and what everybody else is not shown."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain import drills, incidents, nudges, people
from bot.domain.drills.reactions import end_drill
from bot.lib import facts
from bot.lib.errors import Refused
from bot.sandbox.contract import check_message
from bot.slack import drills as looks
from bot.slack.weather import Weather
from tests.conftest import NOON
from tests.domain.conftest import TOP
from tests.slack.hall import Hall
from tests.slack.talk import Talk

SCENARIOS = drills.load(TOP / "runbooks/drills")


@pytest.fixture
def talk(engine):
    return Talk(engine, drills=SCENARIOS)


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox, drills=SCENARIOS, practice=True)
    made.meet_everybody()
    made.listeners.add(end_drill)
    made.listeners.add_all(Weather(sandbox.api_url, still))
    return made


async def still(_seconds):
    """Nobody waits in a test."""


def begins(hall, name="region-failover", pace=1):
    with hall.as_("ada") as (session, ada):
        made = drills.start(session, name, pace, by=ada, now=hall.now)
    hall.carry()
    return made


def passes(hall, drill, minutes):
    """The channel reads what is about to happen before it happens."""
    hall.now += timedelta(minutes=minutes)
    with hall.courier.transaction() as session:
        drills.advance(session, drill.id, now=hall.now)
    hears(hall, all_but="drill_weather")
    hears(hall, only="drill_weather")


def hears(hall, *, only=None, all_but=None):
    async def hear():
        for ear in await hall.courier.ask(facts.behind):
            if only in (None, ear.listener) and ear.listener != all_but:
                await hall.courier.hear(ear)

    asyncio.run(hear())


# ---- what is said and answered


def test_each_drill_is_listed_with_what_it_practises_and_a_button(talk):
    said = str(talk.says("drill").blocks)
    for scenario in SCENARIOS:
        assert f"drill.start/{scenario.name}" in said
        assert scenario.about[0] in said


def test_one_is_started_by_its_name(talk):
    assert "*INC-1* is a drill: Friday, twenty to five." in talk.says("drill bad-deploy-friday").text
    assert talk.incident(1).drill
    assert "Running now: *Friday, twenty to five*" in str(talk.says("drill").blocks)


def test_one_is_started_by_a_click(talk):
    assert "is a drill" in talk.clicks("drill.start/checkout-outage", "checkout-outage").text


def test_a_pace_may_follow(talk):
    talk.says("drill checkout-outage 10")
    assert talk.asks(drills.running)[0].pace == 10
    with pytest.raises(Refused, match="whole number from 1"):
        talk.says("drill region-failover quickly")


def test_it_is_stopped_from_its_channel_or_where_it_is_the_only_one(talk):
    talk.says("drill checkout-outage")
    said = talk.says("drill stop").text
    assert "The drill Checkout fails after a deploy is over. <http://closeout.test/drills/1|" in said
    with pytest.raises(Refused, match="No drill is running"):
        talk.says("drill stop")
    with pytest.raises(Refused, match="over already"):
        talk.says("INC-1 drill stop")


def test_with_two_it_is_said_which(talk):
    talk.says("drill checkout-outage")
    talk.says("drill region-failover")
    with pytest.raises(Refused, match="Which incident"):
        talk.says("drill stop")
    assert "is over" in talk.says("INC-2 drill stop").text


def test_a_private_one_is_not_stopped_by_who_does_not_know_of_it(talk):
    talk.says("drill credential-leak")
    with pytest.raises(Refused, match="Which incident"):
        talk.says("drill stop", by="ben")
    assert "Running now" not in str(talk.says("drill", by="ben").blocks)


def test_a_page_in_a_drill_says_that_nobody_is_rung(talk):
    talk.says("drill checkout-outage")
    assert "nobody is rung" in talk.says("INC-1 page checkout").text
    assert talk.timeline(1)[-1] == "paged Checkout on-call (a drill: nobody was rung)"


# ---- what the channel shows


def test_the_channel_is_marked_from_its_name_to_its_last_word(hall):
    drill = begins(hall)
    room = hall.room(drill.incident_id)
    assert room.channel_name.startswith("inc-1-drill-a-region-fades")
    assert room.topic.startswith("DRILL · ")
    [card] = [one for one in hall.messages(1) if one["ts"] == room.card_ts]
    assert card["text"].startswith("DRILL · ◆ SEV2 Major · INC-1 A region fades")
    started, first = hall.said(1)
    assert started.startswith("DRILL · *A region fades, then a second*")
    assert first.startswith("DRILL · *PagerDuty, Web shop* · alert: *Web shop: p95 latency")


def test_the_announcement_says_first_that_it_is_one(hall):
    begins(hall)
    [line] = [one["text"] for one in hall.guest.messages("incidents") if one.get("bot_id")]
    assert line.startswith("DRILL · ◆ SEV2")
    assert line.count("DRILL") == 1


def test_each_voice_speaks_in_a_message_of_its_own(hall):
    drill = begins(hall)
    passes(hall, drill, 12)
    said = hall.said(1)[2:]
    assert [text.split(":")[0] for text in said] == [
        "DRILL · *Sam, support* · customers",
        "DRILL · *log of shop-db-euw-1*",
        "DRILL · *Ines, storefront*",
        "DRILL · *Helene, head of sales* · asks you",
    ]


def test_nothing_is_said_twice_when_a_process_dies_in_the_middle(hall):
    drill = begins(hall)
    hall.now += timedelta(minutes=12)
    with hall.courier.transaction() as session:
        drills.advance(session, drill.id, now=hall.now)
    assert hall.crash_after(1)
    hall.restart()
    hall.carry(again=True)
    said = hall.said(1)
    assert len(said) == len(set(said)) == 6


def test_slack_really_goes_away_and_comes_back(hall):
    drill = begins(hall)
    passes(hall, drill, 32)
    assert hall.guest.conditions()["down"]
    hall.now += timedelta(minutes=6)
    with hall.courier.transaction() as session:
        drills.advance(session, drill.id, now=hall.now)
    hears(hall, only="drill_weather")
    assert not hall.guest.conditions()["down"]
    hall.carry()
    assert "In a moment Slack answers nobody for 6 minutes" in hall.said(1)[-2]
    assert hall.said(1)[-1] == "DRILL · Slack is back."


def test_a_drill_that_ends_brings_slack_back(hall):
    drill = begins(hall)
    passes(hall, drill, 32)
    with hall.as_("ada") as (session, ada):
        incident = incidents.get(session, drill.incident_id)
        drills.stop(session, incident, by=ada, now=hall.now)
    hears(hall, only="drill_weather")
    assert not hall.guest.conditions()["down"]


def test_on_a_real_workspace_it_is_said_what_to_pretend(hall):
    hall.courier.info["practice"] = False
    hall.listeners.pop("drill_weather")
    drill = begins(hall)
    passes(hall, drill, 32)
    assert "Pretend that Slack answers nobody for 6 minutes: leave this channel" in hall.said(1)[-1]
    assert not hall.guest.conditions()["down"]


def test_at_the_end_the_report_stands_in_the_channel(hall):
    drill = begins(hall, "checkout-outage")
    hall.does(incidents.set_role, drill.incident_id, "commander", "@ada")
    hall.does(incidents.acknowledge, drill.incident_id)
    passes(hall, drill, 50)
    report = next(one for one in hall.messages(1) if "over after" in one["text"])
    assert report["text"].startswith("DRILL · over after 50 min: *2 of ")
    shown = str(report["blocks"])
    assert "✓ Somebody commands within 5 minutes · at 0 min" in shown
    assert "✗ Customers hear within their promise · it did not happen" in shown
    assert "http://closeout.test/drills/1" in shown
    assert hall.said(1)[-1] == "Cancelled it. The drill is over. Nothing of it was real."


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_whatever_a_script_says_fits_into_slack(engine, scenario):
    talk = Talk(engine, drills=SCENARIOS)
    talk.says(f"drill {scenario.name} 60")
    with talk.courier.transaction() as session:
        for minutes in range(scenario.minutes):
            drills.advance(session, 1, now=NOON + timedelta(minutes=minutes))
        events = session.exec(facts.select(facts.Event)).all()
        for event in events:
            if looks.of_a_drill(event.fact):
                made = looks.look(session, event, "http://closeout.test")
                assert made["text"].startswith("DRILL · ")
                assert check_message(text=made["text"], blocks=made.get("blocks")) is None


def test_a_reminder_to_one_person_says_that_it_is_a_drill(hall):
    drill = begins(hall)
    with hall.courier.transaction() as session:
        ada = people.of_slack(session, "U0ADA")
        nudges.run(
            session,
            lambda _session, _now: [nudges.Nudge("k", drill.incident_id, "INC-1: say it", ada.id)],
            hall.now,
        )
    hall.carry()
    assert hall.guest.person("ada").dms()[-1]["text"] == "DRILL · INC-1: say it"
