"""A page rings once, and its answer stands in the timeline."""

import asyncio

import pytest

from bot.domain import alerts, incidents, people
from tests.alerting import all_alerts, all_incidents, at, declared, events, kinds, said
from tests.integrations.conftest import Desk


def page(session, target="checkout", text="Payments fail", minutes=1):
    ada = people.of_email(session, "ada@example.com", "Ada")
    return alerts.page(session, all_incidents(session)[0], target, text, by=ada, now=at(minutes))


@pytest.fixture
def incident(desk, double):
    double.on_call = []
    return desk.do(declared, "Checkout is down", services=("checkout",))


def test_a_page_rings_through_the_events_api(desk, double, incident):
    event = desk.do(page)
    [(key, [ring])] = double.rung.items()
    assert key == f"closeout/{event.key}"
    assert ring["payload"]["summary"] == "INC-1, page for Checkout on-call: Payments fail. Checkout is down"
    assert (ring["payload"]["component"], ring["payload"]["group"]) == ("checkout", "PSVC001")
    with desk.look() as session:
        assert said(session, "Paged") == ["Ada paged Checkout on-call. Payments fail"]
        assert said(session, "PageSent") == ["PagerDuty took the page for Checkout on-call"]


@pytest.mark.parametrize("fault", [429, "bare 429", 500, 503, "cut", "lost"])
def test_whatever_happens_on_the_way_one_key_rings(desk, double, incident, fault):
    double.fail("POST /v2/enqueue", fault)
    desk.vendor.line.events_door.hush = lambda method, seconds: None
    desk.do(page)
    assert len(double.rung) == 1
    with desk.look() as session:
        assert kinds(session).count("PageSent") == 1


def test_two_pages_are_two_rings(desk, double, incident):
    desk.do(page)
    desk.do(page, minutes=5)
    assert len(double.rung) == 2


def test_a_page_heard_twice_rings_with_the_same_key_and_is_told_once(desk, double, incident):
    event = desk.do(page)
    asyncio.run(desk.vendor.page(event))
    assert len(double.rung) == 1
    with desk.look() as session:
        assert kinds(session).count("PageSent") == 1


def test_a_refused_page_is_said_aloud(desk, double, incident):
    double.fail("POST /v2/enqueue", 400)
    desk.do(page)
    with desk.look() as session:
        [refusal] = said(session, "SourceRefused")
    assert refusal.startswith("PagerDuty refused to page Checkout on-call: PagerDuty answered 400")


def test_a_person_is_rung_by_an_incident_that_is_theirs(desk, double, incident):
    with desk.courier.transaction() as session:
        people.of_email(session, "ben@example.com", "Ben")
    event = desk.do(page, "ben@example.com")
    [made] = double.incidents.values()
    assert made["assignments"] == [{"assignee": {"id": "PBEN", "type": "user_reference"}}]
    assert made["incident_key"] == f"closeout/{event.key}"
    assert not double.rung


@pytest.mark.parametrize("fault", ["lost", "cut", 500])
def test_a_person_is_rung_once(desk, double, incident, fault):
    with desk.courier.transaction() as session:
        people.of_email(session, "ben@example.com", "Ben")
    double.fail("POST /incidents", fault)
    desk.do(page, "ben@example.com")
    assert len(double.incidents) == 1


def test_a_person_whom_pagerduty_does_not_know_is_named_in_a_ring(desk, double, incident):
    with desk.courier.transaction() as session:
        people.of_email(session, "cy@example.com", "Cy")
    desk.do(page, "cy@example.com")
    [[ring]] = double.rung.values()
    assert ring["payload"]["custom_details"]["person"] == "cy@example.com"


def test_the_page_that_comes_back_as_an_incident_is_no_outage_of_its_own(desk, double, incident):
    event = desk.do(page)
    back = double.add(
        "INC-1, page for Checkout on-call", service="PSVC002", incident_key=f"closeout/{event.key}"
    )
    desk.minutes = 2
    desk.hear(double.hook("incident.triggered", back, at=at(2)))
    back["status"] = "acknowledged"
    desk.hear(double.hook("incident.acknowledged", back, at=at(2), agent="PBEN"))
    with desk.look() as session:
        assert len(all_incidents(session)) == 1
        assert "AlertsJoined" not in kinds(session)
        assert all_incidents(session)[0].acknowledged_at == at(2)
        assert [alert.is_page for alert in all_alerts(session)] == [True]


def test_what_is_private_is_not_told_in_a_page(desk, double):
    desk.do(declared, "Data leak", private=True)
    desk.do(page, text="Please join")
    [[ring]] = double.rung.values()
    assert "leak" not in str(ring).lower()


def test_a_drill_rings_nobody_and_says_so(desk, double):
    desk.do(declared, "Practice", drill=True)
    desk.do(page)
    assert double.rung == {}
    with desk.look() as session:
        assert said(session, "Paged") == [
            "Ada paged Checkout on-call (a drill: nobody was rung). Payments fail"
        ]
        assert "PageSent" not in kinds(session)


def test_without_a_routing_key_a_page_says_what_is_missing(desk, double, courier, incident):
    courier.listeners.clear()
    poor = Desk(double, courier, desk.inbox, {"PAGERDUTY_WEBHOOK_SECRET": "hook-secret"})
    poor.do(page)
    with poor.look() as session:
        assert "PAGERDUTY_ROUTING_KEY is not set" in said(session, "SourceRefused")[0]


def test_a_long_text_fits_into_a_summary(desk, double, incident):
    desk.do(page, text="🔥" * 3000)
    [[ring]] = double.rung.values()
    assert len(ring["payload"]["summary"]) <= 1024


def test_a_page_for_what_is_over_is_refused(desk, double, incident):
    def cancel(session):
        incidents.cancel(session, all_incidents(session)[0], "None", by=people.closeout(session), now=at(1))

    desk.do(cancel)
    with pytest.raises(incidents.rules.Refused, match="Reopen it first"):
        desk.do(page, minutes=2)
    with desk.look() as session:
        assert "Paged" not in [event.kind for event in events(session)]
