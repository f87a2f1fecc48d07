"""Whoever should hear cannot always be told: then somebody else is, and nothing is forgotten."""

from datetime import date

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
COMPANY = Company(
    teams=(
        Team(key="payments", name="Payments", manager="mia@example.com", channel="team-payments"),
        Team(key="platform", name="Platform", manager="mia@example.com"),
        Team(key="search", name="Search"),
    ),
    services=(
        Service(key="checkout", name="Checkout", team="payments"),
        Service(key="identity", name="Identity", team="platform"),
        Service(key="search", name="Search", team="search"),
        Service(key="lawn", name="Lawn"),
    ),
    policies=({"priorities": ["high"], "assigned_within": "1d", "done_within": "15d"},),
)
BOTH = frozenset({"slack", "mail"})


@pytest.fixture
def courier(engine, listeners):
    return Courier(engine, listeners, {"company": COMPANY, "templates": TOP / "templates"})


@pytest.fixture
def mia(session):
    return people.introduce(session, Introduction("U0MIA", "Mia", "mia@example.com", "UTC"))


@pytest.fixture
def told(session):
    """Who was told of what in some weeks: reader -> the days late on which they first heard."""

    def within(first, last, due=date(2026, 3, 17)):
        heard = {}
        for day in range(first, last):
            now = later(days=day)
            for batch in reminding.waiting(session, now):
                reminding.remind(session, batch, now)
        for event in session.exec(select(Event).where(Event.kind == "Reminded").order_by(Event.id)):
            fact = event.fact
            heard.setdefault(fact.team or fact.to or "everybody", (fact.day - due).days)
        return heard

    return within


def promise(session, by, owner, service="checkout", *, private=False, **given):
    report = Report("It is down", "sev1", services=(service,), private=private)
    one = incidents.declare(session, report, by=by, now=NOON)
    due = {} if "priority" in given else {"due": date(2026, 3, 17)}
    return one, actions.create(session, one, "Mend it", by=by, now=NOON, owner=owner, **due, **given)


def test_a_team_without_a_channel_is_told_through_its_manager(session, ana, ben, mia, told):
    promise(session, ana, ben, "identity")
    assert told(15, 30) == {ben.id: 0, mia.id: 7}


def test_a_team_with_neither_is_told_where_everybody_looks_and_the_commander_answers(
    session, ana, ben, cy, told
):
    one, _ = promise(session, ana, ben, "search")
    incidents.set_role(session, one, "commander", cy, by=ana, now=NOON)
    assert told(15, 32) == {ben.id: 0, "everybody": 7, cy.id: 14}


def test_what_nobody_took_is_said_to_everybody_where_a_team_has_neither(session, ana, told):
    promise(session, ana, None, "search", priority="high")
    assert list(told(0, 3)) == ["everybody"]


def test_what_nobody_took_and_no_team_answers_for_is_asked_of_the_commander(session, ana, cy, told):
    one, _ = promise(session, ana, None, "lawn", priority="high")
    incidents.set_role(session, one, "commander", cy, by=ana, now=NOON)
    assert list(told(0, 3)) == [cy.id]


def test_without_slack_the_manager_hears_for_the_team_by_mail(session, ana, mia, told):
    session.info["ways"] = frozenset({"mail"})
    ada = people.of_email(session, "ada@example.com", "Ada")
    promise(session, ana, ada)
    assert told(15, 30) == {ada.id: 0, mia.id: 7}
    assert reminding.gets_mail(session, mia), "her Slack id is of no use without Slack"


def test_where_nothing_reaches_the_owner_the_manager_is_asked(session, ana, mia, told):
    """Known by mail alone, and no mail goes out here."""
    session.info["ways"] = frozenset({"slack"})
    ada = people.of_email(session, "ada@example.com", "Ada")
    promise(session, ana, ada)
    assert told(15, 16) == {mia.id: 0}
    session.info["ways"] = BOTH


def test_what_is_private_escalates_to_somebody_who_may_know(session, ana, ben, cy, mia, told):
    one, _ = promise(session, ana, ben, private=True)
    incidents.enter(session, one, ben, by=ana, now=NOON)
    incidents.enter(session, one, cy, by=ana, now=NOON)
    incidents.set_role(session, one, "commander", cy, by=ana, now=NOON)
    assert told(15, 32) == {ben.id: 0, cy.id: 14}


def test_what_is_private_escalates_to_a_manager_who_takes_part(session, ana, ben, mia, told):
    one, _ = promise(session, ana, ben, private=True)
    incidents.enter(session, one, ben, by=ana, now=NOON)
    incidents.enter(session, one, mia, by=ana, now=NOON)
    assert told(15, 32) == {ben.id: 0, mia.id: 14}


def test_a_private_item_of_an_owner_who_left_is_asked_of_another_member(session, ana, ben, mia, told):
    one, item = promise(session, ana, ben, private=True)
    incidents.enter(session, one, ben, by=ana, now=NOON)
    ben.is_active = False
    session.flush()
    assert told(15, 16) == {ana.id: 0}
    [(_, words)] = reminding.words(session, (f"action/{item.id}",), item.due)
    assert words.note == "due today, Ben has left"


def test_an_owner_who_left_a_private_incident_reads_nothing_of_it(session, ana, ben):
    one, _ = promise(session, ana, ben, private=True)
    incidents.enter(session, one, ben, by=ana, now=NOON)
    fact = reminding.Digested(
        by=ana.id, key=f"weekly/{ben.id}/2026-W13", to=ben.id, period="week", until=later(days=21)
    )
    assert "Mend it" in str(reminding.compose(session, [fact]))
    incidents.leave(session, one, ben, by=ben, now=later(days=1))
    assert reminding.compose(session, [fact]) == {}


def test_a_postmortem_and_its_review_pass_on_when_people_leave(session, ana, ben, mia, told):
    one, _ = promise(session, ana, ben)
    incidents.set_status(session, one, Status.RESOLVED, by=ana, now=NOON)
    draft = postmortems.open_draft(session, one, by=ana, now=NOON)
    draft.owner_id, ben.is_active = ben.id, False
    session.flush()
    assert mia.id in told(3, 5)
