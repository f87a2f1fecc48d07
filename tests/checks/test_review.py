"""A postmortem on its way, said in a terminal."""

import pytest

from bot import cli
from bot.app import House
from bot.cli.desk import read_settings
from bot.domain import incidents, people, postmortems
from bot.lib import clock

ANA, BEN = ("--as", "ana@example.com"), ("--as", "ben@example.com")


@pytest.fixture
def says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(tmp_path))

    def run(*words):
        code = cli.run(["postmortem", "INC-1", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    cli.run(["declare", "sev1", "Checkout is down", *ANA])
    cli.run(["resolve", "INC-1", *ANA])
    write("A deploy broke it.")
    capsys.readouterr()
    return run


def write(text):
    house = House(read_settings())
    with house.courier.transaction() as session:
        ana = people.of_email(session, "ana@example.com")
        postmortems.write(session, incidents.get(session, 1), "summary", text, by=ana, now=clock.now())
    house.engine.dispose()


@pytest.mark.slow
def test_from_the_draft_to_the_publication(says):
    code, said = says("--submit", "--reviewer", "ben@example.com", *ANA)
    assert (code, "handed in for review" in said, "things to look at" in said) == (0, True, True)
    code, said = says("--approve", *ANA)
    assert (code, "Somebody else must approve it" in said) == (1, True)
    assert says("--comment", "summary", "Which deploy?", *BEN)[1] == "Comment 1 stands beside 'summary'.\n"
    assert "is no section. Choose one of" in says("--comment", "nowhere", "x", *BEN)[1]
    assert says("--back", "Say which deploy.", *BEN)[0] == 0
    assert says("--settle", "1", *ANA)[1] == "Comment 1 is settled.\n"
    says("--submit", *ANA)
    assert says("--approve", *BEN)[1] == "You approved the postmortem of INC-1.\n"
    assert says("--publish", *ANA)[1] == "The postmortem of INC-1 is published.\n"
    assert "A deploy broke it." in says()[1]


def test_what_a_reviewer_would_ask_and_who_has_read_it(says):
    assert "Not answered" in says("--findings")[1]
    assert says("--readers")[1] == "Nobody has read it yet.\n"
