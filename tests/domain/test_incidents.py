"""An incident is declared, moved, reopened, cancelled and closed; and who may see it."""

import pytest

from bot.domain import actions, incidents, postmortems, updates
from bot.domain.incidents import Report, Status
from bot.domain.incidents.facts import Closed, Declared, SeverityChanged, StatusChanged
from bot.domain.incidents.reminders import seat_empty
from bot.domain.people import closeout
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later


def test_nothing_is_required_to_declare(session, ana, facts):
    incident = incidents.declare(session, Report(), by=ana, now=NOON)
    assert (incident.ref, incident.title, incident.severity) == ("INC-1", "Untitled incident", None)
    assert (incident.status, incident.detected_at) == (Status.INVESTIGATING, NOON)
    assert str(facts(incident, Declared)[0]) == "declared an incident: Untitled incident"


def test_whoever_declares_commands_and_takes_part(session, ana):
    incident = incidents.declare(session, Report("Down"), by=ana, now=NOON)
    assert incidents.commander(session, incident) == ana.id
    assert incidents.members(session, incident) == {ana.id}


def test_another_commander_takes_part_too(session, ana, ben):
    incident = incidents.declare(session, Report("Down", commander=ben), by=ana, now=NOON)
    assert incidents.commander(session, incident) == ben.id
    assert incidents.members(session, incident) == {ana.id, ben.id}


def test_what_a_machine_declares_nobody_commands(session):
    incident = incidents.declare(session, Report("Down"), by=closeout(session), now=NOON)
    assert incidents.commander(session, incident) is None
    assert incidents.members(session, incident) == set()


def test_a_number_is_never_used_twice(session, ana, an_incident):
    session.info["listeners"].clear()
    with session.begin_nested() as undone:
        lost = incidents.declare(session, Report("Undone"), by=ana, now=NOON)
        assert lost.id == 2
        undone.rollback()
    assert incidents.declare(session, Report("Next"), by=ana, now=NOON).id >= 2


@pytest.mark.parametrize(
    ("report", "answer"),
    [
        (Report(severity="huge"), "'huge' is no severity. Choose one of: sev1, sev2, sev3, sev4"),
        (Report(services=("checkin",)), "Choose one of: checkout, search, database"),
        (Report("x" * 201), "201 characters; 200 is the most"),
    ],
)
def test_a_wrong_word_is_refused_with_the_right_ones(session, ana, report, answer):
    with pytest.raises(Refused, match=answer):
        incidents.declare(session, report, by=ana, now=NOON)
    assert incidents.live(session, as_=ana) == []


def test_titles_stay_on_one_line(session, ana):
    assert incidents.declare(session, Report(" a\n\tb  c "), by=ana, now=NOON).title == "a b c"


def test_an_incident_without_severity_counts_as_the_second_highest(session, ana):
    company = session.info["company"]
    assert company.severity_or_assumed(None).key == "sev2"
    assert company.rank(None) == company.rank("SEV2".lower()) == 1


def test_severity_is_changed_with_a_reason(session, ana, an_incident, facts):
    assert incidents.set_severity(session, an_incident, "SEV2", by=ana, now=NOON, why="Search still works")
    assert not incidents.set_severity(session, an_incident, "sev2", by=ana, now=NOON)
    [fact] = facts(an_incident, SeverityChanged)
    assert str(fact) == "changed the severity from sev1 to sev2. Search still works"


def test_status_moves_in_any_order_while_it_is_live(session, ana, an_incident, facts):
    for status in (Status.MONITORING, Status.IDENTIFIED, Status.INVESTIGATING):
        assert incidents.set_status(session, an_incident, status, by=ana, now=NOON)
    assert not incidents.set_status(session, an_incident, Status.INVESTIGATING, by=ana, now=NOON)
    assert len(facts(an_incident, StatusChanged)) == 3


def test_a_resolved_incident_is_reopened_and_not_simply_moved(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=NOON, note="Rolled back")
    with pytest.raises(Refused, match="/incident reopen <reason>"):
        incidents.set_status(session, an_incident, Status.IDENTIFIED, by=ana, now=NOON)
    incidents.reopen(session, an_incident, "It is back", by=ana, now=later(minutes=1))
    assert an_incident.is_live


def test_a_live_incident_cannot_be_reopened(session, ana, an_incident):
    with pytest.raises(Refused, match="only one that is resolved, closed or cancelled"):
        incidents.reopen(session, an_incident, "why not", by=ana, now=NOON)


def test_a_reason_is_needed_to_reopen_and_to_cancel(session, ana, an_incident):
    with pytest.raises(Refused, match="reason is empty"):
        incidents.cancel(session, an_incident, " ", by=ana, now=NOON)
    incidents.resolve(session, an_incident, by=ana, now=NOON)
    with pytest.raises(Refused, match="reason is empty"):
        incidents.reopen(session, an_incident, "", by=ana, now=NOON)


def test_a_cancelled_incident_owes_nothing_and_takes_nothing(session, ana, an_incident):
    incidents.cancel(session, an_incident, "False alarm", by=ana, now=NOON)
    for verb in (
        lambda: incidents.set_severity(session, an_incident, "sev2", by=ana, now=NOON),
        lambda: incidents.set_role(session, an_incident, "comms", ana, by=ana, now=NOON),
        lambda: incidents.rename(session, an_incident, "x", by=ana, now=NOON),
        lambda: incidents.acknowledge(session, an_incident, by=ana, now=NOON),
    ):
        with pytest.raises(Refused, match="Reopen it first"):
            verb()


def test_the_checklist_stands_in_the_order_in_which_loops_close(session, ana, an_incident):
    actions.create(session, an_incident, "Alert earlier", by=ana, now=NOON)
    names = [loop.name for loop in incidents.loops(session, an_incident)]
    assert names == ["resolved", "customers told", "postmortem", "0 of 1 actions verified"]


def test_it_stays_open_until_every_loop_is_closed_and_says_which_are_not(session, ana, an_incident):
    with pytest.raises(Refused) as refused:
        incidents.close(session, an_incident, by=ana, now=NOON)
    assert str(refused.value).startswith(
        "INC-1 stays investigating; still open:\n• resolved: Resolve it first"
    )
    assert "• customers told:" in str(refused.value)
    assert an_incident.closed_at is None


def test_it_closes_when_every_loop_is_closed(session, ana, ben, an_incident, facts):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=43))
    updates.publish(session, an_incident, "It works again.", by=ana, now=later(minutes=44))
    item = actions.create(session, an_incident, "Alert earlier", by=ana, now=NOON, owner=ana)
    actions.done(session, item, "https://example.com/1", by=ana, now=later(hours=1))
    actions.verify(session, item, by=ben, now=later(hours=1))
    postmortems.publish(session, an_incident, by=ana, now=later(hours=2))
    assert incidents.close(session, an_incident, by=ana, now=later(hours=2))
    assert (an_incident.status, an_incident.closed_at) == (Status.CLOSED, later(hours=2))
    assert not incidents.close(session, an_incident, by=ana, now=later(hours=3))
    assert len(facts(an_incident, Closed)) == 1


def test_a_closed_incident_can_be_reopened(session, ana):
    mild = incidents.declare(session, Report("Small", "sev4"), by=ana, now=NOON)
    incidents.resolve(session, mild, by=ana, now=NOON)
    incidents.close(session, mild, by=ana, now=NOON)
    incidents.reopen(session, mild, "Not quite", by=ana, now=NOON)
    assert (mild.status, mild.closed_at) == (Status.INVESTIGATING, None)


def test_services_are_set_and_unknown_ones_refused(session, ana, an_incident):
    assert incidents.set_services(session, an_incident, ("search", "Checkout"), by=ana, now=NOON)
    assert incidents.services_of(session, an_incident) == ("checkout", "search")
    assert not incidents.set_services(session, an_incident, ("checkout", "search"), by=ana, now=NOON)
    with pytest.raises(Refused, match="is no service"):
        incidents.set_services(session, an_incident, ("toaster",), by=ana, now=NOON)


def test_renaming_keeps_the_old_title_in_the_trace(session, ana, an_incident):
    assert incidents.rename(session, an_incident, "Payments fail", by=ana, now=NOON)
    assert not incidents.rename(session, an_incident, "Payments  fail", by=ana, now=NOON)
    said = incidents.timeline(session, an_incident)[-1].text
    assert said == "renamed it from 'Checkout is down' to 'Payments fail'"


def test_acknowledging_counts_once_and_takes_part(session, ana, ben, an_incident):
    assert incidents.acknowledge(session, an_incident, by=ben, now=later(minutes=2))
    assert not incidents.acknowledge(session, an_incident, by=ana, now=later(minutes=3))
    assert an_incident.acknowledged_at == later(minutes=2)
    assert ben.id in incidents.members(session, an_incident)


@pytest.mark.parametrize("ref", ["INC-1", "inc-1", "1", " Inc1 "])
def test_references_are_read_as_people_write_them(session, ana, an_incident, ref):
    assert incidents.find(session, ref, as_=ana).id == 1


@pytest.mark.parametrize("ref", ["INC-", "seven", "", "INC-1a", "9999999999"])
def test_what_is_no_reference_is_refused(session, ana, an_incident, ref):
    with pytest.raises(Refused, match="is no reference"):
        incidents.find(session, ref, as_=ana)


@pytest.mark.parametrize("ref", ["INC-2", "INC-999999999"])
def test_an_unknown_reference_is_refused(session, ana, an_incident, ref):
    with pytest.raises(Refused, match="There is no incident"):
        incidents.find(session, ref, as_=ana)


@pytest.fixture
def a_secret(session, ana):
    return incidents.declare(session, Report("Somebody is in", "sev1", private=True), by=ana, now=NOON)


def test_a_private_incident_is_there_for_its_members_alone(session, ana, ben, cy, a_secret):
    incidents.enter(session, a_secret, ben, by=ana, now=NOON)
    for member in (ana, ben, closeout(session)):
        assert incidents.find(session, a_secret.ref, as_=member) == a_secret
        assert incidents.live(session, as_=member) == [a_secret]
    with pytest.raises(Refused, match="There is no incident INC-1"):
        incidents.find(session, a_secret.ref, as_=cy)
    assert incidents.live(session, as_=cy) == incidents.page(session, as_=cy) == []


def test_a_refusal_does_not_betray_a_private_incident(session, cy, a_secret):
    messages = set()
    for ref in ("INC-1", "INC-2"):
        with pytest.raises(Refused) as refused:
            incidents.find(session, ref, as_=cy)
        messages.add(str(refused.value).replace(ref, "INC-n"))
    assert len(messages) == 1


def test_an_administrator_sees_no_more_than_others(session, cy, a_secret):
    cy.access = "admin"
    assert not incidents.visible(session, a_secret, cy)


def test_lists_are_paged_newest_first(session, ana):
    for number in range(5):
        incidents.declare(session, Report(f"No {number}"), by=ana, now=NOON)
    first = incidents.page(session, as_=ana, limit=2)
    assert [one.id for one in first] == [5, 4]
    assert [one.id for one in incidents.page(session, as_=ana, limit=2, before=first[-1].id)] == [3, 2]
    assert incidents.page(session, as_=ana, statuses=["closed"]) == []


def test_an_empty_seat_is_missed_once(session, nudged):
    incident = incidents.declare(session, Report("Down"), by=closeout(session), now=NOON)
    assert nudged(seat_empty, later(minutes=9)) == []
    [said] = nudged(seat_empty, later(minutes=10))
    assert (said.incident_id, said.to) == (incident.id, None)
    assert "`/incident join commander`" in str(said)
    assert nudged(seat_empty, later(hours=5)) == []


def test_nobody_misses_a_commander_who_is_there(an_incident, nudged):
    assert nudged(seat_empty, later(hours=1)) == []
