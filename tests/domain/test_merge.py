"""Two incidents turn out to be one: both references keep working, and nothing of the first is lost."""

import pytest
from sqlmodel import select

from bot.domain import actions, incidents
from bot.domain.company import Company
from bot.domain.incidents import Report, Status
from bot.domain.incidents.facts import Merged, MergedHere
from bot.lib.errors import Refused
from tests.conftest import NOON


@pytest.fixture
def another(session, ben):
    return incidents.declare(session, Report("Cart fails", services=("search",)), by=ben, now=NOON)


def merge(session, one, into, by):
    incidents.merge(session, one, into, by=by, now=NOON)


def test_work_goes_on_in_the_other(session, ana, an_incident, another, facts):
    merge(session, another, an_incident, ana)
    assert (another.status, another.merged_into) == (Status.MERGED, an_incident.id)
    assert incidents.final(session, another) == an_incident
    assert str(facts(another, Merged)[0]) == "merged it into INC-1. What follows belongs there"
    assert str(facts(an_incident, MergedHere)[0]) == "merged INC-2 (Cart fails) into this one"


def test_both_references_keep_working(session, ana, an_incident, another):
    merge(session, another, an_incident, ana)
    assert incidents.find(session, "INC-2", as_=ana) == another


def test_a_chain_of_merges_ends_where_the_work_is(session, ana, an_incident, another):
    third = incidents.declare(session, Report("Third"), by=ana, now=NOON)
    merge(session, third, another, ana)
    merge(session, another, an_incident, ana)
    assert incidents.final(session, third) == an_incident
    assert [one.id for one in incidents.merged_into(session, an_incident)] == [another.id, third.id]


def test_people_and_services_come_along(session, ana, ben, an_incident, another):
    merge(session, another, an_incident, ana)
    assert incidents.members(session, an_incident) == {ana.id, ben.id}
    assert incidents.services_of(session, an_incident) == ("checkout", "search")
    assert incidents.commander(session, an_incident) == ana.id


def test_a_service_that_left_the_company_comes_along_too(session, ana, an_incident, another):
    session.info["company"] = Company()
    merge(session, another, an_incident, ana)
    assert incidents.services_of(session, an_incident) == ("checkout", "search")


def test_action_items_come_along(session, ana, an_incident, another):
    item = actions.create(session, another, "Alert earlier", by=ana, now=NOON)
    merge(session, another, an_incident, ana)
    assert actions.of(session, an_incident) == [item]
    assert any("0 of 1 actions" in loop.name for loop in incidents.loops(session, an_incident))


def test_not_into_itself(session, ana, an_incident):
    with pytest.raises(Refused, match="into itself"):
        merge(session, an_incident, an_incident, ana)


def test_not_into_what_is_over(session, ana, an_incident, another):
    incidents.cancel(session, an_incident, "No", by=ana, now=NOON)
    with pytest.raises(Refused, match="INC-1 is cancelled"):
        merge(session, another, an_incident, ana)


def test_not_twice_and_so_never_in_a_circle(session, ana, an_incident, another):
    merge(session, another, an_incident, ana)
    for one, into in ((another, an_incident), (an_incident, another)):
        with pytest.raises(Refused):
            merge(session, one, into, ana)


def test_a_private_incident_never_becomes_part_of_a_public_one(session, ana, an_incident):
    secret = incidents.declare(session, Report("Secret", private=True), by=ana, now=NOON)
    with pytest.raises(Refused, match="private incident cannot be merged into a public one"):
        merge(session, secret, an_incident, ana)
    assert secret.is_live


def test_what_was_merged_owes_nothing_and_is_not_live(session, ana, an_incident, another):
    merge(session, another, an_incident, ana)
    assert incidents.live(session, as_=ana) == [an_incident]
    with pytest.raises(Refused, match="only one that is resolved, closed or cancelled"):
        incidents.reopen(session, another, "again", by=ana, now=NOON)
    assert session.exec(select(incidents.Seat).where(incidents.Seat.incident_id == another.id)).all()


@pytest.mark.parametrize("is_drill", [True, False])
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_real_and_what_is_not_stay_apart(session, ana, an_incident, is_drill, turned):
    """A drill ends by itself, pages nobody and is not public: no outage may join it."""
    made_up = incidents.declare(session, Report("Made up", drill=is_drill), by=ana, now=NOON)
    made_up.sample = not is_drill
    pair = (made_up, an_incident) if turned else (an_incident, made_up)
    with pytest.raises(Refused, match="Nothing was changed"):
        merge(session, *pair, ana)
    assert [made_up.is_live, an_incident.is_live] == [True, True]


def test_two_drills_may_turn_out_to_be_one(session, ana):
    one, other = (incidents.declare(session, Report("Made up", drill=True), by=ana, now=NOON) for _ in "12")
    merge(session, one, other, ana)
    assert one.status == Status.MERGED
