"""What alerts cause: incidents that begin, go on and end; and what changes nothing."""

import pytest

from bot.domain import alerts, incidents, people
from bot.domain.alerts import Kind, Paged
from bot.domain.alerts.reactions import move
from bot.domain.incidents import Status
from bot.lib.errors import Refused
from bot.lib.facts import on
from tests.alerting import (
    COMPANY,
    all_alerts,
    all_incidents,
    at,
    declared,
    events,
    hear,
    kinds,
    message,
    said,
)


@pytest.fixture(autouse=True)
def with_company(session):
    session.info["company"] = COMPANY


def test_an_alert_that_is_bad_enough_declares_an_incident(session):
    hear(session, message(Kind.OPENED, title="High latency"))
    [incident] = all_incidents(session)
    assert (incident.title, incident.severity, incident.source) == ("High latency", "sev2", "pagerduty")
    assert incidents.services_of(session, incident) == ("checkout",)
    assert incidents.commander(session, incident) is None
    assert said(session, "AlertsJoined") == ["PagerDuty raised the alert High latency on Checkout API"]


def test_priority_or_urgency_is_enough_and_neither_is_not(session):
    hear(session, message(Kind.OPENED, "A", priority="P5", urgency="low"))
    assert not all_incidents(session)
    assert [alert.incident_id for alert in all_alerts(session)] == [None]
    hear(session, message(Kind.OPENED, "B", 1, priority="", urgency="high", source_service="X"))
    hear(session, message(Kind.OPENED, "C", 2, priority="P1", urgency="low", source_service="Y"))
    assert [incident.severity for incident in all_incidents(session)] == [None, "sev1"]


def test_an_alert_that_becomes_bad_enough_declares_then(session):
    hear(session, message(Kind.OPENED, priority="P5", urgency="low"))
    hear(session, message(Kind.PRIORITY, minutes=5, priority="P1", urgency="low"))
    [incident] = all_incidents(session)
    assert (incident.severity, incident.detected_at) == ("sev1", at(0))


def test_one_outage_stays_one_incident_while_the_window_rolls(session):
    day = 24 * 60
    for step in range(5):
        hear(session, message(Kind.OPENED, f"A{step}", step * (2 * day - 1)))
    assert len(all_incidents(session)) == 1
    hear(session, message(Kind.OPENED, "B", 4 * (2 * day - 1) + 2 * day + 1))
    assert len(all_incidents(session)) == 2


def test_an_alert_joins_what_a_person_declared_for_the_service(session):
    incident = declared(session, services=("checkout",))
    hear(session, message(Kind.OPENED, minutes=1, urgency="low", priority=""))
    assert all_alerts(session)[0].incident_id == incident.id
    assert incident.severity is None


def test_the_same_key_joins_across_services(session):
    hear(session, message(Kind.OPENED, "A", incident_key="db-down"))
    hear(session, message(Kind.OPENED, "B", 1, incident_key="db-down", source_service="PSVC002"))
    [incident] = all_incidents(session)
    assert incidents.services_of(session, incident) == ("checkout", "search")


def test_another_service_is_another_incident(session):
    hear(session, message(Kind.OPENED, "A"), message(Kind.OPENED, "B", source_service="PSVC002"))
    assert len(all_incidents(session)) == 2


@pytest.mark.parametrize("kept_apart", [{"private": True}, {"drill": True}])
def test_a_private_incident_or_a_drill_swallows_no_real_outage(session, kept_apart):
    declared(session, services=("checkout",), **kept_apart)
    hear(session, message(Kind.OPENED, minutes=1))
    assert [incident.source for incident in all_incidents(session)] == ["person", "pagerduty"]


@pytest.mark.slow
def test_ten_thousand_alerts_are_one_incident_and_few_facts(session):
    for first in range(0, 10_000, 500):
        hear(session, *(message(Kind.OPENED, f"A{n:05}", n / 600) for n in range(first, first + 500)))
    [incident] = all_incidents(session)
    assert alerts.count(session, incident) == 10_000
    assert len(events(session)) == 21
    assert said(session, "AlertsJoined")[1].endswith(
        "raised 500 alerts: Alert A00500, Alert A00501, Alert A00502 and 497 more on Checkout API"
    )


def test_what_was_heard_before_changes_nothing(session):
    first = message(Kind.OPENED)
    hear(session, first, first)
    hear(session, first)
    assert kinds(session) == ["Declared", "AlertsJoined"]


def test_what_is_older_than_what_was_applied_changes_nothing(session):
    hear(session, message(Kind.OPENED), message(Kind.RESOLVED, minutes=5))
    before = kinds(session)
    hear(session, message(Kind.ACKNOWLEDGED, minutes=3), minutes=6)
    assert kinds(session) == before
    assert all_alerts(session)[0].status == "resolved"


def test_an_outage_that_is_over_when_we_hear_of_it_declares_nothing(session):
    hear(session, message(Kind.RESOLVED, minutes=5))
    hear(session, message(Kind.OPENED, minutes=0), minutes=6)
    assert not all_incidents(session)


def test_a_batch_is_read_in_the_order_in_which_things_happened(session):
    hear(
        session,
        message(Kind.RESOLVED, minutes=5),
        message(Kind.ACKNOWLEDGED, minutes=2),
        message(Kind.OPENED),
    )
    [incident] = all_incidents(session)
    assert incident.status == Status.RESOLVED
    assert kinds(session)[:2] == ["Declared", "AlertsJoined"]


def test_whoever_acknowledges_there_has_acknowledged_here(session):
    ada = alerts.met(session, "pagerduty", "PADA", "ada@example.com", "Ada")
    hear(session, message(Kind.OPENED))
    hear(session, message(Kind.ACKNOWLEDGED, minutes=3, agent="PADA"), minutes=10)
    [incident] = all_incidents(session)
    assert incident.acknowledged_at == at(3)
    assert said(session, "Acknowledged") == ["Ada acknowledged it"]
    assert ada.id in incidents.members(session, incident)


def test_an_unknown_person_is_named_as_the_source_names_them(session):
    hear(session, message(Kind.OPENED), message(Kind.ACKNOWLEDGED, minutes=3, agent="cleo"))
    assert said(session, "AlertsAcknowledged") == ["PagerDuty acknowledged the alert Alert A (Cleo)"]
    assert all_incidents(session)[0].acknowledged_at is not None


def test_the_end_of_the_last_alert_resolves_what_alerts_declared(session):
    hear(session, message(Kind.OPENED, "A"), message(Kind.OPENED, "B", 1))
    hear(session, message(Kind.RESOLVED, "A", 5))
    [incident] = all_incidents(session)
    assert incident.is_live
    assert said(session, "AlertsResolved") == ["PagerDuty resolved the alert Alert A; 1 alert still open"]
    hear(session, message(Kind.RESOLVED, "B", 9), minutes=11)
    assert (incident.status, incident.resolved_at) == (Status.RESOLVED, at(9))


def test_alerts_do_not_resolve_what_a_person_declared(session):
    incident = declared(session, services=("checkout",))
    hear(session, message(Kind.OPENED, minutes=1), message(Kind.RESOLVED, minutes=5))
    assert incident.is_live
    assert said(session, "AlertsResolved") == [
        "PagerDuty resolved the alert Alert A; no alert is open any more"
    ]


def test_an_alert_that_is_reopened_reopens_its_incident(session):
    hear(session, message(Kind.OPENED), message(Kind.RESOLVED, minutes=5))
    hear(session, message(Kind.REOPENED, minutes=90, agent="cleo"))
    [incident] = all_incidents(session)
    assert incident.status == Status.INVESTIGATING
    assert incident.resolved_at is None


def test_an_alert_that_flaps_is_still_the_same_outage(session):
    hear(session, message(Kind.OPENED, "A"), message(Kind.RESOLVED, "A", 5))
    hear(session, message(Kind.OPENED, "B", 12))
    [incident] = all_incidents(session)
    assert incident.is_live
    assert "Reopened" in kinds(session)


def test_what_a_person_resolved_stays_resolved_when_another_alert_fires(session):
    hear(session, message(Kind.OPENED, "A"))
    [incident] = all_incidents(session)
    incidents.resolve(session, incident, by=people.of_email(session, "ada@example.com"), now=at(5))
    hear(session, message(Kind.OPENED, "B", 12))
    assert [each.status for each in all_incidents(session)] == ["resolved", "investigating"]


def test_an_alert_of_a_cancelled_incident_is_left_in_peace_until_it_is_reopened(session):
    hear(session, message(Kind.OPENED))
    [incident] = all_incidents(session)
    incidents.cancel(
        session, incident, "False alarm", by=people.of_email(session, "ada@example.com"), now=at(5)
    )
    hear(session, message(Kind.ACKNOWLEDGED, minutes=6), message(Kind.RESOLVED, minutes=7))
    assert len(all_incidents(session)) == 1
    hear(session, message(Kind.REOPENED, minutes=90))
    assert [each.status for each in all_incidents(session)] == ["cancelled", "investigating"]


def test_a_priority_that_changes_moves_the_severity_to_the_worst_of_the_open_alerts(session):
    hear(session, message(Kind.OPENED, "A"), message(Kind.OPENED, "B", 1, priority="P3"))
    [incident] = all_incidents(session)
    hear(session, message(Kind.PRIORITY, "B", 2, priority="P1"))
    assert incident.severity == "sev1"
    hear(session, message(Kind.PRIORITY, "B", 3, priority="P3"))
    assert incident.severity == "sev2"


def test_a_severity_that_people_chose_is_not_touched_by_alerts_that_join(session):
    hear(session, message(Kind.OPENED, "A"))
    [incident] = all_incidents(session)
    incidents.set_severity(
        session, incident, "sev3", by=people.of_email(session, "ada@example.com"), now=at(1)
    )
    hear(session, message(Kind.OPENED, "B", 2, priority="P1"))
    assert incident.severity == "sev3"


def test_notes_and_updates_come_into_the_timeline_at_their_own_time(session):
    hear(session, message(Kind.OPENED))
    hear(session, message(Kind.NOTED, minutes=2, agent="cleo", text="Restarted <it>"), minutes=30)
    hear(session, message(Kind.UPDATED, minutes=3, text="A fix is on its way"), minutes=31)
    lines = [(entry.at, entry.text) for entry in incidents.timeline(session, all_incidents(session)[0])]
    assert (at(2), "noted: Cleo: Restarted <it>") in lines
    assert (at(3), "published a status update: A fix is on its way") in lines


def test_our_own_note_that_comes_back_is_no_news(session):
    hear(session, message(Kind.OPENED))
    hear(session, message(Kind.NOTED, minutes=2, text=alerts.rules.ours("INC-1/9", "Ada noted: done")))
    assert "NoteAdded" not in kinds(session)


def test_what_we_told_the_source_is_no_news_when_it_comes_back(session):
    hear(session, message(Kind.OPENED))
    alerts.expect(session, "pagerduty", ["A"], "status=acknowledged", now=at(1))
    session.flush()
    hear(session, message(Kind.ACKNOWLEDGED, minutes=1, agent="bot"))
    assert kinds(session) == ["Declared", "AlertsJoined"]
    assert all_alerts(session)[0].status == "acknowledged"
    hear(
        session,
        message(Kind.UNACKNOWLEDGED, minutes=40),
        message(Kind.ACKNOWLEDGED, minutes=41, agent="cleo"),
    )
    assert kinds(session)[2:] == ["AlertsUnacknowledged", "Acknowledged", "AlertsAcknowledged"]


def test_what_the_source_caused_is_marked_as_its_own(session):
    hear(session, message(Kind.OPENED), message(Kind.ACKNOWLEDGED, minutes=1))
    [acknowledged] = [event for event in events(session) if event.kind == "Acknowledged"]
    assert alerts.was_caused(session, acknowledged.id, "pagerduty")


def test_alerts_follow_a_merge(session):
    hear(session, message(Kind.OPENED, "A"), message(Kind.OPENED, "B", source_service="PSVC002"))
    one, two = all_incidents(session)
    incidents.merge(session, two, one, by=people.of_email(session, "ada@example.com"), now=at(3))
    hear(session, message(Kind.NOTED, "B", 4, text="Same cause"))
    assert said(session, "NoteAdded") == ["PagerDuty noted: Same cause"]
    alerts_move(session, two.id)
    assert len(alerts.of(session, one)) == 2


def alerts_move(session, id):
    [merged] = [event for event in events(session, id) if event.kind == "Merged"]
    move(session, merged.fact)


def test_a_title_of_any_length_is_a_title(session):
    hear(session, message(Kind.OPENED, title="🔥" * 900))
    assert len(all_incidents(session)[0].title) == 200


class Phone:
    """Whoever can ring."""

    @on(Paged, name="phone")
    async def ring(self, event):
        """It rings."""


@pytest.fixture
def phone(listeners):
    listeners.add_all(Phone())


@pytest.mark.usefixtures("phone")
def test_a_page_names_a_service_or_a_person(session):
    incident = declared(session)
    ada = people.of_email(session, "ada@example.com")
    alerts.page(session, incident, "Checkout", "Need help", by=ada, now=at(1))
    ben = people.of_email(session, "ben@example.com", "Ben Hope")
    alerts.page(session, incident, "ben hope", by=ada, now=at(2))
    assert said(session, "Paged") == ["Ada paged Checkout on-call. Need help", f"Ada paged @{{p:{ben.id}}}"]


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("target", ["", "chekout", "nobody@example.com"])
def test_a_page_for_nobody_says_who_could_be_paged(session, target):
    incident = declared(session)
    with pytest.raises(Refused, match=r"Services: checkout|Say whom|nobody I know"):
        alerts.page(session, incident, target, by=people.closeout(session), now=at(1))


def test_where_nothing_can_ring_a_page_is_refused(session):
    with pytest.raises(Refused, match="PAGERDUTY_ROUTING_KEY"):
        alerts.page(session, declared(session), "checkout", by=people.closeout(session), now=at(1))


def test_a_channel_that_tells_of_pages_is_no_phone(session, listeners):
    class Room:
        @on(Paged, incidents.facts.NoteAdded, name="room")
        async def room(self, event):
            """It tells, and rings nobody."""

    listeners.add_all(Room())
    with pytest.raises(Refused, match="PAGERDUTY_ROUTING_KEY"):
        alerts.page(session, declared(session), "checkout", by=people.closeout(session), now=at(1))
