import pytest

from bot.domain import incidents
from bot.domain.company import Company, Workspace
from bot.domain.incidents import Status
from tests.slack.hall import Hall


def announced(hall):
    return [one["text"] for one in hall.guest.messages("incidents") if "INC-" in one["text"]]


def test_an_incident_is_one_line_that_moves(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    [line] = announced(hall)
    channel = hall.room(id).channel_id
    assert line.startswith(
        f"● SEV1 · *INC-1* Checkout is down · investigating · <#{channel}> · commander Ada Lovelace · "
    )
    hall.does(incidents.set_status, id, Status.IDENTIFIED)
    hall.does(incidents.set_severity, id, "sev2")
    hall.carry()
    [line] = announced(hall)
    assert line.startswith("◆ SEV2 · *INC-1* Checkout is down · identified")


def test_the_end_is_announced_in_the_same_line(hall):
    id = hall.declare()
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    [line] = announced(hall)
    assert "✓ resolved after 0 s" in line


def test_a_private_incident_is_never_announced(hall):
    id = hall.declare("Leaked keys", private=True)
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    assert announced(hall) == []


def test_a_drill_says_that_it_is_one(hall):
    hall.declare(drill=True)
    hall.carry()
    [line] = announced(hall)
    assert line.startswith("DRILL · ")


def test_a_fact_that_does_not_show_is_no_edit(hall):
    id = hall.declare()
    hall.carry()
    hall.guest.forget_traffic()
    hall.does(incidents.note, id, "Nothing that shows")
    hall.carry()
    assert hall.guest.calls("chat.update") == []


@pytest.mark.parametrize("kind", ["cut_after", "lost_answer", "500", "429"])
def test_a_lost_answer_makes_no_second_line(hall, kind):
    fault = {"match": {"channel": "C0INCIDENTS"}, "retry_after": 0}
    hall.guest.fails("chat.postMessage", kind, **fault)
    id = hall.declare()
    hall.carry()
    hall.does(incidents.set_status, id, Status.IDENTIFIED)
    hall.carry()
    [line] = announced(hall)
    assert "identified" in line


def test_a_line_that_somebody_deleted_comes_back(hall):
    id = hall.declare()
    hall.carry()
    channel = hall.sandbox.workspace.channels["C0INCIDENTS"]
    channel.drop(channel.by_ts[hall.room(id).announcement_ts])
    hall.does(incidents.set_status, id, Status.IDENTIFIED)
    hall.carry()
    assert len(announced(hall)) == 1


def test_without_the_channel_nothing_is_announced_and_all_else_works(engine, sandbox, caplog):
    hall = Hall(engine, sandbox, Company(workspace=Workspace(announce_in="nowhere")))
    hall.meet_everybody()
    id = hall.declare()
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    assert hall.said(id)
    assert caplog.text.count("#nowhere is not there for us") == 1


def test_a_public_channel_is_joined_to_announce_in_it(engine, sandbox):
    hall = Hall(engine, sandbox, Company(workspace=Workspace(announce_in="#random")))
    hall.meet_everybody()
    hall.declare()
    hall.carry()
    assert "INC-1" in hall.guest.transcript("random")


def test_a_place_that_was_deleted_is_looked_for_again(hall):
    first = hall.declare()
    hall.carry()
    [old] = [one for one in hall.sandbox.workspace.channels.values() if one.name == "incidents"]
    old.is_archived, old.name = True, "incidents-old"
    hall.sandbox_channel("incidents", by="U0ADA")
    hall.declare("Search is slow")
    hall.carry()
    hall.does(incidents.note, first, "Moves nothing")
    third = hall.declare("Pages are slow")
    hall.carry()
    assert [line for line in announced(hall) if f"INC-{third}" in line]
