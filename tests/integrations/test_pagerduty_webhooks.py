"""PagerDuty's webhooks: who is let in, what is kept, what each kind of event becomes."""

import itertools
import json
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from bot.domain import alerts, people
from bot.domain.alerts import Kind
from bot.integrations.pagerduty import parse
from bot.integrations.pagerduty.door import BODY_MAX, is_signed
from bot.integrations.pagerduty.settings import BadPagerDuty, read
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.alerting import COMPANY, all_alerts, all_incidents, at, events, kinds
from tests.doubles.pagerduty import SECRET, PagerDuty, signature

DATA = Path(__file__).parent / "data"
WEBHOOKS = json.loads((DATA / "pagerduty_webhooks.json").read_text())
WEBHOOKS.pop("_origin")
VECTORS = json.loads((DATA / "pagerduty_signatures.json").read_text())
PING = json.dumps(WEBHOOKS["pagey.ping"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_signature_is_checked_as_pagerduty_makes_it(vector):
    assert is_signed(vector["body"].encode(), vector["header"], tuple(vector["secrets"])) is vector["valid"]


def test_two_secrets_are_live_during_a_rotation(desk, double):
    desk.vendor.door.__dict__["secrets"] = ("old", "new")
    for secret in ("old", "new"):
        assert desk.post(PING, {"x-pagerduty-signature": signature(PING, secret)}).status_code == 202
    assert desk.post(PING, {"x-pagerduty-signature": signature(PING, "other")}).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"x-pagerduty-signature": ""},
        {"x-pagerduty-signature": "v1=" + "0" * 64},
        {"x-pagerduty-signature": "v1=é".encode()},
        {"x-pagerduty-signature": signature(PING, SECRET).replace("v1=", "v2=")},
    ],
)
def test_a_forged_delivery_is_turned_away_and_leaves_no_row(desk, header):
    assert desk.post(PING, header).status_code == 401
    assert desk.letters() == 0


def test_a_body_larger_than_any_of_theirs_is_turned_away(desk, double):
    body = json.dumps({"event": {"id": "x", "data": "y" * BODY_MAX}})
    assert desk.post(body, double.headers(body)).status_code == 413
    assert desk.letters() == 0


@pytest.mark.parametrize("body", ["", "not json", "{", "[" * 100_000])
def test_what_is_signed_but_no_json_is_turned_away(desk, double, body):
    assert desk.post(body, double.headers(body)).status_code == 400
    assert desk.letters() == 0


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        "null",
        '{"event": 7}',
        '{"event": {"data": [], "occurred_at": 3}}',
        '{"event": {"data": {"type": "incident"}, "occurred_at": "0001-01-01T00:00:00+14:00"}}',
    ],
)
def test_what_is_signed_and_strange_is_accepted(desk, double, body):
    assert desk.post(body, double.headers(body)).status_code == 202
    assert desk.open() == 1
    with desk.look() as session:
        assert not all_alerts(session)


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_documented_event_is_accepted_and_opened(desk, double, name):
    desk.double.on_call = []
    desk.hear(json.dumps(WEBHOOKS["incident.triggered"]))
    desk.hear(json.dumps(WEBHOOKS[name]))
    assert desk.open() == 0
    with desk.look() as session:
        assert len(all_incidents(session)) == 1
        assert all(str(event.fact) for event in events(session))


EXPECTED = {
    "incident.acknowledged": "Acknowledged",
    "incident.annotated": "NoteAdded",
    "incident.conference_bridge.updated": "BridgeChanged",
    "incident.delegated": "AlertsReassigned",
    "incident.escalated": "AlertsEscalated",
    "incident.priority_updated": "AlertPriorityChanged",
    "incident.reassigned": "AlertsReassigned",
    "incident.resolved": "StatusChanged",
    "incident.responder.added": "ResponderAsked",
    "incident.responder.replied": "ResponderAnswered",
    "incident.status_update_published": "AlertUpdateHeard",
    "incident.unacknowledged": "AlertsUnacknowledged",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_concerns_people_comes_into_the_timeline(desk, double, name):
    """The composed events are hours apart; their data stands for itself, so give them one order."""
    first, second = json.loads(json.dumps([WEBHOOKS["incident.triggered"], WEBHOOKS[name]]))
    first["event"]["occurred_at"], second["event"]["occurred_at"] = (
        "2026-03-02T11:50:00Z",
        "2026-03-02T11:55:00Z",
    )
    double.on_call = []
    desk.hear(json.dumps(first))
    desk.hear(json.dumps(second))
    with desk.look() as session:
        assert EXPECTED[name] in kinds(session)


def test_an_unknown_kind_of_event_changes_the_alert_and_says_nothing(desk, double):
    incident = double.add()
    desk.hear(double.hook("incident.triggered", incident, at=at()))
    incident["title"] = "Renamed there"
    desk.hear(double.hook("incident.something_new", incident, at=at(1)))
    with desk.look() as session:
        assert all_alerts(session)[0].title == "Renamed there"
        assert "AlertsJoined" in kinds(session)


def test_a_delivery_that_comes_again_is_answered_and_kept_once(desk, double):
    body = double.hook("incident.triggered", double.add(), at=at())
    for _ in range(3):
        assert desk.post(body, double.headers(body, delivery="same")).status_code == 202
    assert desk.letters() == 1


def test_without_a_delivery_id_the_event_id_tells_repeats(desk, double):
    body = double.hook("incident.triggered", double.add(), at=at())
    for _ in range(2):
        assert desk.post(body, {"x-pagerduty-signature": signature(body, SECRET)}).status_code == 202
    assert desk.letters() == 1


def test_a_replay_under_another_delivery_id_changes_nothing(desk, double):
    incident = double.add()
    bodies = [
        double.hook("incident.triggered", incident, at=at()),
        double.note_hook(incident, "Look here", at=at(1)),
    ]
    desk.minutes = 5
    desk.hear(*bodies)
    with desk.look() as session:
        before = kinds(session)
    desk.hear(*bodies)
    with desk.look() as session:
        assert kinds(session) == before


def test_while_our_database_is_away_pagerduty_is_told_to_come_again(desk, double):
    with desk.courier.transaction() as session:
        session.execute(sa.text("ALTER TABLE inbox RENAME TO away"))
    assert desk.post(PING, double.headers(PING)).status_code == 503
    with desk.courier.transaction() as session:
        session.execute(sa.text("ALTER TABLE away RENAME TO inbox"))
    assert desk.post(PING, double.headers(PING)).status_code == 202


def test_only_a_post_is_answered(desk):
    [route] = desk.vendor.routes
    assert route.path == "/webhooks/pagerduty"
    assert route.methods == {"POST"}


LIFE = [
    ("incident.triggered", "triggered", 0),
    ("incident.acknowledged", "acknowledged", 3),
    ("incident.escalated", "acknowledged", 5),
    ("incident.resolved", "resolved", 9),
    ("incident.reopened", "triggered", 12),
    ("incident.resolved", "resolved", 20),
]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_however_late_and_often_deliveries_come_the_end_is_the_same(data):
    """Alerts end as PagerDuty has them, and nothing stays live that is over there."""
    order = data.draw(
        st.permutations([*range(len(LIFE)), *data.draw(st.lists(st.integers(0, 5), max_size=4))])
    )
    cuts = data.draw(st.lists(st.integers(1, len(order)), max_size=3).map(sorted))
    rows, statuses = live_through(order, cuts)
    assert rows == [("resolved", at(20))]
    assert statuses in ([], ["resolved"])


def live_through(order, cuts):
    double, courier = PagerDuty(), fresh_courier()
    messages = [parse.message(body) for body in life_of(double)]
    with courier.transaction() as session:
        by = people.pagerduty(session)
        for start, end in itertools.pairwise([0, *cuts, len(order)]):
            batch = [messages[n] for n in order[start:end]]
            alerts.opened(session, "pagerduty", batch, by=by, now=at(60))
        answer = (
            [(row.status, row.last_at) for row in all_alerts(session)],
            [i.status for i in all_incidents(session)],
        )
    courier.engine.dispose()
    return answer


def life_of(double):
    incident = double.add()
    for kind, status, minutes in LIFE:
        incident["status"] = status
        yield double.hook(kind, incident, at=at(minutes))


def fresh_courier():
    """On tables in memory: a migrated file for each of many orders would take its time."""
    courier = Courier(sa.create_engine("sqlite://"), Listeners(), {"company": COMPANY})
    with courier.transaction() as session:
        SQLModel.metadata.create_all(session.connection())
        session.add(people.Person(id=people.PAGERDUTY, name="PagerDuty", is_system=True))
    return courier


def test_whatever_is_in_a_payload_reading_it_does_not_fail():
    rng = random.Random(7)
    strange = [None, 7, "", "x", [], {}, [None], {"id": None}, "\x00", "\ud800", True, "2026-13-45"]

    def spoil(value):
        if rng.random() < 0.15:
            return rng.choice(strange)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    for _ in range(40):
        for payload in WEBHOOKS.values():
            found = parse.message(json.dumps(spoil(payload)))
            assert found is None or found.key


def test_each_event_type_of_an_incident_has_its_kind():
    found = {name: parse.message(json.dumps(payload)) for name, payload in WEBHOOKS.items()}
    assert found["incident.delegated"].kind is Kind.REASSIGNED
    assert found["incident.service_updated"].kind is Kind.CHANGED
    assert [
        name for name, message in found.items() if message and name.startswith(("service", "pagey"))
    ] == []


def test_settings_come_from_values_and_from_files(tmp_path):
    (tmp_path / "secret").write_text("one, two\n")
    given = read(
        {
            "PAGERDUTY_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
            "PAGERDUTY_API_URL": "http://localhost:9/",
        }
    )
    assert (given.secrets, given.api_url) == (("one", "two"), "http://localhost:9")


@pytest.mark.parametrize(
    "env", [{"PAGERDUTY_API_TOKEN_FILE": "/does/not/exist"}, {"PAGERDUTY_API_URL": "pagerduty.com"}]
)
def test_settings_that_cannot_work_say_what_to_mend(env):
    with pytest.raises(BadPagerDuty, match="Mend it, then start again"):
        read(env)
