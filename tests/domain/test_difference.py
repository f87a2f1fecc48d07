"""What a version changed, in time: a page waits for it, and the whole process with it."""

import time

import pytest

from bot.domain.postmortems import difference
from bot.domain.postmortems.rules import TEXT_MAX


def test_lines_that_went_came_and_stayed():
    assert difference("a\nb\nc", "a\nx\nc\nd") == ("  a", "- b", "+ x", "  c", "+ d")


@pytest.mark.parametrize("line", ["line {} about the outage, and what we did{} then", "{}{}"])
def test_a_long_text_that_was_wholly_rewritten_takes_no_time(line):
    old, new = ("\n".join(line.format(n, mark) for n in range(5000))[:TEXT_MAX] for mark in ("", "!"))
    began = time.process_time()
    assert difference(old, new)
    assert time.process_time() - began < 2
