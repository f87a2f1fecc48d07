"""The card in each state, against golden files; `pytest --update-golden` writes them anew."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents import Loop, Status
from bot.sandbox.contract import check_blocks, check_topic
from bot.slack import cards
from bot.slack.faces import Chair, Face
from tests.conftest import NOON

CHAIRS = (
    Chair("commander", "Incident commander", "Decides. Does not debug.", "Ada"),
    Chair("comms", "Communications", "Tells customers.", None),
    Chair("operations", "Operations", "Mends it.", "Ben"),
    Chair("scribe", "Scribe", "Writes down.", None),
)
LOOPS = (Loop("resolved", False), Loop("customers told", False), Loop("postmortem", False))
LIVE = Face(
    id=7,
    ref="INC-7",
    title="Checkout is down",
    severity="● SEV1 Critical",
    status=Status.INVESTIGATING,
    declared_at=NOON,
    declared_by="Ada",
    now=NOON + timedelta(minutes=18),
    services=("Payments API", "Web shop"),
    detected_at=NOON - timedelta(minutes=4),
    chairs=CHAIRS,
    told_at=NOON + timedelta(minutes=4),
    promised_by=NOON + timedelta(minutes=24),
    loops=LOOPS,
    channel="C7",
    url="https://closeout.example/incidents/INC-7",
)
RESOLVED = replace(
    LIVE,
    status=Status.RESOLVED,
    acknowledged_at=NOON + timedelta(minutes=1),
    resolved_at=NOON + timedelta(minutes=43),
    promised_by=None,
    actions=2,
    postmortem_due=NOON + timedelta(days=3),
    loops=(Loop("resolved", True), Loop("customers told", True), Loop("0 of 2 actions verified", False)),
)
STATES = {
    "bare": replace(LIVE, services=(), told_at=None, promised_by=None, detected_at=None, loops=LOOPS[:1]),
    "live": LIVE,
    "late": replace(LIVE, now=NOON + timedelta(minutes=28)),
    "acknowledged": replace(LIVE, acknowledged_at=NOON + timedelta(minutes=1)),
    "storm": replace(LIVE, alerts=7312),
    "private": replace(LIVE, private=True),
    "drill": replace(LIVE, drill=True),
    "resolved": RESOLVED,
    "closed": replace(RESOLVED, status=Status.CLOSED, closed_at=NOON + timedelta(days=2)),
    "cancelled": replace(LIVE, status=Status.CANCELLED),
    "merged": replace(LIVE, status=Status.MERGED, merged_into=9),
}


@pytest.fixture
def golden(golden):
    def compare(name, shown):
        golden(f"cards/{name}.json", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")

    return compare


@pytest.mark.parametrize("state", STATES)
def test_each_state_looks_as_it_did(state, golden):
    face = STATES[state]
    golden(
        state,
        {
            "text": cards.text(face),
            "topic": cards.topic(face),
            "announcement": cards.announcement(face),
            "card": cards.card(face),
        },
    )


@pytest.mark.parametrize("state", STATES)
def test_slack_takes_each_state(state):
    face = STATES[state]
    assert check_blocks(cards.card(face), "message") == []
    assert check_topic(cards.topic(face)) is None


def shown(face):
    return json.dumps(cards.card(face), ensure_ascii=False)


def test_a_promise_that_ran_out_says_by_how_much():
    assert "*4 min late*" in shown(STATES["late"])
    assert "promised next by" in shown(LIVE)


def test_a_storm_changes_the_card_a_dozen_times():
    counts = [*range(200), *range(200, 10_001, 49)]
    looks = {cards.fingerprint(cards.card(replace(LIVE, alerts=count))) for count in counts}
    assert len(looks) < 30


def test_time_alone_changes_nothing_while_the_promise_holds():
    later = replace(LIVE, now=NOON + timedelta(minutes=20))
    assert cards.fingerprint(cards.card(later)) == cards.fingerprint(cards.card(LIVE))
    assert cards.announcement(later) == cards.announcement(LIVE)


def test_a_company_with_many_roles_and_loops_still_fits():
    many = tuple(Chair(f"role-{n}", f"Role {n}", "", None) for n in range(40))
    face = replace(LIVE, chairs=many, loops=LOOPS * 20, title="x" * 200, services=("y" * 40,) * 60)
    assert check_blocks(cards.card(face), "message") == []
