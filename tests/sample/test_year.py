"""The year reads like a year: in order, whole, and with something in every state."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain import actions, alerts, incidents, people, postmortems, updates
from bot.domain.company import load
from bot.domain.incidents import Incident, Milestone
from bot.domain.people import Person
from bot.lib.facts import Event
from bot.sample import COMPANY
from bot.sample.reading import stories
from bot.sample.script import write
from tests.sample.conftest import NOW

pytestmark = pytest.mark.slow  # a whole year is played for it


@pytest.fixture
def all_of_it(year):
    return list(year.exec(select(Incident).order_by(Incident.id)))


def test_a_year_ends_a_few_days_ago_and_nothing_is_live(all_of_it):
    assert len(all_of_it) == 40
    assert all(one.sample and not one.is_live for one in all_of_it)
    began = [one.declared_at for one in all_of_it]
    assert began == sorted(began)
    assert began[0] < NOW - timedelta(days=350)
    assert NOW - timedelta(days=7) < began[-1] < NOW - timedelta(days=3)


def test_there_is_something_of_everything(year, all_of_it):
    assert {one.severity for one in all_of_it} == {"sev1", "sev2", "sev3", "sev4"}
    assert {one.source for one in all_of_it} == {"person", "pagerduty"}
    assert {one.status for one in all_of_it} == {"closed", "resolved", "cancelled", "merged"}
    assert any(one.private for one in all_of_it)
    touched = Counter(service for one in all_of_it for service in incidents.services_of(year, one))
    assert set(touched) == {service.key for service in load(COMPANY).services}
    assert min(touched.values()) >= 3  # they recur
    raised = Counter(bool(alerts.count(year, one)) for one in all_of_it)
    assert min(raised.values()) > 10


def test_milestones_are_in_order(all_of_it):
    for one in all_of_it:
        moments = [moment for each in Milestone if (moment := one.moment(each))]
        assert moments == sorted(moments), one.ref
        assert moments[-1] < NOW


def test_timelines_have_a_plausible_length_and_end_before_now(year, all_of_it):
    for one in all_of_it:
        entries = incidents.timeline(year, one)
        assert 8 <= len(entries) <= 60, one.ref
        assert entries[-1].at < NOW
        assert not [
            each.text for each in entries if "{" in each.text.replace("@{p:", "") or "[[" in each.text
        ]


def test_facts_are_recorded_in_the_order_of_time(year):
    at = [event.at for event in year.exec(select(Event).order_by(Event.id))]
    assert at == sorted(at)


def test_three_loops_are_open_and_each_for_another_reason(year, all_of_it):
    open_ = {one.ref: incidents.loops(year, one) for one in all_of_it if one.status == "resolved"}
    left = {ref: {loop.name for loop in loops if not loop.done} for ref, loops in open_.items()}
    assert len(left) == 3
    assert sum("postmortem" in names for names in left.values()) == 1
    for one in all_of_it:
        if one.status == "closed":
            assert all(loop.done for loop in incidents.loops(year, one)), one.ref


def test_action_items_are_in_all_states(year):
    items = actions.all(year, as_=people.closeout(year))
    states = Counter(item.status for item in items)
    assert set(states) == {"open", "in_progress", "done", "verified", "declined"}
    assert states["verified"] > len(items) / 2
    assert sum(item.is_late(NOW.date()) for item in items) >= 2
    assert sum(bool(item.done_at and item.due and item.done_at.date() > item.due) for item in items) >= 5
    kinds = Counter(event.kind for event in year.exec(select(Event)))
    assert kinds["ActionMoved"] >= 5
    assert kinds["ActionReopened"] >= 2


def test_most_promises_were_kept(year, all_of_it):
    kept = Counter()
    for one in all_of_it:
        for told in postmortems.document(year, one).told:
            kept["late" if "late" in told.kept else "in time"] += 1
    assert 0.05 < kept["late"] / kept.total() < 0.35


def test_postmortems_are_published_but_for_one_draft(year, all_of_it):
    found = postmortems.all(year, as_=people.closeout(year))
    states = Counter(each.status for _, each in found)
    assert states["draft"] == 1
    assert states["published"] > 25
    assert {each.template for _, each in found} == {"standard", "lightweight", "security"}
    for one, each in found:
        text = postmortems.render_markdown(year, one)
        assert "sample data" in text.split("\n## ")[0]
        assert "Also written" not in text, one.ref
        assert each.is_published is ("Not answered yet" not in text.split("## Where we were lucky")[0])


def test_a_third_came_with_a_deploy_and_certificates_came_three_times(year):
    found = postmortems.all(year, as_=people.closeout(year))
    factors = [each.text("contributing_factors") for _, each in found]
    assert sum("Deploy reached everybody at once" in text for text in factors) >= 9
    assert sum("deploy" in story.cause.lower() for story in stories()) >= 12
    assert sum("Certificate renewed by hand" in text for text in factors) >= 2
    recurring = Counter(
        text for each in factors for text in each.replace("*", ".").split(".") if text.strip()
    )
    assert len([text for text, times in recurring.items() if times >= 3 and len(text) > 12]) >= 6


def test_people_are_those_of_the_practice_workspace(year):
    known = year.exec(select(Person).where(Person.is_system.is_(False))).all()
    assert {(each.slack_id, each.email) for each in known} >= {("U0ADA", "ada@example.com")}
    assert sum(each.is_guest for each in known) == 1
    assert len(known) == 8


def test_ada_takes_part_in_what_is_private(year, all_of_it):
    ada = year.exec(select(Person).where(Person.slack_id == "U0ADA")).one()
    assert all(incidents.visible(year, one, ada) for one in all_of_it)


def test_customers_were_told_that_it_is_over(year, all_of_it):
    for one in all_of_it:
        if updates.of(year, one):
            assert updates.told_resolved(year, one), one.ref


@pytest.mark.parametrize("day", range(0, 28, 3))
@pytest.mark.parametrize("seed", [1, 7, 11])
def test_any_seed_on_any_day_makes_a_whole_year(seed, day):
    """Weekends and time zones move the steps about; none falls out of the year."""
    now, company = datetime(2026, 2, 1, 3 * (day % 8), tzinfo=UTC) + timedelta(days=day), load(COMPANY)
    for story in stories():
        steps = sorted(write(story, company, seed, now))
        verbs = [step.verb for step in steps]
        assert verbs[0] == "declare"
        assert steps[-1].at < now
        if story.closed and not (story.merged_into or story.cancelled):
            assert verbs[-1] == "close", story.key
        if story.published is not None:
            assert "publish" in verbs, story.key
