"""Scenario files: those that ship can be played, and of a broken one every mistake is named."""

import re

import pytest

from bot.domain import drills, runbooks
from bot.domain.company import Company
from bot.domain.drills import BrokenScenario, Kind, Rule, rules
from bot.domain.drills.model import length
from tests.domain.conftest import TOP

FOLDER = TOP / "runbooks/drills"
PATHS = sorted(FOLDER.glob("*.toml"))
WHOLE = """
title = "A test"
summary = "Something breaks."
about = ["Reading"]
minutes = 30

[[inject]]
key = "alarm"
at = "0m"
kind = "alert"
as = "PagerDuty"
text = "It is down"

[[expect]]
key = "commander"
what = "Somebody commands"
rule = "seat_taken"
role = "commander"
within = "5m"
"""


@pytest.fixture
def a_file(tmp_path):
    def written(text, name="a-test"):
        path = tmp_path / "drills" / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return written


def test_at_least_five_ship():
    assert {"checkout-outage", "region-failover", "credential-leak"} <= {path.stem for path in PATHS}
    assert len(PATHS) >= 5


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_is_worth_an_hour(path):
    scenario = drills.read(path)
    kinds = {inject.kind for inject in scenario.inject}
    assert 45 <= scenario.minutes <= 60
    assert len(scenario.inject) >= 12
    assert len(scenario.expect) >= 10
    assert {Kind.HERRING, Kind.QUESTION, Kind.CUSTOMER} <= kinds
    assert any(expect.rule is Rule.NOT_FOLLOWED for expect in scenario.expect)
    assert all(expect.why for expect in scenario.expect)
    assert all(len(inject.text) < 1500 for inject in scenario.inject)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_expectation_can_be_met_before_the_end(path):
    scenario = drills.read(path)
    at = {inject.key: length(inject.at) for inject in scenario.inject}
    for expect in scenario.expect:
        start = at[expect.after] if expect.after else length(None)
        assert start + length(expect.within) <= scenario.length, expect.key


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_each_names_is_there(path):
    scenario, company = drills.read(path), Company()
    books = {book.name for book in runbooks.load(TOP / "runbooks")}
    assert scenario.severity in {severity.key for severity in company.severities}
    assert {expect.role for expect in scenario.expect} <= {None, *(role.key for role in company.roles)}
    assert {expect.runbook for expect in scenario.expect} <= {None, *books}


def test_slack_goes_away_and_a_second_region_fails():
    all_injects = [inject for path in PATHS for inject in drills.read(path).inject]
    assert sum(inject.kind is Kind.AWAY for inject in all_injects) >= 3
    assert "second-region" in {inject.key for inject in all_injects}


def test_nothing_of_a_script_looks_like_a_real_secret():
    for path in PATHS:
        assert not re.search(r"AKIA[A-Z0-9]{16}|ghp_[A-Za-z0-9]{20}", path.read_text())


def test_one_is_read(a_file):
    scenario = drills.read(a_file(WHOLE))
    assert (scenario.name, scenario.inject[0].voice) == ("a-test", "PagerDuty")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "A test"', "", "'title' is missing"),
        ("minutes = 30", "minutes = 0", r"line 5: minutes: .*greater than or equal to 1"),
        ("minutes = 30", 'minuts = 3\nminutes = 3', r"line 5: minuts: 'minuts' is no key here. Known"),
        ('at = "0m"', 'at = "soon"', r"line 9: inject\.1\.at: 'soon' is no span. Write 20m"),
        ('at = "0m"', 'at = "30m"', r"line 9: inject\.1\.at: 30m is not before the end, after 30 minutes"),
        ('kind = "alert"', 'kind = "boom"', r"'boom' is no kind. Choose one of: alert, message, question"),
        ('kind = "alert"', 'kind = "away"', "an away says how long it lasts"),
        ('as = "PagerDuty"', "", "alert needs a voice"),
        ('as = "PagerDuty"', 'from = "x"', r"'from' is no key here. Known are: key, at, kind, as, text"),
        ('rule = "seat_taken"', 'rule = "sit"', r"line 17: expect\.1\.rule: 'sit' is no rule. Choose"),
        ('role = "commander"', "", "seat_taken needs 'role'"),
        ('role = "commander"', 'role = "x"\nto = "sev1"', "takes no 'to'. It takes: after, role, within"),
        ('within = "5m"', 'within = "5m"\nafter = "bang"', "'bang' is no injection. Choose one of: alarm"),
        ('rule = "seat_taken"\nrole = "commander"', 'rule = "status_reached"\nstatus = "gone"',
         "'gone' is no status. Choose one of: investigating"),
        ('key = "commander"', 'key = "No spaces"', "small letters, digits and -"),
        ('title = "A test"', 'title = "A test', "line 2"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(a_file, old, new, said):
    with pytest.raises(BrokenScenario, match=said) as told:
        drills.read(a_file(WHOLE.replace(old, new)))
    assert str(told.value).startswith("drills/a-test.toml: ")
    assert str(told.value).endswith("Mend it, then start again.")


def test_every_mistake_is_named_at_once(a_file):
    broken = WHOLE.replace('"0m"', '"soon"').replace('"seat_taken"', '"sit"').replace("minutes = 30", "")
    with pytest.raises(BrokenScenario) as told:
        drills.read(a_file(broken))
    assert len(re.findall(r"^drills/a-test\.toml: ", str(told.value), re.MULTILINE)) == 3


def test_two_of_one_key_are_named(a_file):
    twice = WHOLE + WHOLE[WHOLE.index("[[inject]]") : WHOLE.index("[[expect]]")]
    with pytest.raises(BrokenScenario, match="'alarm' is there twice"):
        drills.read(a_file(twice))


def test_a_broken_one_does_not_stop_the_others(a_file, caplog):
    folder = a_file(WHOLE).parent
    a_file("title = 7", name="broken")
    a_file("\xff".encode("latin-1").decode("latin-1"), name="also-broken")
    assert [scenario.name for scenario in drills.load(folder)] == ["a-test"]
    assert "drills/broken.toml" in caplog.text


def test_ones_own_takes_the_place_of_one_that_ships(a_file):
    own = a_file(WHOLE, name="checkout-outage").parent
    found = {scenario.name: scenario for scenario in drills.load(FOLDER, own)}
    assert found["checkout-outage"].title == "A test"
    assert len(found) == len(PATHS)


def test_the_documents_name_every_rule_and_every_kind():
    text = (TOP / "docs/drills.md").read_text()
    assert set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)) >= {*Rule, *Kind}
    for rule, takes in rules.TAKES.items():
        [row] = re.findall(rf"^\| `{rule}` \|.*\| (.*) \|$", text, re.MULTILINE)
        assert all(f"`{name}`" in row for name in takes)


def test_the_example_of_the_documents_can_be_read(a_file):
    text = (TOP / "docs/drills.md").read_text()
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    assert drills.read(a_file(example)).expect[0].rule is Rule.ANSWERED
