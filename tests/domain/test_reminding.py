"""What somebody owes reaches them: once a day, at work, in one message."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.app import domain_modules
from bot.domain import actions, incidents, people, postmortems, reminding
from bot.domain.company import Company, Service, Team
from bot.domain.incidents import Report, Status
from bot.domain.people import Introduction
from bot.lib.courier import Courier
from bot.lib.facts import Event
from tests.conftest import NOON
from tests.domain.conftest import TOP, later

domain_modules()
HOLIDAYS = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 6, 1))
COMPANY = Company(
    workspace={"timezone": "Europe/Berlin", "holidays": HOLIDAYS},
    teams=(
        Team(key="payments", name="Payments", manager="mia@example.com", channel="team-payments"),
        Team(key="platform", name="Platform", manager="pat@example.com"),
    ),
    services=(
        Service(key="checkout", name="Checkout", team="payments"),
        Service(key="identity", name="Identity", team="platform"),
    ),
    policies=(
        {"severities": ["sev1"], "priorities": ["high"], "assigned_within": "1d", "done_within": "15d"},
    ),
)


@pytest.fixture
def courier(engine, listeners):
    return Courier(engine, listeners, {"company": COMPANY, "templates": TOP / "templates"})


@pytest.fixture
def mia(session):
    """She leads the team that runs the checkout."""
    return people.introduce(session, Introduction("U0MIA", "Mia", "mia@example.com", "UTC"))


@pytest.fixture
def an_item(session, ana, ben, mia, an_incident):
    """Due on the 17th, a Tuesday."""
    return actions.create(session, an_incident, "Alert on errors", by=ana, now=NOON, owner=ben)


@pytest.fixture
def told(session):
    """What is told at a moment: the new messages of that tick."""

    def at(now):
        before = session.exec(select(Event.id).order_by(Event.id.desc())).first() or 0
        for batch in reminding.waiting(session, now):
            reminding.remind(session, batch, now)
        new = select(Event).where(Event.kind == "Reminded", Event.id > before).order_by(Event.id)
        return [row.fact for row in session.exec(new)]

    return at


def notes(session, fact):
    return [told.note for _, told in reminding.words(session, fact.items, fact.day)]


def test_an_owner_hears_before_on_the_day_and_in_widening_steps(session, ben, an_item, told):
    heard = []
    for day in range(60):
        for fact in told(later(days=day)):
            if fact.to == ben.id:
                heard.append((fact.day - an_item.due).days)
    # Two days before is a Sunday; it is said on Monday.
    assert heard == [-1, 0, 1, 3, 7, 14, 21, 28, 35, 42]


def test_several_things_are_one_message_a_day(session, ana, ben, an_incident, an_item, told):
    actions.create(session, an_incident, "Page on failover", by=ana, now=NOON, owner=ben, due=an_item.due)
    [fact] = told(later(days=15))
    assert (fact.to, fact.items, notes(session, fact)) == (
        ben.id, ("action/1", "action/2"), ["due today", "due today"],
    )  # fmt: skip
    assert told(later(days=15, hours=3)) == []


def test_nobody_is_told_at_night_at_the_weekend_nor_on_a_holiday(session, ben, an_item, told):
    ben.timezone = "Australia/Sydney"
    session.flush()
    assert told(later(days=15)) == []
    ben.timezone = "UTC"
    assert told(later(days=19)) == []
    actions.move(session, an_item, date(2026, 4, 3), why="it takes longer", by=ben, now=later(days=1))
    assert told(datetime(2026, 4, 3, 12, tzinfo=UTC)) == []
    [fact] = told(datetime(2026, 4, 7, 12, tzinfo=UTC))
    assert notes(session, fact) == ["4 days late, moved once"]


def test_what_rests_is_silent_until_its_day(session, ben, an_item, told):
    actions.snooze(session, an_item, date(2026, 3, 24), "waiting for a part", by=ben, now=later(days=14))
    assert [told(later(days=day)) for day in range(15, 22)] == [[]] * 7
    [fact] = [fact for fact in told(later(days=22)) if fact.to]
    assert notes(session, fact) == ["7 days late"]


def test_what_is_done_is_left_alone_and_asked_of_who_can_verify_it(session, ana, ben, an_item, told):
    actions.done(session, an_item, "see", by=ben, now=NOON)
    [fact] = told(later(days=1))
    assert (fact.to, fact.items) == (ana.id, ("verify/1",))
    assert notes(session, fact) == ["done by Ben yesterday, does it hold?"]


def test_late_things_go_to_the_team_and_then_to_its_manager(session, ben, mia, an_item, told):
    seen = defaultdict(list)
    for day in range(15, 40):
        for fact in told(later(days=day)):
            whom = fact.team or people.get(session, fact.to).name
            seen[whom].append(((fact.day - an_item.due).days, fact.items, fact.escalated))
    assert seen["payments"][0] == (7, (), ("action/1",))
    assert seen["Mia"][0] == (14, (), ("action/1",))
    assert [days for days, _, _ in seen["Ben"]] == [0, 1, 3, 7, 14, 21]


def test_of_owners_who_left_the_manager_is_asked(session, ben, mia, an_item, told):
    ben.is_active = False
    session.flush()
    [fact] = told(later(days=15))
    assert (fact.to, fact.items) == (mia.id, ("action/1",))


def test_what_nobody_takes_is_said_to_the_team(session, ana, mia, an_incident, told):
    item = actions.create(session, an_incident, "Find out", by=ana, now=NOON, priority="high")
    assert item.assign_by == date(2026, 3, 3)
    assert told(later(minutes=1)) == []
    [fact] = told(later(days=1))
    assert (fact.team, fact.to, fact.items) == ("payments", None, ("assign/1",))


def test_what_nobody_takes_goes_to_the_manager_where_the_team_may_not_know(session, ana, mia, told):
    secret = incidents.declare(
        session, Report("A laptop", "sev1", services=("checkout",), private=True), by=ana, now=NOON
    )
    incidents.enter(session, secret, mia, by=ana, now=NOON)
    actions.create(session, secret, "Lock it", by=ana, now=NOON, priority="high")
    [fact] = told(later(days=1))
    assert (fact.to, fact.team) == (mia.id, None)


def test_what_was_declined_though_it_was_urgent_is_asked_once_more(session, ana, ben, an_incident, told):
    item = actions.create(session, an_incident, "Find out", by=ana, now=NOON, owner=ben, priority="high")
    actions.decline(session, item, "no time", approver=ana, by=ben, now=NOON)
    heard = [fact for day in range(85, 130) for fact in told(later(days=day))]
    assert [(fact.to, fact.items) for fact in heard] == [(ana.id, ("again/1",))]


def test_a_postmortem_is_owed_like_everything_else(session, ana, an_incident, told):
    incidents.set_status(session, an_incident, Status.RESOLVED, by=ana, now=NOON)
    postmortems.open_draft(session, an_incident, by=ana, now=NOON)  # due on Thursday
    heard = [fact for day in range(0, 12) for fact in told(later(days=day)) if fact.to]
    assert {fact.to for fact in heard} == {ana.id}
    assert [fact.day.day for fact in heard] == [3, 5, 6, 9, 12]
    postmortems.publish(session, an_incident, by=ana, now=later(days=12))
    assert told(later(days=30)) == []
    assert reminding.words(session, ("postmortem/1",), date(2026, 4, 1)) == []


def test_given_to_someone_else_it_is_said_to_them(session, ana, ben, cy, an_item, told):
    assert [fact.to for fact in told(later(days=15))] == [ben.id]
    actions.assign(session, an_item, cy, by=ana, now=later(days=15))
    assert [fact.to for fact in told(later(days=15, hours=1))] == [cy.id]


def test_what_could_not_be_said_is_said_the_next_day(session, ben, an_item, told):
    [fact] = told(later(days=15))
    reminding.put_off(session, fact)
    assert told(later(days=15, hours=1)) == []
    [again] = told(later(days=16))
    assert again.items == ("action/1",)


def test_two_that_look_at_the_same_moment_tell_once(session, ben, an_item):
    now = later(days=15)
    here, there = reminding.waiting(session, now), reminding.waiting(session, now)
    assert [reminding.remind(session, batch, now) for batch in (*here, *there)] == [1, 0]


# ---- digests


def digests(session, now):
    for slots in reminding.due(session, now):
        reminding.send(session, slots, now)
    rows = session.exec(select(Event).where(Event.kind == "Digested").order_by(Event.id)).all()
    return [row.fact for row in rows if row.at == now]


def test_the_first_line_is_the_answer(session, ana, ben, mia, an_incident, an_item):
    actions.done(session, an_item, "see", by=ben, now=later(days=14))
    actions.create(session, an_incident, "Page", by=ana, now=NOON, owner=ben, due=date(2026, 3, 18))
    said = digests(session, datetime(2026, 3, 23, 9, tzinfo=UTC))
    written = reminding.compose(session, said)
    [own] = written[f"weekly/{ben.id}/2026-W13"]
    assert own.headline == "You: 1 of 2 promises kept this week. 1 late, oldest 5 days."
    [team] = written["weekly/team:payments/2026-W13"]
    assert team.headline == "Payments: 1 of 2 promises kept this week. 1 late, oldest 5 days."
    assert [one.headline for one in written[f"weekly/{mia.id}/2026-W13"]] == [team.headline]
    assert team.chart[1] == ("8-30", 1)
    [late] = [lines for head, lines, _ in team.lists if head == "Late"]
    assert (late[0].incident, late[0].note) == ("INC-1", "Ben · 5 days late")


def test_a_digest_leaves_out_what_a_channel_may_not_read(session, ana, ben, mia):
    secret = incidents.declare(
        session, Report("A laptop", "sev1", services=("checkout",), private=True), by=ana, now=NOON
    )
    actions.create(session, secret, "Lock it", by=ana, now=NOON, owner=ben)
    written = reminding.compose(session, digests(session, datetime(2026, 3, 23, 9, tzinfo=UTC)))
    assert list(written) == [f"weekly/{ben.id}/2026-W13"]


def test_a_person_chooses_the_hour_or_leaves(session, ben, an_item):
    assert not reminding.choose(session, ben, at="", now=NOON)
    assert reminding.choose(session, ben, at="Thursday 16:30", now=NOON)
    assert str(reminding.wish_of(session, ben)) == "Your digest comes on thu 16:30 (UTC)."

    def keys(*when):
        return [
            fact.key for fact in digests(session, datetime(2026, 3, *when, tzinfo=UTC)) if fact.to == ben.id
        ]

    assert keys(23, 9) == []
    assert keys(26, 16, 31) == [f"weekly/{ben.id}/2026-W13"]
    assert keys(26, 17) == []
    reminding.choose(session, ben, off=True, now=NOON)
    assert keys(31, 9) == []
    assert "no digests" in str(reminding.wish_of(session, ben))


def test_leadership_hears_once_a_month(session, ana, ben, mia, an_item):
    mia.access = "manager"
    session.flush()
    actions.done(session, an_item, "see", by=ben, now=later(days=14))
    at = datetime(2026, 4, 1, 9, 1, tzinfo=UTC)
    said = [fact for fact in digests(session, at) if fact.period == reminding.MONTH]
    assert [fact.key for fact in said] == [f"monthly/{mia.id}/2026-04"]
    [written] = reminding.compose(session, said)[said[0].key]
    assert (
        written.headline
        == "All teams: 1 of 1 promise kept last month. Nothing late. 1 incident declared, 1 live now."
    )
    assert written.lists[0][0] == "By team"
    assert digests(session, at + timedelta(hours=1)) == []
