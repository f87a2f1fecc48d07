"""Planned work and the status page as files, from a terminal."""

import pytest

from bot import cli

ANA = ("--as", "ana@example.com")


@pytest.fixture
def says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(tmp_path))

    def run(*words):
        code = cli.run([*words, *ANA] if words[-1] != "list" else [*words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_maintenance_is_planned_extended_and_called_off(says):
    code, said = says("maintenance", "plan", "Database", "upgrade", "--starts", "2h", "--ends", "2h")
    assert code == 0
    assert "M-1 Database upgrade is planned" in said
    assert says("maintenance", "extend", "M-1", "30m")[0] == 0
    assert says("maintenance", "complete", "M-1") == (1, "M-1 is planned already. Nothing was changed.\n")
    assert "is cancelled" in says("maintenance", "cancel", "m-1", "Another", "time")[1]
    assert "Database upgrade" in says("maintenance", "list")[1]
    assert says("maintenance", "plan", "X", "--starts", "soon", "--ends", "2h")[0] == 1


def test_export_stands_beside_the_status_of_an_incident(says, tmp_path):
    says("declare", "sev1", "Checkout is down")
    says("update", "INC-1", "Some cannot pay.")
    code, said = says("status", "export", str(tmp_path / "site"), "--url", "https://status.example.com")
    assert code == 0
    assert "files of the status page" in said
    assert "Some cannot pay." in (tmp_path / "site/index.html").read_text()
    assert "https://status.example.com#" in (tmp_path / "site/feed.atom").read_text()
    assert "INC-1 is now identified" in says("status", "INC-1", "identified")[1]


def test_a_summary_takes_a_manager_and_can_be_taken_back(says):
    for words in (("declare", "sev1", "Down"), ("update", "INC-1", "Some cannot pay."), ("resolve", "INC-1")):
        assert says(*words)[0] == 0
    code, said = says("summary", "INC-1", "A certificate ran out.")
    assert (code, "takes a manager" in said) == (1, True)
    assert cli.run(["summary", "INC-1", "A certificate ran out."]) == 0  # whoever sits at the machine
    assert cli.run(["summary", "INC-1", "--withdraw"]) == 0
    assert says("summary", "INC-1")[0] == 2
