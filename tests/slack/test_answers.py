import pytest

from bot.domain import incidents, people
from bot.slack.forms import told


def response_url(hall, user="U0ADA"):
    return hall.sandbox.workspace.hooks.make(user, "C0GENERAL")


def seen_by_ada(hall):
    return [one["text"] for one in hall.guest.messages("general", as_="ada") if one.get("ephemeral_to")]


def test_whoever_declared_is_told_where_it_is(hall):
    id = hall.declare(severity="sev1")
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    channel = hall.room(id).channel_id
    assert seen_by_ada(hall) == [
        f"INC-1 is open: <#{channel}>. You are its commander. "
        "Customers expect a word by <!date^1772453100^{time}|12:05 UTC>."
    ]


def test_a_guest_who_declares_is_told_how_to_get_in_and_others_are_asked_to_help(hall):
    with hall.courier.transaction() as session:
        ada = people.of_slack(session, "U0ADA")
        ada.is_guest = True
        session.add(ada)
    id = hall.declare()
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    [said] = seen_by_ada(hall)
    assert "Slack does not let me invite a guest: ask somebody in there to bring you in." in said
    [line] = [one["text"] for one in hall.guest.messages("incidents") if "INC-1" in one["text"]]
    assert "Ada Lovelace is a guest, whom only a member can invite: please bring them in." in line
    hall.does(incidents.acknowledge, id)
    hall.carry()
    [line] = [one["text"] for one in hall.guest.messages("incidents") if "INC-1" in one["text"]]
    assert "bring them in" not in line


def test_who_does_not_command_is_not_called_commander(hall):
    id = hall.declare(severity="sev4", commander="ben")
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    assert seen_by_ada(hall) == [f"INC-1 is open: <#{hall.room(id).channel_id}>."]


def test_everybody_who_waits_is_told_once(hall):
    id = hall.declare()
    for name in ("ada", "ada", "ben"):
        hall.wait(id, by=name, response_url=response_url(hall, f"U0{name.upper()}"))
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    assert len(seen_by_ada(hall)) == 2
    assert len(hall.guest.calls("response_url")) == 3


def test_an_answer_that_was_given_is_not_given_again_after_a_crash(hall):
    id = hall.declare()
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    with hall.courier.transaction() as session:
        ear = session.get(hall.ear, ("answers", id))
        ear.heard = 0
        session.add(ear)
    hall.restart()
    hall.carry(again=True)
    assert len(seen_by_ada(hall)) == 1


def test_a_failure_is_told_as_well(hall):
    hall.guest.fails("conversations.create", "error", error="restricted_action")
    id = hall.declare()
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    [said] = seen_by_ada(hall)
    assert said.startswith("INC-1 is declared, but it has no channel: ")
    assert "restricted_action" in said


@pytest.mark.parametrize("kind", ["500", "429", "cut_before"])
def test_an_answer_waits_for_slack(hall, kind):
    hall.guest.fails("response_url", kind, retry_after=0)
    id = hall.declare()
    hall.wait(id, response_url=response_url(hall))
    hall.carry()
    assert len(seen_by_ada(hall)) == 1


def test_an_address_that_has_expired_does_not_hold_the_incident_up(hall):
    id = hall.declare()
    hall.wait(id, response_url=f"{hall.sandbox.url}/response/gone")
    hall.wait(id, by="ben", response_url=response_url(hall, "U0BEN"))
    hall.carry()
    assert [one["text"] for one in hall.guest.messages("general", as_="ben") if one.get("ephemeral_to")]


def test_a_form_shows_the_channel(hall):
    hall.opens_view("ada", told("Declare an incident", "Opening.", external_id="declared/V1"))
    id = hall.declare()
    hall.wait(id, view_id="V1", external_id="declared/V1")
    hall.carry()
    [view] = hall.guest.person("ada").views()
    assert f"INC-1 is open: <#{hall.room(id).channel_id}>" in str(view["blocks"])


def test_a_form_that_was_closed_holds_nobody_up(hall):
    id = hall.declare()
    hall.wait(id, view_id="V1", external_id="declared/V1")
    hall.carry()
    assert hall.room(id).channel_id
    assert len(hall.guest.calls("views.update")) == 4
