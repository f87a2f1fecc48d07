from datetime import timedelta

import pytest

from bot.lib.words import cut, duration, plural


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (43 * 60, "43 min"), (3600, "1 h"), (72 * 60, "1 h 12 min"),
        (86399, "23 h 59 min"), (51 * 3600, "2 d 3 h"), (86400, "1 d"), (-5, "0 s"),
    ],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds, words):
    assert duration(timedelta(seconds=seconds)) == words


def test_a_text_that_fits_is_not_cut():
    assert cut("twelve chars", 12) == "twelve chars"


def test_a_text_that_is_cut_says_so_and_fits():
    assert cut("it burns badly", 9) == "it burns…"


def test_one_alert_and_many():
    assert (plural(1, "alert"), plural(1200, "alert"), plural(2, "person", "people")) == (
        "1 alert", "1,200 alerts", "2 people",
    )  # fmt: skip
