"""Who does what: seats are taken, given and handed over, and whoever has one takes part."""

import pytest

from bot.domain import incidents
from bot.domain.incidents import Report
from bot.domain.incidents.facts import HandedOff, Joined, Left, RoleTaken
from bot.domain.people import closeout
from bot.lib.errors import Refused
from tests.conftest import NOON

BRIEF = {
    "State": "We roll back.",
    "Open questions": "Why 4711?",
    "Last customer update": "",
    "Next step": "Wait",
}


def give(session, incident, role, person, by):
    return incidents.set_role(session, incident, role, person, by=by, now=NOON)


def test_one_takes_a_seat_oneself(session, ben, an_incident, facts):
    assert give(session, an_incident, "comms", ben, ben)
    assert incidents.seats(session, an_incident)["comms"] == ben.id
    assert str(facts(an_incident, RoleTaken)[0]) == "is now Communications"


def test_one_gives_a_seat_to_someone_who_thereby_takes_part(session, ana, ben, an_incident, facts):
    give(session, an_incident, "Scribe", ben, ana)
    assert ben.id in incidents.members(session, an_incident)
    assert str(facts(an_incident, RoleTaken)[0]) == f"made @{{p:{ben.id}}} Scribe"


def test_who_sat_there_before_is_named(session, ana, ben, an_incident, facts):
    give(session, an_incident, "commander", ben, ben)
    assert str(facts(an_incident, RoleTaken)[0]) == f"is now Incident commander, after @{{p:{ana.id}}}"
    assert incidents.commander(session, an_incident) == ben.id


def test_sitting_there_already_says_nothing(session, ana, an_incident, facts):
    assert not give(session, an_incident, "commander", ana, ana)
    assert facts(an_incident, RoleTaken) == []


def test_one_person_may_have_several_seats(session, ana, an_incident):
    give(session, an_incident, "comms", ana, ana)
    assert incidents.seats(session, an_incident) == {"commander": ana.id, "comms": ana.id}


def test_an_unknown_role_is_refused_with_the_right_ones(session, ana, an_incident):
    with pytest.raises(Refused, match="commander, comms, operations, scribe"):
        give(session, an_incident, "chef", ana, ana)


def test_a_handoff_carries_its_brief(session, ana, ben, an_incident, facts):
    incidents.hand_off(session, an_incident, ben, BRIEF, by=ana, now=NOON)
    assert incidents.commander(session, an_incident) == ben.id
    [fact] = facts(an_incident, HandedOff)
    assert str(fact) == (
        f"handed Incident commander over to @{{p:{ben.id}}}. "
        "State: We roll back. Open questions: Why 4711? Next step: Wait."
    )


def test_one_hands_over_the_seat_that_one_has(session, ana, ben, cy, an_incident):
    give(session, an_incident, "scribe", ben, ana)
    incidents.hand_off(session, an_incident, cy, {}, by=ben, now=NOON)
    assert incidents.seats(session, an_incident) == {"commander": ana.id, "scribe": cy.id}


def test_a_seat_is_not_handed_to_whoever_has_it(session, ana, an_incident):
    with pytest.raises(Refused, match="Ana is Incident commander already"):
        incidents.hand_off(session, an_incident, ana, {}, by=ana, now=NOON)


def test_one_joins_once(session, ana, ben, an_incident, facts):
    assert incidents.enter(session, an_incident, ben, by=ben, now=NOON, late=True)
    assert not incidents.enter(session, an_incident, ben, by=ana, now=NOON)
    [fact] = facts(an_incident, Joined)
    assert (str(fact), fact.late) == ("joined", True)


def test_machines_do_not_take_part(session, ana, an_incident):
    assert not incidents.enter(session, an_incident, closeout(session), by=ana, now=NOON)


def test_whoever_leaves_a_private_incident_sees_it_no_more(session, ana, ben, facts):
    incident = incidents.declare(session, Report("Secret", private=True), by=ana, now=NOON)
    incidents.enter(session, incident, ben, by=ana, now=NOON)
    assert incidents.leave(session, incident, ben, by=ben, now=NOON)
    assert not incidents.leave(session, incident, ben, by=ben, now=NOON)
    assert not incidents.visible(session, incident, ben)
    assert str(facts(incident, Left)[0]) == "left"
