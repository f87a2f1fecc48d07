"""The drill, as a newcomer starts it: from the page to closed, and what it leaves."""

import re
import subprocess
import sys

import pytest

from bot import drill
from tests.checks.looking import house_of

pytestmark = pytest.mark.slow


def test_a_drill_runs_from_the_page_to_closed_and_writes_the_postmortem(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "drill", "checkout-outage", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "triggered: Checkout answers 5xx" in done.stdout
    assert "closed it: every loop is closed" in done.stdout
    assert re.search(r"Closed, in \d+\.\d s", done.stdout)
    assert "8 of 9 expectations met, 87 %." in done.stdout
    assert "✓ Customers hear within their promise · at 4 min" in done.stdout
    assert "✗ Each promised word to customers comes in time · the word promised by 24 min" in done.stdout
    [document] = tmp_path.glob("checkout-outage-*.md")
    text = document.read_text()
    assert "| Time to resolve | 46 min |" in text
    assert "2 min late" in text
    assert "| verified |" in text


def test_an_unknown_drill_names_the_known_ones(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "drill", "earthquake"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Choose one of: bad-deploy-friday, checkout-outage" in done.stderr


def test_every_drill_has_a_name():
    assert drill.names() == ["checkout-outage"]


async def test_a_drill_that_cannot_go_on_holds_up_no_other(sqlite_url, tmp_path, monkeypatch, caplog):
    went_on = []

    def advance(session, id, *, now):
        if id == 1:
            raise ValueError("its script is of another version")
        went_on.append(id)

    monkeypatch.setattr("bot.domain.drills.waiting", lambda session, now: [1, 2])
    monkeypatch.setattr("bot.domain.drills.advance", advance)
    with house_of({"DATABASE_URL": sqlite_url, "CLOSEOUT_DATA_DIR": str(tmp_path)}) as house:
        await house.drill()
        await house.http.close()

    assert went_on == [2]
    assert "Drill 1 cannot go on" in caplog.text
