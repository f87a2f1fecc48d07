"""`closeout access`: what somebody may do, and who says so."""

import pytest
from click.testing import CliRunner

from bot.cli import closeout


@pytest.fixture
def says(sqlite_url, tmp_path):
    env = {"DATABASE_URL": sqlite_url, "CLOSEOUT_DATA_DIR": str(tmp_path), "SLACK_BOT_TOKEN": ""}

    def run(*words):
        done = CliRunner(env=env).invoke(closeout, ["access", *words])
        return done.stdout + str(done.exception or "")  # `run` puts a refusal into words

    return run


def test_the_terminal_gives_a_role_and_takes_it_back(says):
    assert says("ada@example.com", "admin") == "ada@example.com: admin\n"
    assert says("ada@example.com") == "ada@example.com: admin\n"
    assert says("ada@example.com", "responder") == "ada@example.com: responder\n"


def test_to_ask_makes_nobody_known(says):
    assert "is nobody I know" in says("ned@example.com")
    assert "is nobody I know" in says("ned@example.com")


def test_an_unknown_role_is_refused_with_the_known_ones(says):
    assert "Choose one of: viewer, responder, manager, admin" in says("ada@example.com", "king")
