"""Who is on call commands, when nobody does; and whoever acts at PagerDuty is known here."""

from bot.domain import incidents, people
from tests.alerting import all_incidents, at, kinds, said


def begin(desk, double, **more):
    incident = double.add(**more)
    desk.hear(double.hook("incident.triggered", incident, at=at()))
    return incident


def commander(desk):
    with desk.look() as session:
        seat = incidents.commander(session, all_incidents(session)[0])
        return people.get(session, seat).name if seat else None


def test_the_first_level_on_call_becomes_commander(desk, double):
    begin(desk, double)
    assert commander(desk) == "Ada"
    [call] = double.made("GET /oncalls")
    assert call.query["escalation_policy_ids[]"] == ["PPOL001"]


def test_people_are_found_by_their_address(desk, double):
    with desk.courier.transaction() as session:
        met = people.introduce(session, people.Introduction("U1", "Ada Lovelace", "Ada@Example.com"))
    begin(desk, double)
    assert commander(desk) == "Ada Lovelace"
    with desk.look() as session:
        assert met.id in incidents.members(session, all_incidents(session)[0])


def test_who_has_left_is_passed_over(desk, double):
    with desk.courier.transaction() as session:
        people.introduce(session, people.Introduction("U1", "Ada", "ada@example.com", is_active=False))
    begin(desk, double)
    assert commander(desk) == "Ben"


def test_who_commands_already_keeps_the_seat(desk, double):
    with desk.courier.transaction() as session:
        ben = people.of_email(session, "ben@example.com", "Ben")
        incidents.declare(session, incidents.Report(title="Down", services=("checkout",)), by=ben, now=at())
    begin(desk, double)
    assert commander(desk) == "Ben"
    assert not double.made("GET /oncalls")


def test_without_an_alert_the_service_says_its_policy(desk, double):
    def declare(session):
        report = incidents.Report(title="Down", services=("checkout",))
        incidents.declare(session, report, by=people.closeout(session), now=at())

    desk.do(declare)
    assert commander(desk) == "Ada"
    assert double.made("GET /services/{id}")


def test_where_nobody_is_on_call_the_channel_hears_it_once(desk, double):
    double.on_call = []
    begin(desk, double)
    with desk.look() as session:
        assert said(session, "NobodyOnCall") == [
            "PagerDuty knows nobody on call for Service PSVC001. Take a seat: /incident join commander"
        ]


def test_a_refused_look_up_is_said(desk, double):
    double.fail("GET /oncalls", 403)
    begin(desk, double)
    with desk.look() as session:
        assert said(session, "SourceRefused")[0].startswith("PagerDuty refused to say who is on call: ")


def test_an_unknown_person_who_acknowledges_takes_part_once_known(desk, double):
    double.on_call = []
    incident = begin(desk, double)
    incident["status"] = "acknowledged"
    desk.minutes = 2
    desk.hear(double.hook("incident.acknowledged", incident, at=at(2), agent="PBEN"))
    with desk.look() as session:
        ben = people.of_email(session, "ben@example.com")
        assert ben.id in incidents.members(session, all_incidents(session)[0])
    incident["status"] = "triggered"
    desk.hear(double.hook("incident.unacknowledged", incident, at=at(3), agent="PBEN"))
    with desk.look() as session:
        assert said(session, "AlertsUnacknowledged")[0].startswith("Ben took back")


def test_the_on_call_who_acknowledges_is_known_at_once(desk, double):
    incident = begin(desk, double)
    incident["status"] = "acknowledged"
    desk.minutes = 2
    desk.hear(double.hook("incident.acknowledged", incident, at=at(2), agent="PADA"))
    with desk.look() as session:
        assert said(session, "Acknowledged") == ["Ada acknowledged it"]
        assert "AlertsAcknowledged" not in kinds(session)
