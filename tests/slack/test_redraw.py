"""What the card costs and what it says while time goes by."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain import actions, alerts, incidents, nudges, people, updates
from bot.domain.alerts import Kind, Message, Snapshot
from bot.domain.nudges import Nudge
from bot.slack.redraw import Cards
from tests.conftest import NOON


def card(hall, id):
    return str(next(one for one in hall.messages(id) if one["ts"] == hall.room(id).card_ts)["blocks"])


def storm(hall, start, count):
    at = NOON + timedelta(seconds=start)
    snapshot = Snapshot(
        "High latency", "triggered", "PSVC", "Checkout", urgency="high", incident_key="latency"
    )
    told = [
        Message(id=f"m{n}", kind=Kind.OPENED, key=f"P{n}", at=at, snapshot=snapshot)
        for n in range(start, start + count)
    ]
    with hall.courier.transaction() as session:
        alerts.opened(session, "pagerduty", told, by=people.pagerduty(session), now=at)


def test_ten_thousand_alerts_cost_less_than_thirty_calls(hall):
    for start in range(0, 10_000, 500):
        storm(hall, start, 500)
        hall.carry()
    assert len([one for one in hall.guest.channel_names() if one.startswith("inc-")]) == 1
    assert len(hall.calls()) < 30
    assert "10,000 alerts" in card(hall, 1)


def test_a_promise_that_runs_out_is_shown_when_somebody_is_nudged(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    hall.now = NOON + timedelta(minutes=9)
    with hall.as_("ada") as (session, ada):
        one = Nudge(key="late", incident_id=id, text="Customers wait", to=ada.id)
        nudges.run(session, lambda _session, _now: [one], hall.now)
    hall.carry()
    assert "*4 min late*" in card(hall, id)


def test_an_update_is_told_and_moves_the_promise(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    hall.does(updates.publish, id, "Some cannot pay", next_in="30m")
    hall.carry()
    assert "Some cannot pay" in hall.said(id)[-1]
    assert f"promised next by <!date^{int((NOON + timedelta(minutes=30)).timestamp())}^" in card(hall, id)


def test_the_checklist_of_closing_follows(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    hall.does(actions.create, id, "Alert on the error rate")
    hall.does(incidents.resolve, id)
    hall.carry()
    shown = card(hall, id)
    assert "☑ resolved" in shown
    assert "☐ 0 of 1 actions verified" in shown
    assert "Close" in shown
    assert "Update customers" not in shown


@pytest.mark.parametrize("count", [1, 5, 50])
def test_facts_that_come_together_are_one_edit(hall, count):
    id = hall.declare()
    hall.carry()
    hall.guest.forget_traffic()
    for number in range(count):
        hall.does(incidents.rename, id, f"Title {number}")
    hall.carry()
    assert hall.calls().count("chat.update") == 2  # the card, the announcement


def test_a_promise_that_ran_out_gets_older_on_the_card(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    cards = next(each for each in hall.slack.listeners if isinstance(each, Cards))
    assert not asyncio.run(cards.are_late())

    hall.now += timedelta(minutes=9)
    assert asyncio.run(cards.are_late())
    asyncio.run(cards.age(hall.now))

    assert "*4 min late*" in str(hall.messages(id)[0]["blocks"])
