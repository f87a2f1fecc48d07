"""closeout.toml: its defaults, and how a broken one says where and what to mend."""

from datetime import UTC, datetime

import pytest

from bot.domain.company import BadCompany, Company, load
from bot.lib.errors import Refused
from bot.lib.spans import parse_span

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "closeout.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_without_a_file_the_defaults_hold():
    company = load(None)
    assert [severity.key for severity in company.severities] == ["sev1", "sev2", "sev3", "sev4"]
    assert [role.key for role in company.roles] == ["commander", "comms", "operations", "scribe"]
    assert company.workspace.announce_in == "incidents"


def test_an_empty_file_is_the_defaults(written):
    assert load(written("")) == Company()


def test_a_whole_file_is_read(written):
    company = load(
        written("""
[workspace]
announce_in = "fire"
timezone = "Europe/Berlin"
[[severities]]
key = "bad"
name = "Bad"
first_update = "5m"
postmortem_due = "3bd"
[[teams]]
key = "payments"
name = "Payments"
[[services]]
key = "checkout"
name = "Checkout"
team = "payments"
pagerduty_service = "PSVC001"
[pagerduty]
severity_by_priority = { P1 = "bad" }
""")
    )
    assert company.severity("BAD").postmortem_due == "3bd"
    assert company.service_of_pagerduty("PSVC001").key == "checkout"
    assert company.assumed_severity().key == "bad"


BROKEN = {
    "an unknown table": ("[workspce]\nx = 1\n", 1, "'workspce' is no setting here"),
    "an unknown key": ('[workspace]\ntimezone = "UTC"\ncolour = "red"\n', 3, "'colour' is no setting here"),
    "a wrong zone": (
        '# ours\n[workspace]\ntimezone = "Mars/Olympus"\n',
        3,
        "is no time zone; write one like",
    ),
    "wrong hours": ('[workspace]\nworking_hours = "9-18"\n', 2, "write them like 09:00-18:00"),
    "hours that end before they begin": ('[workspace]\nworking_hours = "18:00-09:00"\n', 2, "ends before"),
    "a wrong span": (
        '[[severities]]\nkey = "a"\nname = "A"\n'
        '[[severities]] # second\nkey = "b"\nname = "B"\nupdate_every = "soon"\n',
        7,
        "'soon' is no span. Write 20m, 2h",
    ),
    "a missing key": ('[[teams]]\nname = "Payments"\n', 1, "'key' is missing"),
    "a key with blanks": ('[[teams]]\nname = "P"\nkey = "Pay ments"\n', 3, "small letters, digits"),
    "twice the same": (
        '[[teams]]\nkey = "a"\nname = "A"\n[[teams]]\nkey = "a"\nname = "B"\n',
        5,
        "teams: 'a' stands there twice",
    ),
    "an unknown team": (
        '[[services]]\nkey = "s"\nname = "S"\nteam = "ghosts"\n',
        4,
        "services: 'ghosts' is not declared; known are: none",
    ),
    "an unknown severity": (
        '[pagerduty]\nseverity_by_priority = { P1 = "huge" }\n',
        2,
        "'huge' is not declared; known are: sev1, sev2, sev3, sev4",
    ),
    "no commander": ('[[roles]]\nkey = "scribe"\nname = "Scribe"\n', 1, "one must have the key 'commander'"),
    "a wrong hour of the digest": ('[digest]\nweekly = "monday"\n', 2, "write it like mon 09:00"),
    "a wrong escalation": ('[reminders]\nescalate_after = ["7d:ceo"]\n', 2, "7d:team or 14d:manager"),
    "a number for a word": ("[workspace]\nannounce_in = 5\n", 2, "valid string"),
    "no TOML": ("[workspace]\nx = = 1\n", 2, "Mend that line"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_names_file_line_and_remedy(written, broken):
    text, line, what = broken
    path = written(text)
    with pytest.raises(BadCompany) as refused:
        load(path)
    said = str(refused.value)
    assert said.startswith(str(path))
    assert f"line {line}" in said
    assert what in said
    assert said.endswith("then start again.")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadCompany, match="CLOSEOUT_CONFIG"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "closeout.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadCompany, match="not UTF-8"):
        load(path)


def test_a_severity_that_left_the_file_stays_readable():
    assert Company().severity_or_assumed("sev9").label == "SEV9 (retired)"
    assert Company().rank("sev9") == 4


@pytest.mark.parametrize(
    ("zone", "works"),
    [("UTC", False), ("Europe/Berlin", True), ("America/New_York", False), ("Nowhere/Land", False)],
)
def test_working_hours_are_those_of_the_persons_zone(zone, works):
    assert Company().at_work(zone, MONDAY) is works


def test_nobody_works_at_the_weekend():
    assert not Company().at_work("UTC", datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_severity_may_stand_before_a_title():
    assert Company().split_severity("SEV1 Checkout is down") == ("sev1", "Checkout is down")
    assert Company().split_severity("Checkout is down") == (None, "Checkout is down")
    with pytest.raises(Refused, match="'sev9' is no severity"):
        Company().split_severity("sev9 Checkout is down")


def test_nobody_works_on_a_holiday_and_business_days_leave_it_out(written):
    company = load(written("[workspace]\nholidays = [2026-12-25]\n"))

    assert not company.at_work("UTC", datetime(2026, 12, 25, 10, tzinfo=UTC))
    thursday = datetime(2026, 12, 24, 10, tzinfo=UTC)
    assert company.after(parse_span("1bd"), thursday) == datetime(2026, 12, 28, 10, tzinfo=UTC)


def test_the_first_policy_that_fits_holds(written):
    company = load(
        written(
            """
[[teams]]
key = "payments"
name = "Payments"

[[policies]]
severities = ["sev1"]
priorities = ["high"]
done_within = "5bd"

[[policies]]
teams = ["payments"]
done_within = "20d"
"""
        )
    )

    assert company.policy(severity="sev1", team="payments", priority="high").done_within == "5bd"
    assert company.policy(severity="sev1", team="payments", priority="low").done_within == "20d"
    assert company.policy(severity="sev1", team=None, priority="low") is None
