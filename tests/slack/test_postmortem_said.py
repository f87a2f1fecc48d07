"""/incident postmortem: its state, its questions as a form, its end."""

from pathlib import Path

import pytest

from bot.lib.errors import Refused
from tests.slack.talk import Talk, labels

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


@pytest.fixture
def talk(engine):
    return Talk(engine, templates=TEMPLATES)


def test_before_it_is_resolved_it_says_when_it_comes(talk):
    talk.declares(severity="sev1", channel="C7")

    assert "no postmortem yet. It is opened on resolve." in talk.says("postmortem", in_="C7").text


def test_its_questions_are_a_form_and_answers_are_kept(talk):
    talk.declares(severity="sev1", channel="C7")
    talk.says("resolve", in_="C7")
    form = talk.says("postmortem write", in_="C7").view
    first = form["blocks"][1]["block_id"]

    assert labels(form)
    assert "1 answer written" in talk.fills(form, **{first: "A deploy took the cache away"}).text
    again = talk.clicks("postmortem.write", "INC-1").view
    assert "A deploy took the cache away" in str(again)
    assert "0 answers written" in talk.fills(again).text


def test_it_is_published_from_here(talk):
    talk.declares(severity="sev1", channel="C7")
    talk.says("resolve", in_="C7")
    talk.says("postmortem write", in_="C7")

    assert "is published" in talk.clicks("postmortem.publish", "INC-1").text
    assert "published <!date^" in talk.says("postmortem", in_="C7").text


def test_a_live_incident_cannot_publish(talk):
    talk.declares(severity="sev1", channel="C7")

    with pytest.raises(Refused):
        talk.says("postmortem publish", in_="C7")


def test_another_word_is_refused(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused, match="'burn' is not among its words"):
        talk.says("postmortem burn", in_="C7")


def test_it_is_reviewed_by_somebody_else(talk):
    talk.declares(severity="sev1", channel="C7")
    talk.says("resolve", in_="C7")
    form = talk.says("postmortem write", in_="C7").view
    talk.fills(form, **{form["blocks"][1]["block_id"]: "A deploy took the cache away"})

    assert "handed in for review" in talk.says("postmortem review <@U0BEN>", in_="C7").text
    assert "in review already" in talk.says("postmortem review", in_="C7").text
    assert "the postmortem is in review" in talk.says("postmortem", in_="C7").text
    with pytest.raises(Refused, match="Somebody else must approve it"):
        talk.says("postmortem approve", in_="C7")
    with pytest.raises(Refused, match="Say what is missing"):
        talk.says("postmortem back", by="ben", in_="C7")
    assert "goes back" in talk.says("postmortem back Whom did it hit?", by="ben", in_="C7").text
    talk.says("postmortem review", in_="C7")
    assert "postmortem.approve" in str(talk.says("postmortem", by="ben", in_="C7").blocks)
    assert "You approved" in talk.clicks("postmortem.approve", "INC-1", by="ben").text
    assert "the postmortem is approved" in talk.says("postmortem", in_="C7").text
