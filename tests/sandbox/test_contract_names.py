"""Names of channels as Slack takes them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.contract import check_channel_name, check_topic

LETTERS = string.ascii_lowercase + string.digits


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("inc-7-checkout-is-down", None),
        ("a" * 80, None),
        ("störung", None),
        ("障害", None),
        ("", "invalid_name_required"),
        ("  ", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("-_-", "invalid_name_punctuation"),
        ("Inc-7", "invalid_name_specials"),
        ("inc 7", "invalid_name_specials"),
        ("inc.7", "invalid_name_specials"),
        ("#inc-7", "invalid_name_specials"),
    ],
)
def test_a_name_gets_the_code_that_slack_gives(name, code):
    assert check_channel_name(name) == code


@given(st.text(alphabet=LETTERS, min_size=1, max_size=40), st.text(alphabet=LETTERS + "-_", max_size=40))
def test_lower_case_letters_digits_and_dashes_always_pass(start, rest):
    assert check_channel_name(start + rest) is None


def test_a_topic_holds_250_characters():
    assert check_topic("é" * 250) is None
    assert check_topic("é" * 251) == "too_long"
