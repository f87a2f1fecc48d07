"""What people do here goes back to PagerDuty, once, without echo, whatever the line does meanwhile."""

import asyncio
import time

import pytest

from bot.domain import alerts, incidents, people
from bot.domain.incidents import Status
from bot.lib.effects import repeated
from bot.lib.errors import DeliveryError
from bot.lib.facts import behind
from tests.alerting import all_alerts, all_incidents, at, events, kinds, said
from tests.integrations.conftest import Desk

PAYLOAD = {"summary": "Down", "source": "test", "severity": "critical"}
EVENT = {"event_action": "trigger", "dedup_key": "one", "payload": PAYLOAD}
NOTES, PUT, PUT_ALL = "POST /incidents/{id}/notes", "PUT /incidents/{id}", "PUT /incidents"


def the(session, id=1):
    return incidents.get(session, id)


def ada(session):
    return people.of_email(session, "ada@example.com", "Ada")


def acknowledge(session, minutes=2):
    return incidents.acknowledge(session, the(session), by=ada(session), now=at(minutes))


def note(session, text="Restarted the pods", minutes=3):
    return incidents.note(session, the(session), text, by=ada(session), now=at(minutes))


def resolve(session, minutes=9, note="Rolled back"):
    return incidents.resolve(session, the(session), by=ada(session), now=at(minutes), note=note)


@pytest.fixture
def outage(desk, double):
    """One incident at PagerDuty, ours declared from it."""
    double.on_call = []
    incident = double.add()
    desk.hear(double.hook("incident.triggered", incident, at=at()))
    double.calls.clear()
    return incident


def test_an_acknowledgement_goes_back(desk, double, outage):
    desk.do(acknowledge)
    assert outage["status"] == "acknowledged"
    [call] = double.made(PUT)
    assert call.headers["from"] == "bot@example.com"


def test_what_pagerduty_acknowledged_is_not_sent_back(desk, double, outage):
    outage["status"] = "acknowledged"
    desk.hear(double.hook("incident.acknowledged", outage, at=at(2), agent="PADA"))
    assert not double.made(PUT)
    with desk.look() as session:
        assert the(session).acknowledged_at is not None


def test_our_own_acknowledgement_comes_back_without_a_word(desk, double, outage):
    desk.minutes = 2
    desk.do(acknowledge)
    with desk.look() as session:
        before = kinds(session)
    desk.hear(double.hook("incident.acknowledged", outage, at=at(2), agent="PBOT"))
    with desk.look() as session:
        assert kinds(session) == before
    assert len(double.made(PUT)) == 1


def test_a_note_goes_to_the_first_alert_and_its_echo_is_dropped(desk, double, outage):
    desk.do(note)
    [left] = double.notes[outage["id"]]
    assert left["content"].endswith("Ada noted: Restarted the pods")
    desk.minutes = 4
    desk.hear(double.note_hook(outage, left["content"], at=at(4), agent="PBOT", id=left["id"]))
    with desk.look() as session:
        assert kinds(session).count("NoteAdded") == 1


def test_a_note_from_pagerduty_is_not_sent_back(desk, double, outage):
    desk.minutes = 4
    desk.hear(double.note_hook(outage, "Looking", at=at(4)))
    assert not double.made(NOTES)
    with desk.look() as session:
        assert said(session, "NoteAdded") == ["PagerDuty noted: Ada: Looking"]


def test_a_status_is_a_note_and_people_are_named(desk, double, outage):
    def move(session):
        incidents.set_status(
            session, the(session), Status.IDENTIFIED, by=ada(session), now=at(3), note="Bad deploy"
        )

    desk.do(move)
    [left] = double.notes[outage["id"]]
    assert left["content"].endswith("Ada moved it from investigating to identified. Bad deploy")


def test_a_severity_is_a_priority_and_its_echo_changes_nothing(desk, double, outage):
    def worsen(session, key, minutes):
        incidents.set_severity(session, the(session), key, by=ada(session), now=at(minutes))

    desk.minutes = 3
    desk.do(worsen, "sev2", 3)
    echo = double.hook("incident.priority_updated", outage, at=at(3), agent="PBOT")
    desk.do(worsen, "sev3", 3.5)
    desk.hear(echo)
    with desk.look() as session:
        assert the(session).severity == "sev3"
    assert outage["priority"] == "P3"


def test_a_severity_without_a_priority_of_its_own_is_a_note(desk, double, outage):
    desk.do(lambda session: incidents.set_severity(session, the(session), "sev4", by=ada(session), now=at(3)))
    assert not double.made(PUT)
    assert "sev4" in double.notes[outage["id"]][0]["content"]


def test_resolving_here_resolves_every_open_alert_there(desk, double, outage):
    others = [double.add(f"Alert {n}") for n in range(3)]
    desk.minutes = 1
    desk.hear(*(double.hook("incident.triggered", each, at=at(1)) for each in others))
    desk.do(resolve)
    assert {each["status"] for each in double.incidents.values()} == {"resolved"}
    assert len(double.made(PUT_ALL)) == 1
    assert outage["resolution"] == "Rolled back"


def test_a_storm_is_resolved_in_few_calls(desk, double, outage):
    others = [double.add(f"Alert {n}") for n in range(300)]
    desk.minutes = 1
    desk.hear(*(double.hook("incident.triggered", each, at=at(1)) for each in others))
    double.calls.clear()
    desk.do(resolve)
    assert [len(call.body["incidents"]) for call in double.made(PUT_ALL)] == [250, 51]


def test_where_one_of_many_is_resolved_already_the_others_still_are(desk, double, outage):
    other = double.add("Another")
    desk.minutes = 1
    desk.hear(double.hook("incident.triggered", other, at=at(1)))
    other["status"] = "resolved"  # its webhook is still on its way
    desk.do(resolve)
    assert outage["status"] == "resolved"
    with desk.look() as session:
        assert "SourceRefused" not in kinds(session)


def test_a_refusal_for_good_stands_in_the_timeline_once(desk, double, outage):
    del double.incidents[outage["id"]]
    desk.do(acknowledge)
    with desk.look() as session:
        refusals = said(session, "SourceRefused")
    assert refusals == ["PagerDuty refused to acknowledge the alert: PagerDuty answered 404: Not Found"]


@pytest.mark.parametrize("fault", [429, "bare 429", 500, 502, 503, "cut", "lost"])
def test_a_note_gets_through_whatever_happens_once(desk, double, outage, fault):
    double.fail(NOTES, fault)
    desk.vendor.line.rest_door.hush = lambda method, seconds: None
    desk.do(note)
    assert len(double.notes[outage["id"]]) == 1


def test_after_a_crash_a_note_is_looked_up_before_it_is_written_again(desk, double, outage):
    desk.do(note)
    with desk.courier.reading() as session:
        [event] = [event for event in events(session) if event.kind == "NoteAdded"]
    token = repeated.set(True)
    try:
        asyncio.run(desk.vendor.tell(event))
    finally:
        repeated.reset(token)
    assert len(double.notes[outage["id"]]) == 1


def test_a_storm_of_429_blocks_neither_the_event_loop_nor_a_thread(desk, double):
    """The package alone would sleep 3, 6, 12 … seconds in the thread, for ever."""
    double.add()
    double.fail("GET /users/{id}", *[429] * 30)

    async def knock():
        started, longest, last = time.monotonic(), 0.0, time.monotonic()
        calls = [asyncio.create_task(desk.vendor.line.get("/users/PADA")) for _ in range(30)]
        while not all(call.done() for call in calls):
            await asyncio.sleep(0)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        return [call.exception() for call in calls], longest, time.monotonic() - started

    errors, longest, total = asyncio.run(knock())
    assert {type(error) for error in errors} == {DeliveryError}
    assert {error.retry_after for error in errors} == {0.0}
    assert len(double.made("GET /users/{id}")) == 30
    assert longest < 2 < 3 * 30
    assert total < 3 * 30


def test_the_package_tries_each_call_once(desk, double):
    for fault in ("cut", 500, 503):
        double.fail("POST /v2/enqueue", fault)
        double.calls.clear()
        with pytest.raises(DeliveryError):
            asyncio.run(desk.vendor.line.send(EVENT))
        assert len(double.calls) == 1


def test_a_wrong_token_is_said_in_words(desk, double, outage):
    double.excused = ["Authentication failed"]
    desk.vendor.line._rest.auth_method.secret = "wrong"
    desk.do(acknowledge)
    with desk.look() as session:
        assert "PagerDuty answered 401: Authentication failed" in said(session, "SourceRefused")[0]


def test_what_is_private_stays_here(desk, double):
    with desk.courier.transaction() as session:
        report = incidents.Report(title="Leak", private=True)
        incident = incidents.declare(session, report, by=ada(session), now=at())
    pages = double.add("page", incident_key=alerts.rules.page_key(f"INC-{incident.id}/1"))
    desk.hear(double.hook("incident.triggered", pages, at=at()))
    desk.do(note)
    desk.do(resolve)
    assert double.notes == {}
    assert pages["status"] == "resolved"
    assert pages["resolution"] == ""


def test_without_a_token_nothing_is_sent(double, courier, desk):
    env = {"PAGERDUTY_WEBHOOK_SECRET": "hook-secret"}
    courier.listeners.clear()
    listening = Desk(double, courier, desk.inbox, env)
    listening.hear(double.hook("incident.triggered", double.add(), at=at()))
    listening.do(acknowledge)
    assert double.calls == []
    with listening.look() as session:
        assert not behind(session)
        assert all_incidents(session)[0].acknowledged_at
        assert all_alerts(session)


def test_what_looks_like_one_of_our_people_is_no_person(desk, double, outage):
    desk.do(note, "ask @{p:999999} or @{p:1}")
    assert double.notes[outage["id"]][0]["content"].endswith("ask @{p:999999} or Closeout")
    desk.minutes = 5
    desk.hear(double.note_hook(outage, "ping @{p:1}", at=at(4)))
    with desk.look() as session:
        assert said(session, "NoteAdded")[-1] == "PagerDuty noted: Ada: ping @ {p:1}"
