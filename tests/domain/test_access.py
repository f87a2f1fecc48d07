"""Who may do what: four roles, said by closeout.toml or an administrator, held to at one place."""

import pytest

from bot.domain import actions, incidents, people, updates
from bot.domain.company import AccessRules, Company
from bot.domain.incidents import Report, Status
from bot.domain.people import Introduction, NotAllowed, SaidElsewhere
from bot.lib.facts import Fact
from tests.conftest import NOON

ROLES = ("viewer", "responder", "manager", "admin")


@pytest.fixture
def courier(courier):
    courier.info["gate"] = people.gate
    return courier


def with_rules(session, **rules):
    session.info["company"] = Company(access=AccessRules(**rules))


@pytest.fixture
def eve(session, ana):
    """She may look, and change nothing."""
    ana.access = "admin"
    eve = people.of_slack(session, "U0EVE", "Eve")
    people.give(session, eve, "viewer", by=ana, now=NOON)
    return eve


VERBS = {
    "declare": lambda s, i, by: incidents.declare(s, Report("x"), by=by, now=NOON),
    "acknowledge": lambda s, i, by: incidents.acknowledge(s, i, by=by, now=NOON),
    "severity": lambda s, i, by: incidents.set_severity(s, i, "sev3", by=by, now=NOON),
    "status": lambda s, i, by: incidents.set_status(s, i, Status.IDENTIFIED, by=by, now=NOON),
    "note": lambda s, i, by: incidents.note(s, i, "x", by=by, now=NOON),
    "update": lambda s, i, by: updates.publish(s, i, "x", by=by, now=NOON),
    "action": lambda s, i, by: actions.create(s, i, "x", by=by, now=NOON),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_a_viewer_changes_nothing_and_everyone_else_works(session, ana, an_incident, role, verb):
    ana.access = "admin"
    who = people.of_slack(session, "U0WHO", "Who")
    people.give(session, who, role, by=ana, now=NOON)
    if role == "viewer":
        with pytest.raises(NotAllowed, match="You may look, and change nothing"):
            VERBS[verb](session, an_incident, who)
    else:
        VERBS[verb](session, an_incident, who)


def test_a_viewer_may_take_part(session, an_incident, eve):
    incidents.enter(session, an_incident, eve, by=eve, now=NOON)


def test_only_an_administrator_gives_roles(session, ana, ben, eve):
    for by, said in ((ben, "That takes an administrator. Ask one"), (eve, "You may look")):
        with pytest.raises(NotAllowed, match=said):
            people.give(session, by, "admin", by=by, now=NOON)


def test_an_unknown_role_is_refused_with_the_known_ones(session, ana, ben):
    ana.access = "admin"
    with pytest.raises(people.NotAllowed.__base__, match="viewer, responder, manager"):
        people.give(session, ben, "king", by=ana, now=NOON)


def test_closeout_toml_names_by_address_and_by_group_and_the_highest_holds(session):
    met = [("U1", "mia"), ("U2", "ned"), ("U3", "oda")]
    mia, ned, oda = (people.introduce(session, Introduction(id, n, f"{n}@example.com")) for id, n in met)
    with_rules(
        session, viewers=("oda@example.com",), managers=("@leads",), administrators=("NED@example.com",)
    )
    people.join_groups(session, {"leads": ["U1", "U2"]}, now=NOON)
    assert [one.access for one in (mia, ned, oda)] == ["manager", "admin", "viewer"]

    people.join_groups(session, {"leads": []}, now=NOON)
    assert mia.access == "responder"


def test_what_closeout_toml_says_is_changed_there(session, ana):
    ana.access = "admin"
    ned = people.introduce(session, Introduction("U2", "Ned", "ned@example.com"))
    with_rules(session, managers=("ned@example.com",))
    people.appoint(session, now=NOON)
    with pytest.raises(SaidElsewhere):
        people.give(session, ned, "viewer", by=ana, now=NOON)


def test_an_administrators_word_outlives_a_restart(session, ana, ben):
    ana.access = "admin"
    people.give(session, ben, "manager", by=ana, now=NOON)
    people.appoint(session, now=NOON)
    assert ben.access == "manager"


def test_where_everyone_begins_as_a_viewer(session):
    with_rules(session, default="viewer")
    assert people.of_slack(session, "U9", "New").access == "viewer"


def test_every_fact_names_a_role_that_there_is():
    assert {fact.needs for fact in Fact.kinds.values()} <= set(ROLES)
