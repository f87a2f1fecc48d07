"""What becomes of an action item, said in a terminal."""

import pytest

from bot import cli


@pytest.fixture
def says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(tmp_path))

    def run(*words):
        code = cli.run(list(words))
        said = capsys.readouterr()
        return code, said.out + said.err

    run("declare", "Checkout is down")
    return run


@pytest.mark.slow
def test_an_item_from_vague_to_its_history(says):
    code, said = says("action", "INC-1", "Improve", "monitoring", "--outcome", "It pages")
    assert code == 0
    assert "When is 'improve' finished?" in said
    assert says("block", "A-1", "the", "vendor") == (0, "A-1 is blocked. It stays due.\n")
    assert says("move", "A-1", "90d")[0] == 1  # without a reason
    assert "Moves so far: 1" in says("move", "A-1", "90d", "the vendor is late")[1]
    assert says("edit", "A-1", "--title", "Alert on errors")[1] == "A-1 is: Alert on errors\n"
    assert "The promise stands" in says("snooze", "A-1", "3d", "ill")[1]
    assert says("start", "A-1")[0] == 0
    told = says("item", "A-1")[1]
    for words in ("blocked", "the vendor is late", "Improve monitoring", "When it is done: It pages"):
        assert words in told
    assert says("effect", "A-1", "holds")[0] == 1
    assert "Nothing is asked of you" in says("effect")[1]


def test_factors_are_named_and_taken_off(says):
    assert "INC-1: deploy" in says("factor", "INC-1", "Deploy")[1]
    assert "no contributing factor" in says("factor", "INC-1", "deploy", "--remove")[1]
