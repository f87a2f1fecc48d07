"""What customers write, in Slack: noted, counted on the card, explained at the end."""

from pathlib import Path

import pytest

from bot.domain import feedback, incidents
from bot.domain.feedback import Voice
from bot.slack import cards, faces
from bot.slack.commands import Unclear
from tests.conftest import NOON
from tests.slack.talk import Talk

TOP = Path(__file__).parent.parent.parent


@pytest.fixture
def talk(engine):
    talk = Talk(engine, templates=TOP / "templates")
    talk.says("new sev2 Checkout is down")
    return talk


def wrote(talk, words="Checkout fails with error 502", **more):
    with talk.courier.transaction() as session:
        return feedback.take(session, Voice(words, incident=incidents.get(session, 1), **more), now=NOON).id


def test_what_a_customer_said_is_noted(talk):
    reply = talk.says("INC-1 feedback Acme cannot pay <with> cards")
    assert reply.text.startswith("Kept as <")
    assert "about INC-1" in reply.text
    assert "Acme cannot pay &lt;with&gt; cards" in talk.says("INC-1 feedback").text


def test_the_list_says_how_many_and_shows_the_newest(talk):
    assert "no customer has written" in talk.says("INC-1 feedback").text
    for n in range(7):
        wrote(talk, f"Error {n}")
    lines = talk.says("INC-1 feedback").text.splitlines()
    assert lines[0] == "INC-1: 7 customers have written."
    assert len(lines) == 7
    assert "What 7 customers wrote waits." in talk.says("feedback").text


def test_the_end_is_explained_to_those_who_left_an_address(talk):
    wrote(talk, address="kim@shop.example")
    with pytest.raises(feedback.StillRunning):
        talk.says("INC-1 feedback explain It was a deploy")
    talk.says("INC-1 resolve")
    with pytest.raises(Unclear, match="What should they know"):
        talk.says("INC-1 feedback explain")
    reply = talk.says("INC-1 feedback explain It was a deploy")
    assert reply.text == "INC-1: 1 customer who wrote will read it, with two questions."
    assert "nobody waits" in talk.says("INC-1 feedback explain It was a deploy").text


def test_the_card_counts_them(talk):
    def shown():
        with talk.courier.reading() as session:
            face = faces.read(session, incidents.get(session, 1), now=NOON, public_url="https://x.example")
            return cards.customers(face)

    assert "written" not in shown()
    wrote(talk)
    assert "1 has written" in shown()
    for _ in range(13):
        wrote(talk)
    assert "14 have written" in shown()


def test_a_private_incident_takes_none(talk):
    with talk.courier.transaction() as session:
        incidents.get(session, 1).private = True
    with pytest.raises(feedback.StaysInside):
        talk.says("INC-1 feedback Acme cannot pay")
