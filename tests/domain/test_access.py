"""Who may do what: four roles, said by closeout.toml or an administrator, held to at one place."""

import json

import pytest
from sqlmodel import select

from bot.domain import actions, incidents, people, updates
from bot.domain.company import AccessRules, Company
from bot.domain.incidents import Report, Status
from bot.domain.people import Introduction, NotAllowed, SaidElsewhere
from bot.lib.facts import Event, Fact
from bot.lib.inbox import Letter
from bot.slack import happenings, model
from tests.conftest import NOON

ROLES = ("viewer", "responder", "manager", "admin")


@pytest.fixture
def courier(courier):
    courier.info["gate"] = incidents.gate
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


def test_the_role_of_closeout_toml_is_there_when_somebody_is_met(session, ana):
    """Named in a body, in a terminal, by PagerDuty: nobody waits for the next start."""
    with_rules(session, managers=("ned@example.com",), viewers=("oda@example.com",))
    assert people.named(session, "ned@example.com").access == "manager"
    assert people.of_email(session, "Oda@Example.com").access == "viewer"
    ana.access, ned = "admin", people.named(session, "ned@example.com")
    with pytest.raises(SaidElsewhere):
        people.give(session, ned, "admin", by=ana, now=NOON)
    assert people.give(session, ned, "manager", by=ana, now=NOON) is False


def test_the_role_is_there_when_slack_tells_of_somebody_new(session):
    with_rules(session, managers=("ned@example.com",))
    told = {"id": "U0NED", "profile": {"real_name": "Ned", "email": "ned@example.com"}}
    letter = Letter(source="slack", delivery="1", received_at=NOON, body="")
    letter.body = json.dumps({"event": {"type": "team_join", "user": told}})
    happenings.open_letters(session, [letter])
    assert people.find(session, "ned@example.com").access == "manager"


def test_who_left_changes_nothing(session, ana, an_incident):
    ana.is_active = False
    with pytest.raises(NotAllowed, match="Ana has left the workspace"):
        incidents.note(session, an_incident, "x", by=ana, now=NOON)


def test_a_pin_of_a_viewer_changes_nothing_and_holds_up_nobody(session, an_incident, eve):
    model.opened(session, an_incident.id, "C1", "inc-1", now=NOON)
    ticks = []
    for number, user in enumerate(("U0EVE", "U0ANA")):
        item = {"channel": "C1", "ts": f"{NOON.timestamp()}"}
        told = {"type": "reaction_added", "user": user, "reaction": "pushpin", "item": item}
        told["event_ts"] = f"{NOON.timestamp() + number}"
        body = json.dumps({"event": told})
        ticks.append(Letter(source="slack", delivery=str(number), received_at=NOON, body=body))
    happenings.open_letters(session, ticks)
    marked = session.exec(select(Event).where(Event.kind == "MessageMarked")).all()
    assert [row.by for row in marked] == [people.of_slack(session, "U0ANA").id]
