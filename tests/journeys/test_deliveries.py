"""What both platforms deliver twice, late or in the wrong order ends as if it had come once and in time."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.letters import a_command, post_to_slack_door, signed
from tests.world import wait_for

pytestmark = pytest.mark.slow

LATE = timedelta(hours=3)


@pytest.fixture(scope="module")
def incident(scene):
    """One with a channel in which Ada is."""
    number = scene.declare("Everything comes twice")
    wait_for(lambda: scene.is_done(number), what="the declare")
    return number


@pytest.fixture
def disturbed(scene):
    scene.guest.conditions(duplicate_events=2, reorder_events=True)
    yield scene
    scene.guest.conditions(duplicate_events=0, reorder_events=False)


def pinned(scene, number, text):
    shown = scene.bot.api("GET", f"/incidents/INC-{number}/timeline", params={"limit": 200}).json()["items"]
    return [one for one in shown if text in one["text"] and not one["deleted"]]


def opened(scene):
    """Every letter was read, and nobody is owed anything."""
    return scene.unopened() == 0 and scene.is_quiet()


def wait_for_deliveries(scene, kind, ts, count):
    """So many events about this message were delivered, each three times, and all of it was dealt with."""

    def delivered():
        calls = [call for call in scene.guest.calls(f"event:{kind}") if ts in str(call["args"]["event"])]
        return len([call for call in calls if call["status"] == 200]) == 3 * count

    wait_for(delivered, what=f"{count} times {kind}")
    wait_for(lambda: opened(scene), what="the letters")


# ---- Slack


def test_a_reaction_that_is_delivered_three_times_adds_one_entry(disturbed, incident):
    scene, [room] = disturbed, disturbed.channels(incident)
    said = scene.tell("ada").says("The queue is full", in_=room)
    scene.tell("ada").reacts("pushpin", said.ts, in_=room)
    wait_for_deliveries(scene, "reaction_added", said.ts, 1)
    assert len(pinned(scene, incident, "The queue is full")) == 1


def test_a_mark_set_and_taken_away_in_the_wrong_order_ends_as_people_left_it(disturbed, incident):
    scene, [room] = disturbed, disturbed.channels(incident)
    ada = scene.tell("ada")
    gone, kept = ada.says("Taken away again", in_=room), ada.says("Stays here", in_=room)
    ada.reacts("pushpin", gone.ts, in_=room)
    ada.unreacts("pushpin", gone.ts, in_=room)
    ada.reacts("pushpin", kept.ts, in_=room)
    ada.unreacts("pushpin", kept.ts, in_=room)
    ada.reacts("pushpin", kept.ts, in_=room)
    wait_for_deliveries(scene, "reaction_removed", gone.ts, 1)
    wait_for_deliveries(scene, "reaction_added", kept.ts, 2)
    assert len(pinned(scene, incident, "Stays here")) == 1
    assert pinned(scene, incident, "Taken away again") == []


def test_an_edit_that_arrives_before_its_mark_is_in_the_entry(disturbed, incident):
    scene, [room] = disturbed, disturbed.channels(incident)
    ada = scene.tell("ada")
    said = ada.says("We lost 10 orders", in_=room)
    ada.reacts("pushpin", said.ts, in_=room)
    ada.edits(said.ts, "We lost 11 orders", in_=room)
    ada.edits(said.ts, "We lost 12 orders", in_=room)
    wait_for_deliveries(scene, "reaction_added", said.ts, 1)
    wait_for_deliveries(scene, "message", said.ts, 3)  # said, and edited twice
    [entry] = pinned(scene, incident, "We lost")
    assert entry["text"] == "We lost 12 orders"


def test_who_joins_in_three_deliveries_is_briefed_once(disturbed, incident):
    scene, [room] = disturbed, disturbed.channels(incident)
    scene.tell("dana").joins(room)
    wait_for(lambda: briefs(scene, room), what="the brief")
    wait_for(lambda: opened(scene), what="the letters")
    assert len(briefs(scene, room)) == 1
    assert scene.facts(incident, "Joined") == ["Joined"]


def briefs(scene, room):
    return [one for one in scene.tell("dana").sees(room) if one["ephemeral_to"]]


def test_a_form_that_is_sent_twice_declares_once(scene):
    """Slack does not repeat an interaction; a proxy might. The signature is known."""
    before = scene.numbers()
    form = a_command("new sev1 Sent twice")
    headers = signed(form)
    first, second = (post_to_slack_door(scene.bot, form, headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 401)
    assert len(scene.numbers()) == len(before) + 1


# ---- PagerDuty


def alarm(scene, service, **about):
    scene.double.services[service] = "PPOL001"
    return scene.double.add("Queue is full", service=service, **about)


def hook(scene, kind, alert, at, **more):
    return scene.double.hook(f"incident.{kind}", alert, at=at, **more)


def deliver(scene, *bodies):
    for body in bodies:
        assert scene.post_hook(body).status_code == 202


def incident_of(scene, title_of):
    listed = scene.bot.api("GET", "/incidents", params={"limit": 200}).json()["items"]
    return [one for one in listed if title_of in one["title"]]


def test_a_delivery_that_comes_three_times_declares_once(scene):
    alert = alarm(scene, "PTHRICE")
    alert["title"] = "Comes three times"
    body = hook(scene, "triggered", alert, datetime.now(UTC))
    headers, before = scene.double.headers(body, delivery="the-same"), scene.letters("pagerduty")
    assert [scene.post_hook(body, headers).status_code for _ in range(3)] == [202, 202, 202]
    deliver(scene, body)  # the same event once more, under another delivery id
    assert scene.letters("pagerduty") == before + 2
    wait_for(lambda: incident_of(scene, "Comes three times"), what="the incident")
    wait_for(lambda: opened(scene), what="the letters")
    [incident] = incident_of(scene, "Comes three times")
    assert len(scene.channels(incident["id"])) == 1


def test_a_late_acknowledgement_does_not_wake_what_is_resolved(scene):
    alert, now = alarm(scene, "PLATE"), datetime.now(UTC)
    alert["title"] = "Acknowledged too late"
    triggered = hook(scene, "triggered", alert, now - timedelta(minutes=3))
    alert["status"] = "acknowledged"
    acknowledged = hook(scene, "acknowledged", alert, now - timedelta(minutes=2), agent="PADA")
    alert["status"] = "resolved"
    resolved = hook(scene, "resolved", alert, now - timedelta(minutes=1), agent="PADA")
    deliver(scene, triggered)
    wait_for(lambda: incident_of(scene, "Acknowledged too late"), what="the incident")
    deliver(scene, resolved, acknowledged, triggered)
    wait_for(lambda: opened(scene), what="the letters")
    [incident] = incident_of(scene, "Acknowledged too late")
    told = scene.facts(incident["id"])
    assert told.count("AlertsResolved") == 1
    assert "AlertsReopened" not in told
    assert len(scene.channels(incident["id"])) == 1


def test_what_happened_hours_ago_stands_at_its_own_time(scene):
    then = datetime.now(UTC).replace(microsecond=0) - LATE
    alert = alarm(scene, "PHOURS")
    alert["title"] = "Hours ago"
    deliver(scene, hook(scene, "triggered", alert, then))
    wait_for(lambda: incident_of(scene, "Hours ago"), what="the incident")
    wait_for(lambda: opened(scene), what="the letters")
    [incident] = incident_of(scene, "Hours ago")
    whole = scene.bot.api("GET", f"/incidents/{incident['ref']}").json()
    assert datetime.fromisoformat(whole["milestones"]["detected"]) <= then + timedelta(seconds=1)


def test_a_storm_of_one_outage_in_any_order_is_one_incident(scene):
    now = datetime.now(UTC)
    alerts = [alarm(scene, "PSTORM") for _ in range(20)]
    for alert in alerts:
        alert["title"] = "A storm"
    bodies = [hook(scene, "triggered", each, now - timedelta(seconds=n)) for n, each in enumerate(alerts)]
    deliver(scene, *bodies, *bodies[::-1])
    wait_for(lambda: opened(scene), what="the letters")
    [incident] = incident_of(scene, "A storm")
    assert len(scene.channels(incident["id"])) == 1
