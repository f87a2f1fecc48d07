"""What is alike, which tag fits, and when a number is worth a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feedback import NothingSaid, NoWords, TagRule, TooMuch, rules
from tests.conftest import NOON

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)


def alike(first, second, others=()):
    """Would these two share a cluster, among others?"""
    words = [rules.essence(text) for text in (first, second, *others)]
    cluster = dict.fromkeys(words[0], 1)
    return rules.likeness(words[1], cluster, 1, rules.weights(words)) >= rules.ALIKE


OTHERS = [
    "My invoice shows the wrong address.",
    "How do I add a colleague to my team?",
    "The export to CSV has no header line.",
    "Search returns nothing for umlauts.",
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Checkout fails with error 502", "I get a 502 error at the checkout"),
        ("Cannot pay by card, it is declined", "My card gets declined when I pay"),
        ("Webhooks arrive an hour late", "Since this morning webhooks are arriving late"),
        ("The search returns no results", "Search: no results at all for anything"),
        ("Login mail never arrives", "I never got the login mails"),
    ],
)
def test_what_says_the_same_is_alike(first, second):
    assert alike(first, second, OTHERS)
    assert alike(second, first, OTHERS)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Checkout fails with error 502", "Login mail never arrives"),
        ("Cannot pay by card, it is declined", "The card in the search results has no picture"),
        ("Please help, it does not work", "My invoice shows the wrong address."),
        ("Webhooks arrive an hour late", "The export to CSV has no header line."),
    ],
)
def test_what_says_something_else_is_not(first, second):
    assert not alike(first, second, OTHERS)


@given(TEXT, TEXT)
def test_likeness_is_a_share_and_the_same_both_ways(first, second):
    one, two = rules.essence(first), rules.essence(second)
    weigh = rules.weights([one, two])
    there = rules.likeness(one, dict.fromkeys(two, 1), 1, weigh)
    back = rules.likeness(two, dict.fromkeys(one, 1), 1, weigh)
    assert 0 <= there <= 1 + 1e-9
    assert there == pytest.approx(back)
    if one:
        assert rules.likeness(one, dict.fromkeys(one, 1), 1, weigh) == pytest.approx(1)


def rule(words):
    return TagRule(tag="billing", words=rules.words_of_rule(words), by=1, at=NOON)


@pytest.mark.parametrize(
    ("words", "text", "fits"),
    [
        ("pay*", "I am PAYING twice", True),
        ("pay", "I am paying twice", False),
        ("pay", "Repay me", False),
        ("card declined", "My card  declined today", True),
        ("c++", "The C++ client fails", True),
        (".*", "anything", False),
        ("502, 503", "It says 503.", True),
        ("straße", "Meine STRASSE", False),
        ("über*", "Die Überweisung fehlt", True),
    ],
)
def test_a_rule_finds_whole_words(words, text, fits):
    if words == ".*":
        with pytest.raises(NoWords):
            rule(words)
        return
    assert rules.fits(rule(words), text) is fits


@given(TEXT, TEXT)
def test_no_rule_and_no_text_is_too_strange(words, text):
    try:
        kept = rule(words)
    except NoWords:
        return
    assert rules.fits(kept, text) in (True, False)
    assert rules.words_of_rule(kept.words) == kept.words


@pytest.mark.parametrize("text", ["", "  \n ", "…", "\x00", "-- "])
def test_nothing_said_is_refused(text):
    with pytest.raises(NothingSaid):
        rules.said(text)


def test_too_much_is_refused():
    assert rules.said("a" * 5000)
    with pytest.raises(TooMuch):
        rules.said("a" * 5001)


def test_round_numbers_are_few():
    said = [number for number in range(1, 10_001) if rules.is_round(number)]
    assert said == [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]


def test_a_title_is_the_first_sentence():
    assert rules.title_of("It fails. Since noon, for everybody.") == "It fails."
    assert len(rules.title_of("word " * 100)) <= 90


def test_noise_weighs_no_more_than_a_long_complaint():
    """Each new voice is compared with hundreds of clusters: five thousand letters of noise in each would
    take the time of all who wait."""
    noise = " ".join(f"q{n}" for n in range(1500))
    assert len(rules.essence(noise)) == rules.ESSENTIAL
    assert rules.essence(f"Checkout fails with {noise}") >= {"checkout", "fail"}
