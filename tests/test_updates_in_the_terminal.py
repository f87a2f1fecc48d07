"""Telling customers from a terminal: what could be said, what was said, what waits."""

import pytest

from bot import cli
from bot.domain import people
from bot.domain.company import Company
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners


@pytest.fixture
def say(sqlite_url, tmp_path, monkeypatch, capsys):
    """One command; its exit code and what it said."""
    config = tmp_path / "closeout.toml"
    config.write_text(
        '[[services]]\nkey = "checkout"\nname = "Checkout"\ncomponent = "Checkout"\n'
        '[[severities]]\nkey = "sev1"\nname = "Critical"\nupdate_every = "20m"\nupdate_approval = true\n'
        '[[severities]]\nkey = "sev2"\nname = "Major"\nupdate_every = "30m"\n'
    )
    for name, value in (
        ("DATABASE_URL", sqlite_url),
        ("CLOSEOUT_CONFIG", config),
        ("CLOSEOUT_DATA_DIR", tmp_path),
    ):
        monkeypatch.setenv(name, str(value))
    courier = Courier(db.open_engine(sqlite_url), Listeners(), {"company": Company()})
    with courier.transaction() as session:
        people.of_email(session, "mo@example.com", "Mo")
    courier.engine.dispose()

    def run(*args):
        with pytest.raises(SystemExit) as left:
            cli.main([str(arg) for arg in args])
        out = capsys.readouterr()
        return left.value.code or 0, out.out + out.err

    return run


def test_told_proposed_and_shown(say):
    assert say("declare", "--service", "checkout", "sev2", "Down")[0] == 0
    code, said = say("update", "INC-1", "--propose")
    assert (code, "Checkout: partial_outage" in said) == (0, True)
    assert say("update", "INC-1", "--first") == (0, "Customers of INC-1 are told.\n")
    assert "told already" in say("update", "INC-1", "--first")[1]
    assert say("update", "INC-1", "--component", "Checkout=degraded performance", "Slow")[0] == 0
    shown = say("told", "INC-1")[1]
    assert "Slow" in shown
    assert "Next word promised by" in shown


def test_what_is_wrong_is_a_sentence(say):
    say("declare", "sev2", "Down")
    assert say("update", "INC-1", "--component", "Checkout", "x")[0] == 2
    code, said = say("update", "INC-1", "--component", "Shop=major_outage", "x")
    assert (code, "'Shop' is no component. Choose one of: Checkout" in said) == (1, True)


def test_a_sev1_waits_for_a_yes(say):
    say("declare", "sev1", "Down")
    say("role", "INC-1", "comms", "mo@example.com")
    code, said = say("update", "INC-1", "It is the pool")
    assert (code, "closeout update INC-1 --approve 1" in said) == (0, True)
    assert "draft 1" in say("told", "INC-1")[1]
    assert say("update", "INC-1", "--discard", "1")[0] == 0
    assert say("update", "INC-1", "--approve", "1")[0] == 1
