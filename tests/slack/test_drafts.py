"""A customer update that waits stands in the channel once, with its buttons, until somebody decides."""

import pytest

from bot.domain import incidents, updates
from bot.domain.updates import Wording
from tests.slack.hall import Hall
from tests.slack.test_updates import COMPANY


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox, COMPANY)
    made.meet_everybody()
    return made


@pytest.fixture
def id(hall):
    """A sev1: Ada commands, Ben talks to customers."""
    made = hall.declare(severity="sev1")
    hall.carry()
    hall.does(incidents.set_role, made, "comms", "@ben", by="ada")
    hall.does(updates.tell, made, Wording("It is the <pool>"), by="ben")
    hall.carry()
    return made


def drafts(hall, id):
    return [one for one in hall.messages(id) if "wants to tell customers" in one["text"]]


def test_it_is_posted_once_with_its_buttons_and_whoever_is_asked(hall, id):
    [shown] = drafts(hall, id)
    assert "It is the &lt;pool&gt;" in str(shown["blocks"])
    assert "update.approve/1" in str(shown["blocks"])
    hall.restart()
    hall.carry(again=True)
    assert len(drafts(hall, id)) == 1


def test_a_yes_takes_the_buttons_away_and_is_told_in_the_channel(hall, id):
    hall.does(updates.approve, id, 1, by="ada")
    hall.carry()
    [shown] = drafts(hall, id)
    assert "update.approve" not in str(shown["blocks"])
    assert "Approved by Ada Lovelace, and told" in str(shown["blocks"])
    assert any("told customers" in said for said in hall.said(id))


def test_a_no_says_so(hall, id):
    hall.does(updates.discard, id, 1, by="ada")
    hall.carry()
    assert "Discarded by Ada Lovelace" in str(drafts(hall, id)[0]["blocks"])
