"""`closeout audit` in a terminal: figures, a file, and what the trail says when it was altered."""

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot.cli import closeout
from bot.domain import actions, incidents, people, trail
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.lib import clock
from bot.lib.courier import Courier
from bot.lib.facts import Event, Listeners


@pytest.fixture
def env(tmp_path, engine, sqlite_url):
    """One item, and a trail that is sealed."""
    now = clock.now()
    courier = Courier(engine, Listeners(), {"company": Company()})
    with courier.transaction() as session:
        ada = people.of_email(session, "ada@example.com", "Ada")
        incident = incidents.declare(session, Report("Down", "sev1"), by=ada, now=now)
        actions.create(session, incident, "=Alert on the error rate", by=ada, now=now)
    with courier.transaction() as session:
        session.execute(sa.update(Event).values(at=now.replace(year=now.year - 1)))
        trail.seal(session, now)
    return {"DATABASE_URL": sqlite_url, "CLOSEOUT_DATA_DIR": str(tmp_path)}


def says(env, *words):
    done = CliRunner(env=env).invoke(closeout, ["audit", *words], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done


def test_without_a_word_it_is_the_report(env):
    assert says(env).output.startswith("Promised 1: 0 done on time")
    assert "Not said  1" in says(env, "report", "--period", "all").output


def test_the_file_is_whole_and_harmless(env, tmp_path):
    assert "'=Alert on the error rate" in says(env, "export").output
    out = tmp_path / "items.json"
    says(env, "export", "--format", "json", "--out", str(out))
    assert json.loads(out.read_text())[0]["ref"] == "A-1"
    says(env, "export", "--format", "xlsx", "--out", str(tmp_path / "items.xlsx"))
    assert (tmp_path / "items.xlsx").read_bytes().startswith(b"PK")


def test_the_trail_is_verified(env, engine):
    head = says(env, "head").output.strip()
    done = says(env, "verify", "--head", head)
    assert done.return_value == 0
    assert "The trail is whole" in done.output
    assert "created action item A-1" in says(env, "trail").output
    with engine.begin() as connection:
        connection.execute(sa.update(Event).where(Event.kind == "ActionCreated").values(by=1))
    done = says(env, "verify")
    assert done.return_value == 1
    assert "The trail is broken at seal" in done.output


def test_a_head_that_is_none_is_refused(env):
    with pytest.raises(trail.BadHead):
        says(env, "verify", "--head", "3:abc")
