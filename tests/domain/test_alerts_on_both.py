"""Alerts on SQLite and on PostgreSQL: what leans on the database's own words."""

import pytest

from bot.domain import alerts
from bot.domain.alerts import Kind
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.alerting import COMPANY, all_alerts, all_incidents, at, hear, kinds, message

TITLE = "Down: żółw 🐢"


@pytest.fixture
def both(either_engine):
    return Courier(either_engine, Listeners(), {"company": COMPANY})


def test_an_outage_from_its_first_alert_to_its_last(both):
    storm = [message(Kind.OPENED, f"A{n}", n / 60, title=TITLE) for n in range(600)]
    over = [message(Kind.RESOLVED, f"A{n}", 20 + n / 60, title=TITLE) for n in range(600)]
    acknowledged = [message(Kind.ACKNOWLEDGED, "A0", 11)]
    for minutes, batch in ((5, storm[:300]), (10, storm[200:]), (12, acknowledged), (13, storm), (40, over)):
        with both.transaction() as session:
            hear(session, *batch, minutes=minutes)
    with both.reading() as session:
        [incident] = all_incidents(session)
        assert (incident.status, incident.acknowledged_at) == ("resolved", at(11))
        assert alerts.count(session, incident) == 600
        assert alerts.count(session, incident, only_open=True) == 0
        joined, acknowledged = (
            ["Declared", "AlertsJoined", "AlertsJoined"],
            ["Acknowledged", "AlertsAcknowledged"],
        )
        assert kinds(session) == [*joined, *acknowledged, "AlertsResolved", "StatusChanged"]
        assert all_alerts(session)[0].title == TITLE


def test_a_savepoint_that_is_given_up_takes_its_alerts_with_it(both):
    with both.transaction() as session:
        savepoint = session.begin_nested()
        hear(session, message(Kind.OPENED))
        savepoint.rollback()
        assert not all_alerts(session)
        hear(session, message(Kind.OPENED))
        assert len(all_incidents(session)) == 1
