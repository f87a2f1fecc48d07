import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.contract import check_channel_name
from bot.slack.names import candidates, channel_name


@given(st.integers(1, 10**9), st.text(max_size=300))
def test_any_title_makes_a_name_that_slack_takes(number, title):
    for name in candidates(number, title):
        assert check_channel_name(name) is None
        assert len(name) <= 80
        assert name.isascii()
        assert name.startswith(f"inc-{number}")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout is down", "inc-7-checkout-is-down"),
        ("Ünïcode: naïve Café!", "inc-7-unicode-naive-cafe"),
        ("🔥🔥🔥", "inc-7"),
        ("الدفع لا يعمل", "inc-7"),
        ("DB — 100% of writes fail", "inc-7-db-100-of-writes-fail"),
        ("<!channel> & <@U0ADA>", "inc-7-channel-u0ada"),
        ("can't log in", "inc-7-cant-log-in"),
        ("---", "inc-7"),
    ],
)
def test_the_words_of_the_title_stand_in_the_name(title, name):
    assert channel_name(7, title) == name


def test_a_long_title_is_cut_between_words():
    name = channel_name(7, "a very long title " * 20)
    assert len(name) <= 77
    assert name.endswith(("-a", "-very", "-long", "-title"))


def test_one_word_longer_than_a_name_is_cut_in_itself():
    assert channel_name(7, "x" * 200) == "inc-7-" + "x" * 71
