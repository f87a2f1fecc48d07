import asyncio

import pytest
from sqlmodel import select

from bot.domain import people
from bot.domain.company import Company
from bot.slack.members import introduction
from tests.slack.hall import Hall


def known(hall):
    with hall.courier.reading() as session:
        return {one.slack_id: one for one in session.exec(select(people.Person)) if one.slack_id}


def test_everybody_in_the_workspace_is_known_with_mail_and_zone(hall):
    met = known(hall)
    assert (met["U0BEN"].name, met["U0BEN"].email) == ("Ben Okafor", "ben@example.com")
    assert met["U0BEN"].timezone == "Africa/Lagos"
    assert met["U0GUS"].is_guest
    assert "U0CLOSEOUT" not in met


def test_meeting_everybody_again_changes_nobody(hall):
    before = {id: person.id for id, person in known(hall).items()}
    asyncio.run(hall.slack.members.sync())
    assert {id: person.id for id, person in known(hall).items()} == before


def test_a_stranger_is_looked_up(hall):
    hall.forget_people()
    assert asyncio.run(hall.slack.members.meet("U0DANA"))
    assert known(hall)["U0DANA"].email == "dana@example.com"
    assert not asyncio.run(hall.slack.members.meet("U0NOBODY"))


def test_who_has_no_mail_and_no_zone_is_somebody_too():
    met = introduction({"id": "U1", "name": "kay", "deleted": True})
    assert (met.name, met.email, met.timezone, met.is_active) == ("kay", None, "UTC", False)


@pytest.fixture
def ruled(engine, sandbox):
    """The company gives a role to an address, and one to a user group."""
    rules = {"managers": ["@payments"], "administrators": ["dana@example.com"]}
    return Hall(engine, sandbox, company=Company.model_validate({"access": rules}))


def test_roles_come_by_address_and_by_user_group(ruled):
    asyncio.run(ruled.slack.members.sync())
    roles = {id: person.access for id, person in known(ruled).items()}
    assert [roles[id] for id in ("U0ADA", "U0DANA", "U0ELI")] == ["manager", "admin", "responder"]


def test_who_leaves_the_group_loses_its_role(ruled, sandbox):
    asyncio.run(ruled.slack.members.sync())
    sandbox.workspace.groups[0].members.remove("U0BEN")  # of payments
    asyncio.run(ruled.slack.members.sync())
    assert known(ruled)["U0BEN"].access == "responder"


def test_a_stranger_has_their_role_when_they_are_met(ruled):
    asyncio.run(ruled.slack.members.meet("U0DANA"))
    assert known(ruled)["U0DANA"].access == "admin"


def test_without_leave_to_read_groups_everybody_is_met_all_the_same(ruled, sandbox, caplog):
    sandbox.workspace.conditions.change(
        {"faults": [{"method": "usergroups.list", "kind": "error", "error": "missing_scope"}]}
    )
    asyncio.run(ruled.slack.members.sync())
    assert known(ruled)["U0DANA"].access == "admin"
    assert "user groups that closeout.toml names cannot be read" in caplog.text
