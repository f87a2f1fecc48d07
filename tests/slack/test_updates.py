"""Telling customers in Slack: two clicks for the first word, a yes by one tap, and what is owed."""

import pytest

from bot.domain import incidents, people, updates
from bot.domain.company import Company, Component, Service, Severity
from bot.domain.updates import Wording
from bot.lib.errors import Refused
from bot.slack import cards, drafts, faces
from tests.slack.talk import Talk

SEV1 = Severity(key="sev1", name="Critical", first_update="5m", update_every="20m", update_approval=True)
COMPANY = Company(
    severities=(SEV1, Severity(key="sev2", name="Major", first_update="15m", update_every="30m")),
    components=(Component(key="shop", name="Checkout"), Component(key="find", name="Search")),
    services=(Service(key="checkout", name="Checkout", component="shop"),),
)


@pytest.fixture
def talk(engine):
    made = Talk(engine, COMPANY)
    made.declares(channel="C7", severity="sev2")
    return made


def read(talk, ask, by="ada"):
    with talk.courier.transaction() as session:
        return ask(session, incidents.get(session, 1), people.named(session, f"{by}@example.com"))


def face(talk):
    url = "http://closeout.test"
    return read(talk, lambda session, one, _: faces.read(session, one, now=talk.now, public_url=url))


def told(talk):
    return read(talk, lambda session, one, _: [each.message for each in updates.of(session, one)])


def button_of(talk, action):
    blocks = [block for block in cards.card(face(talk)) if block["type"] == "actions"]
    found = [one for block in blocks for one in block["elements"] if one["action_id"] == action]
    return found[0] if found else None


def test_two_clicks_tell_customers_that_we_know_and_show_the_words_before(talk):
    words = button_of(talk, "update.first")["confirm"]["text"]["text"]
    assert "INC-1: customers are told. Next word by" in talk.clicks("update.first", "INC-1").text
    assert told(talk) == [words]
    assert button_of(talk, "update.first") is None
    assert "told already" in talk.clicks("update.first", "INC-1", by="ben").text
    assert len(told(talk)) == 1


@pytest.mark.parametrize(
    ("said", "phase", "message"),
    [
        ("resolved Paying works again", "resolved", "Paying works again"),
        ("monitoring  The queue drains", "monitoring", "The queue drains"),
        ("Resolved by noon, we hope", "investigating", "Resolved by noon, we hope"),
        ("resolved", "investigating", "resolved"),
        ("We are on it", "investigating", "We are on it"),
    ],
)
def test_a_phase_may_stand_first_and_is_no_part_of_the_message(talk, said, phase, message):
    shown = talk.says(f"update {said}", in_="C7").view
    inputs = {
        block["label"]["text"]: block["element"] for block in shown["blocks"] if block["type"] == "input"
    }
    assert inputs["Phase"]["initial_option"]["value"] == phase
    assert inputs["Message"]["initial_value"] == message


def test_the_form_asks_for_each_component_and_who_hears_of_it(talk):
    view = talk.says("update We are on it", in_="C7").view
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels == ["Phase", "Message", "Checkout", "Search", "Next update in", "Who hears of it"]
    talk.fills(view, **{"component/find": "partial_outage", "audience": "page"})
    update = read(talk, lambda session, one, _: updates.last(session, one))
    assert (update.components["find"], update.audience) == ("partial_outage", "page")


def test_resolving_what_customers_were_told_of_asks_for_the_last_word(talk):
    talk.clicks("update.first", "INC-1")
    reply = talk.says("resolve", in_="C7")
    shown = str(reply.blocks)
    assert "It is resolved, and customers do not know it yet. Tell them by" in shown
    assert "update.open" in shown
    assert "it is resolved" in cards.customers(face(talk))


def test_what_grew_worse_asks_as_well(talk):
    talk.clicks("update.first", "INC-1")
    assert "It is now sev1, and customers do not know it yet" in str(
        talk.says("severity sev1", in_="C7").blocks
    )


def test_a_correction_is_chosen_from_what_was_told(talk):
    talk.clicks("update.first", "INC-1")
    view = talk.says("update", in_="C7").view
    assert "Corrects" in [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    talk.fills(view, message="Better words", corrects="1")
    assert read(talk, lambda session, one, _: updates.last(session, one).correction_of) == 1


@pytest.fixture
def waits(talk):
    """Ada commands, Ben talks to customers and has written something."""
    talk.says("severity sev1", in_="C7")
    talk.says("role comms ben@example.com", in_="C7")
    read(
        talk,
        lambda session, one, ben: updates.tell(session, one, Wording("It is the pool"), by=ben, now=talk.now),
        by="ben",
    )
    return talk


def test_what_waits_shows_the_words_who_is_asked_and_three_buttons(waits):
    look = read(waits, lambda session, one, _: drafts.look(session, one, updates.waiting(session, one)[0]))
    assert "> It is the pool" in look[1]["text"]["text"]
    assert [one["text"]["text"] for one in look[2]["elements"]] == ["Approve", "Change", "Discard"]
    assert "<@U0ADA>" in str(look[3])
    assert "1 text waits for a yes" in cards.customers(face(waits))


def test_one_tap_approves_and_the_second_says_who_was_quicker(waits):
    assert "customers are told" in waits.clicks("update.approve", "INC-1 1").text
    assert told(waits) == ["It is the pool"]
    with pytest.raises(Refused, match="quicker"):
        waits.clicks("update.approve", "INC-1 1")
    look = read(waits, lambda session, one, _: drafts.look(session, one, updates.drafts(session, one)[0]))
    assert "Approved by Ada Lovelace, and told" in str(look)
    assert "Approve'" not in str(look)


def test_the_author_and_whoever_has_no_seat_are_told_whom_to_ask(waits):
    for by, answer in (("ben", "You wrote it yourself. Ask Ada"), ("chen", "neither comms nor command")):
        with pytest.raises(Refused, match=answer):
            waits.clicks("update.approve", "INC-1 1", by=by)
    assert told(waits) == []


def test_what_the_commander_changes_is_told(waits):
    view = waits.clicks("update.change", "INC-1 1").view
    assert "customers are told" in waits.fills(view, message="It is the connection pool").text
    assert told(waits) == ["It is the connection pool"]


def test_without_a_button_it_is_said(waits):
    assert "customers are told" in waits.says("update approve", in_="C7").text


def test_what_is_discarded_is_not_told(waits):
    assert "Customers were told nothing" in waits.clicks("update.discard", "INC-1 1").text
    assert told(waits) == []
