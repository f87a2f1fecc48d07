"""A hall: the sandbox, and Slack's listeners in front of it."""

import pytest

from bot.sandbox.running import Running
from tests.slack.hall import Hall


@pytest.fixture
def sandbox():
    with Running() as running:
        yield running


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox)
    made.meet_everybody()
    return made
