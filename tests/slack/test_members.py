import asyncio

from sqlmodel import select

from bot.domain import people
from bot.slack.members import introduction


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
