"""Whatever shows a sample incident says that it is one."""

import json

import pytest

from bot.cli import run
from bot.domain import incidents, people, postmortems
from bot.domain.reminding import Composer, Digested
from bot.slack import cards, faces, home, words
from bot.slack.digest import digest
from tests.sample.conftest import NOW

pytestmark = pytest.mark.slow  # a whole year is played for it

URL = "https://closeout.example.com"


@pytest.fixture
def one(year):
    return incidents.find(year, "INC-39", as_=people.closeout(year))


def test_the_card_the_topic_and_the_announcement_say_so_first(year, one):
    face = faces.read(year, one, now=NOW, public_url=URL)
    assert "SAMPLE · " in json.dumps(cards.card(face), ensure_ascii=False)
    assert cards.topic(face).startswith("SAMPLE · ")
    assert cards.announcement(face).startswith("SAMPLE · ")


def test_lists_in_slack_say_so(year, one):
    company = year.info["company"]
    assert words.headline(company, one).endswith(" · sample")
    shown = json.dumps(home.draw(year, "U0ADA", NOW, URL), ensure_ascii=False)
    assert "INC-40 · sample" in shown


def test_the_weekly_digest_says_so_behind_each_item(year):
    fact = Digested(by=1, key="weekly/everybody/2026-W10", period="week", until=NOW)
    composer = Composer(year, [fact])
    said = json.dumps(digest(composer.head(fact), composer.write(fact), fact, URL), ensure_ascii=False)
    lines = [line for line in said.split("\\n") if line.startswith("•") and "/actions/" in line]
    assert len(lines) > 2
    assert all(" · sample" in line for line in lines)


def test_the_document_says_so(year, one):
    assert "sample data" in postmortems.render_markdown(year, one).split("## ")[0]


def test_the_terminal_says_so(loaded, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", str(loaded.engine.url))
    monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(loaded.settings.data_dir))
    assert run(["list", "--all"]) == 0
    assert capsys.readouterr().out.count("(sample)") > 30
    assert run(["show", "INC-39"]) == 0
    assert "sev2 · resolved · sample" in capsys.readouterr().out
    assert run(["sample", "show"]) == 0
    assert "40 sample incidents, INC-1 to INC-40" in capsys.readouterr().out
    assert run(["sample", "load"]) == 1
    assert "closeout sample clear" in capsys.readouterr().err
    assert run(["sample", "clear"]) == 0
    assert "40 sample incidents are gone" in capsys.readouterr().out
    assert run(["sample", "clear"]) == 1
