"""The runbooks that come with Closeout can be read, are whole, and are found by what people write."""

import re

import pytest

from bot.domain import runbooks
from bot.domain.runbooks import rules
from tests.domain.conftest import TOP

FOLDER = TOP / "runbooks"
PATHS = sorted(path for path in FOLDER.glob("*.md") if path.stem.lower() != "readme")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_says_all_that_an_on_call_engineer_needs(path):
    runbook = runbooks.read(path)
    assert runbook.symptoms
    assert runbook.owner
    assert runbook.rollback
    assert runbook.stop
    assert len(runbook.steps) >= 6
    assert all(step.detail for step in runbook.steps)
    assert "```" in path.read_text()
    assert "## Whom to call" in path.read_text()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_checklist_fits_into_slack(path):
    assert all(len(step.head) <= 75 and len(step.detail) <= 2500 for step in runbooks.read(path).steps)


def test_runbooks_that_are_named_in_others_are_there():
    titles = {runbooks.read(path).title for path in PATHS}
    named = {found for path in PATHS for found in re.findall(r'runbook "([^"]+)"', path.read_text())}
    assert named <= titles


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Checkout is down: the database primary is unreachable", "database-failover"),
        ("5xx on checkout since release 4711", "roll-back-a-deploy"),
        ("The TLS certificate of the API has expired", "certificate-expired"),
        ("Queue depth of the mailer is growing", "queue-backlog"),
        ("The payment provider answers 503", "third-party-provider-down"),
        ("db-3: no space left on device", "disk-full"),
        ("The error rate of search is above 5 %", "elevated-error-rate"),
        ("A leaked key is on GitHub", "credential-leak"),
    ],
)
def test_each_is_found_by_its_symptoms(said, name):
    assert rules.fitting(runbooks.load(FOLDER), [], said)[0].name == name


def test_none_is_found_for_what_none_is_about():
    assert rules.fitting(runbooks.load(FOLDER), [], "Lunch is late") == []
