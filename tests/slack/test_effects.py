"""Factors are named, recurrences are told, and whether it worked is asked and answered."""

from datetime import timedelta

import pytest

from bot.domain import actions, incidents, recurrences
from bot.lib.errors import Refused
from bot.slack import home
from tests.slack.talk import URL, Talk, labels


@pytest.fixture
def talk(engine):
    made = Talk(engine)
    made.declares(channel="C7", services=("checkout",))
    made.fills(made.says("action Alert on the error rate", in_="C7").view, owner="U0BEN")
    return made


@pytest.fixture
def verified(talk):
    """Ben's; Ada commands; a month has gone by."""
    talk.says("done A-1 https://x.test/1", by="ben")
    talk.says("verify A-1", by="chen")
    talk.now += timedelta(days=31)
    return talk


def test_a_factor_is_named_and_taken_off(talk):
    assert "no contributing factor" in talk.says("factor", in_="C7").text
    assert talk.says("factor Deploy", in_="C7").text == "deploy contributed to INC-1."
    assert "already" in talk.says("factor deploy", in_="C7").text
    assert talk.says("factor", in_="C7").text.startswith("INC-1: deploy.")
    assert "no factor of INC-1 any more" in talk.says("factor remove deploy", in_="C7").text
    assert "Nothing was changed" in talk.says("factor remove deploy", in_="C7").text


def test_two_words_for_one_thing_are_noticed(talk):
    said = talk.says("factor certificates", in_="C7").text
    assert "certificates contributed" in said
    assert "There is certificate, too" in said


def test_what_is_asked_stands_in_a_list_with_the_facts_and_buttons(verified):
    blocks = str(verified.says("effect").blocks)
    assert "A-1" in blocks
    assert "Since then: no other incident of Checkout." in blocks
    assert [word in blocks for word in ("It worked", "It did not", "Too early to say")] == [True] * 3
    assert "Nothing is asked of you" in verified.says("effect", by="ben").text


def test_it_stands_in_the_home_tab_of_the_one_who_is_asked(verified):
    shown = verified.asks(home.draw, "U0ADA", verified.now, URL)
    assert "effect.holds" in str(shown)
    assert "effect.holds" not in str(verified.asks(home.draw, "U0BEN", verified.now, URL))


def test_a_click_says_that_it_worked(verified):
    assert "has its effect" in verified.clicks("effect.holds", "A-1").text
    assert "Nothing is asked of you" in verified.says("effect").text


def test_what_did_not_work_takes_a_reason_and_is_open_again(verified):
    form = verified.clicks("effect.failed", "A-1").view
    assert labels(form) == ["What do you see?"]
    assert "open again" in verified.fills(form, note="it paged nobody").text
    assert verified.asks(actions.get, 1).status == "open"


def test_a_form_has_the_facts_and_asks_why_it_failed(verified):
    form = verified.says("effect A-1").view
    assert "https://x.test/1" in str(form)
    with pytest.raises(Refused) as refused:
        verified.fills(form, effect="failed")
    assert refused.value.field == "note"
    assert "asked again later" in verified.fills(form, effect="unclear").text


def test_words_do_it_at_once_and_a_wrong_one_names_the_right_ones(verified):
    with pytest.raises(Refused, match="holds, failed, unclear"):
        verified.says("effect A-1 fine")
    assert "has its effect" in verified.says("effect A-1 holds no page since").text
    with pytest.raises(Refused, match="must be verified first"):
        talk_of_an_open_one(verified).says("effect A-2 holds")


def talk_of_an_open_one(talk):
    talk.fills(talk.says("action Page on errors", in_="C7").view, owner="U0BEN")
    return talk


def test_what_happened_before_is_shown_with_the_factors(talk):
    talk.says("factor deploy", in_="C7")
    talk.declares("Again", channel="C8", services=("checkout",))
    talk.says("factor deploy", in_="C8")
    with talk.courier.transaction() as session:
        session.info["moment"] = talk.now
        again = incidents.get(session, 2)
        fact = recurrences.FactorNamed(incident_id=2, by=again.declared_by, factor="deploy")
        recurrences.reactions.find_recurrences(session, fact)
    assert "like INC-1 Checkout is down (checkout, deploy)" in talk.says("factor", in_="C8").text
    assert any("this happened before" in line for line in talk.timeline(2))
