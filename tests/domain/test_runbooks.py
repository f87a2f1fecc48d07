"""Runbooks are read from files, found by service and symptom, posted as checklists, and ticked."""

from datetime import date

import pytest

from bot.domain import incidents, runbooks
from bot.domain.incidents import Report
from bot.domain.runbooks import BrokenRunbook, Runbook, RunbookPosted, Step, StepTicked
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later

WHOLE = """---
services: [checkout]
symptoms: [disk full]
owner: Platform
rollback: None.
verified_on: 2026-02-01
---
# Mend the disk

When it is full.

## Steps

1. **Look**
   `df -h`
   Not full: stop here.
2. Clean

   ```
   1. this is no step
   ```

## After

1. This is none either.
"""
BOOK = Runbook("disk", "Mend the disk", ("checkout",), ("disk full",), steps=(Step("Look"), Step("Clean")))


@pytest.fixture(autouse=True)
def one_runbook(session):
    session.info["runbooks"] = [BOOK]


def read(tmp_path, text):
    path = tmp_path / "disk.md"
    path.write_text(text, encoding="utf-8")
    return runbooks.read(path)


def test_a_file_is_read_with_its_steps(tmp_path):
    book = read(tmp_path, WHOLE)
    assert (book.name, book.title, book.owner, book.intro) == (
        "disk",
        "Mend the disk",
        "Platform",
        "When it is full.",
    )
    assert book.verified_on == date(2026, 2, 1)
    assert [step.head for step in book.steps] == ["Look", "Clean"]
    assert book.steps[0].detail == "`df -h`\nNot full: stop here."
    assert "1. this is no step" in book.steps[1].detail


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("---\nservices", "services", "does not begin with front matter"),
        ("owner:", "onwer:", "'onwer' is no key of the front matter; known are: owner"),
        ("[checkout]", "checkout", "services is no list"),
        ("2026-02-01", "last week", "write it as 2026-03-31"),
        ("[checkout]", "[checkout", "runbooks/disk.md"),
        ("## Steps", "## Stepps", "it has no step"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, old, new, answer):
    with pytest.raises(BrokenRunbook, match="Mend it") as refused:
        read(tmp_path, WHOLE.replace(old, new))
    assert answer in str(refused.value)


def test_a_broken_file_does_not_stop_the_others(tmp_path, caplog):
    (tmp_path / "a.md").write_text("nothing")
    (tmp_path / "b.md").write_text(WHOLE)
    (tmp_path / "README.md").write_text("how")
    assert [book.name for book in runbooks.load(tmp_path)] == ["b"]
    assert "runbooks/a.md" in caplog.text


@pytest.mark.parametrize(
    ("verified", "says"),
    [
        (date(2026, 2, 1), ""),
        (date(2025, 1, 1), "Last verified on 2025-01-01, 425 days ago"),
        (None, "Nobody has verified"),
    ],
)
def test_one_past_its_verification_says_so(verified, says):
    book = Runbook("x", "X", verified_on=verified)
    assert book.outdated(NOON.date()).startswith(says)
    assert bool(book.outdated(NOON.date())) is bool(says)


@pytest.mark.parametrize(
    ("title", "services", "fits"),
    [
        ("The disk of db-2 is full", (), True),
        ("Disks are full!", (), True),
        ("All slow", ("checkout",), True),
        ("All slow", ("search",), False),
        ("A full restaurant", (), False),
    ],
)
def test_it_is_found_by_symptom_or_service(session, ana, title, services, fits):
    incident = incidents.declare(session, Report(title, services=services), by=ana, now=NOON)
    assert runbooks.suggest(session, incident) == ([BOOK] if fits else [])


def test_the_best_of_many_stand_first(session, ana):
    others = [Runbook(f"b{number}", "B", ("checkout",)) for number in range(5)]
    session.info["runbooks"] = [*others, BOOK]
    report = Report("x", services=("checkout",), description="the disk is full")
    found = runbooks.suggest(session, incidents.declare(session, report, by=ana, now=NOON))
    assert [book.name for book in found] == ["disk", "b0", "b1"]


@pytest.mark.parametrize("name", ["disk", "DISK", "disk.md", "mend the disk"])
def test_it_is_posted_as_a_checklist(session, ana, an_incident, facts, name):
    run = runbooks.post(session, an_incident, name, by=ana, now=NOON)
    [fact] = facts(an_incident, RunbookPosted)
    assert (fact.run, fact.steps) == (run.id, ("Look", "Clean"))
    assert "posted the runbook Mend the disk (2 steps). Nobody has verified" in str(fact)
    assert [(step.number, step.text, step.done) for step in run.steps] == [
        (1, "Look", False),
        (2, "Clean", False),
    ]


def test_it_is_posted_once(session, ana, an_incident, facts):
    first = runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    assert runbooks.post(session, an_incident, "disk", by=ana, now=NOON) == first
    assert len(facts(an_incident, RunbookPosted)) == 1


def test_an_unknown_runbook_is_refused_with_the_right_ones(session, ana, an_incident):
    with pytest.raises(Refused, match="is no runbook"):
        runbooks.post(session, an_incident, "toaster", by=ana, now=NOON)


def test_a_run_keeps_its_steps_whatever_becomes_of_the_file(session, ana, an_incident):
    runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    session.info["runbooks"] = []
    assert len(runbooks.runs(session, an_incident)[0].steps) == 2


def test_ticks_are_entries_of_the_timeline(session, ana, ben, an_incident):
    run = runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    assert runbooks.tick(session, an_incident, run.id, 1, True, by=ben, now=later(minutes=1))
    assert not runbooks.tick(session, an_incident, run.id, 1, True, by=ana, now=later(minutes=2))
    [now] = runbooks.runs(session, an_incident)
    assert (now.steps[0].done, now.steps[0].by, now.steps[0].at) == (True, ben.id, later(minutes=1))
    assert (
        incidents.timeline(session, an_incident)[-1].text == "did step 1 of the runbook Mend the disk: Look"
    )


def test_a_tick_can_be_taken_back(session, ana, an_incident, facts):
    run = runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    runbooks.tick(session, an_incident, run.id, 1, True, by=ana, now=NOON)
    assert runbooks.tick(session, an_incident, run.id, 1, False, by=ana, now=NOON)
    assert not runbooks.runs(session, an_incident)[0].steps[0].done
    assert str(facts(an_incident, StepTicked)[-1]).startswith("took back step 1")


def test_a_run_is_done_when_all_its_steps_are(session, ana, an_incident):
    run = runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    for step in (1, 2):
        runbooks.tick(session, an_incident, run.id, step, True, by=ana, now=NOON)
    assert runbooks.runs(session, an_incident)[0].is_done


@pytest.mark.parametrize(("run", "step"), [(1, 0), (1, 3), (99, 1)])
def test_a_step_that_is_not_there_is_refused(session, ana, an_incident, run, step):
    runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    with pytest.raises(Refused, match="no such step"):
        runbooks.tick(session, an_incident, run, step, True, by=ana, now=NOON)


def test_a_run_of_another_incident_is_out_of_reach(session, ana, an_incident):
    run = runbooks.post(session, an_incident, "disk", by=ana, now=NOON)
    other = incidents.declare(session, Report("Other"), by=ana, now=NOON)
    with pytest.raises(Refused, match="no such step"):
        runbooks.tick(session, other, run.id, 1, True, by=ana, now=NOON)
