"""A second pair of eyes before customers read it, where the severity asks for one."""

import pytest

from bot.domain import components, incidents, people, updates
from bot.domain.company import Company, Component, Service, Severity, Team
from bot.domain.incidents import Report
from bot.domain.updates import NeedsApproval, UpdateDrafted, UpdatePublished, Wording
from bot.domain.updates.reminders import approval_waits, customer_update_due
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later

SEV1 = Severity(key="sev1", name="Critical", first_update="5m", update_every="20m", update_approval=True)
COMPANY = Company(
    severities=(SEV1, Severity(key="sev2", name="Major", update_every="30m")),
    components=(Component(key="shop", name="Checkout"), Component(key="find", name="Search")),
    services=(Service(key="checkout", name="checkout-api", component="shop", team="pay"),),
    teams=(Team(key="pay", name="Payments", manager="mia@example.com"),),
)


@pytest.fixture
def courier(courier):
    courier.info["company"] = COMPANY
    return courier


@pytest.fixture
def mia(session):
    """She manages the team."""
    return people.of_email(session, "mia@example.com", "Mia")


@pytest.fixture
def comms(session, ana, ben, an_incident):
    """Ana commands, Ben talks to customers."""
    incidents.set_role(session, an_incident, "comms", ben, by=ana, now=NOON)
    return ben


def ask(session, incident, by, text="It is the pool", **more):
    now = more.pop("now", NOON)
    return updates.tell(session, incident, Wording(text, **more), by=by, now=now)


def test_the_words_wait_and_nothing_is_published(session, ana, comms, an_incident, facts):
    draft = ask(session, an_incident, comms, phase="identified")
    assert (draft.state, draft.phase) == ("waiting", "identified")
    assert updates.of(session, an_incident) == []
    assert components.now(session)["shop"] == "operational"
    [fact] = facts(an_incident, UpdateDrafted)
    assert str(fact) == "asks for a yes to tell customers (identified): It is the pool"


def test_one_yes_tells_customers_and_promises_from_then_on(session, ana, comms, an_incident, facts):
    draft = ask(session, an_incident, comms)
    told = updates.approve(session, an_incident, draft.id, by=ana, now=later(minutes=3))
    assert (told.by, told.approved_by, told.next_update_by) == (comms.id, ana.id, later(minutes=23))
    assert (draft.state, draft.update_id) == ("published", told.id)
    [fact] = facts(an_incident, UpdatePublished)
    assert (fact.by, fact.author, fact.approved_by, fact.public) == (ana.id, comms.id, ana.id, True)
    assert f"written by @{{p:{comms.id}}}" in str(fact)


def test_a_second_yes_says_who_was_quicker_and_tells_nobody_again(session, ana, comms, mia, an_incident):
    draft = ask(session, an_incident, comms)
    updates.approve(session, an_incident, draft.id, by=ana, now=NOON)
    with pytest.raises(Refused, match="Ana was quicker: it is published already"):
        updates.approve(session, an_incident, draft.id, by=ana, now=NOON)
    assert len(updates.of(session, an_incident)) == 1


def test_nobody_approves_their_own_words_while_another_could(session, ana, comms, an_incident):
    draft = ask(session, an_incident, comms)
    with pytest.raises(Refused, match=r"You wrote it yourself. Ask Ana"):
        updates.approve(session, an_incident, draft.id, by=comms, now=NOON)
    assert updates.of(session, an_incident) == []


def test_who_is_alone_in_the_seats_has_nobody_to_ask(session, ana, an_incident):
    told = ask(session, an_incident, ana)
    assert (told.by, told.approved_by) == (ana.id, ana.id)


def test_who_has_no_seat_says_neither_yes_nor_no(session, ana, comms, cy, an_incident):
    draft = ask(session, an_incident, comms)
    for verb in (updates.approve, updates.discard):
        with pytest.raises(Refused, match=r"You have neither comms nor command of INC-1. Ask Ana"):
            verb(session, an_incident, draft.id, by=cy, now=NOON)
    assert draft.is_waiting


def test_the_manager_of_the_team_may_say_yes(session, ana, comms, mia, an_incident):
    draft = ask(session, an_incident, comms)
    assert updates.approve(session, an_incident, draft.id, by=mia, now=NOON).approved_by == mia.id


def test_what_an_approver_changes_is_told_since_two_have_seen_it(session, ana, comms, an_incident):
    draft = ask(session, an_incident, comms)
    told = updates.change(session, an_incident, draft.id, Wording("Better words"), by=ana, now=NOON)
    assert (told.message, told.approved_by, draft.state) == ("Better words", ana.id, "replaced")


def test_what_its_author_changes_waits_anew(session, ana, comms, an_incident):
    draft = ask(session, an_incident, comms)
    again = updates.change(session, an_incident, draft.id, Wording("Better words"), by=comms, now=NOON)
    assert [one.id for one in updates.waiting(session, an_incident)] == [again.id]
    assert updates.of(session, an_incident) == []


def test_what_is_discarded_is_never_told(session, ana, comms, an_incident, facts):
    draft = ask(session, an_incident, comms)
    updates.discard(session, an_incident, draft.id, "too early", by=ana, now=NOON)
    with pytest.raises(Refused, match="discarded already"):
        updates.approve(session, an_incident, draft.id, by=ana, now=NOON)
    assert "discarded what customers were to be told. too early" in [str(one) for one in facts(an_incident)]


def test_no_door_forgets_to_ask(session, ana, comms, an_incident):
    with pytest.raises(NeedsApproval, match="Nothing was published"):
        updates.publish(session, an_incident, "Quickly", by=comms, now=NOON)


def test_a_milder_severity_and_colleagues_need_no_yes(session, ana, comms, an_incident):
    assert ask(session, an_incident, comms, audience="inside").audience == "inside"
    mild = incidents.declare(session, Report("Slow", "sev2"), by=ana, now=NOON)
    assert ask(session, mild, ana).approved_by is None


def test_prepared_words_need_no_yes_and_go_out_once(session, ana, comms, an_incident):
    told = updates.tell_first(session, an_incident, by=comms, now=NOON)
    assert told.message.startswith("We know of a serious problem with Checkout")
    assert (told.phase, told.components, told.next_update_by) == (
        "investigating",
        {"shop": "major_outage"},
        later(minutes=20),
    )
    assert updates.tell_first(session, an_incident, by=ana, now=later(minutes=1)) is None
    assert len(updates.of(session, an_incident)) == 1


def test_a_late_yes_is_asked_of_the_commander_then_of_the_manager(
    session, ana, comms, mia, an_incident, nudged
):
    ask(session, an_incident, comms)
    assert nudged(approval_waits, later(minutes=4)) == []
    first = nudged(approval_waits, later(minutes=5))
    assert [fact.to for fact in first] == [ana.id, None]
    assert "a customer update by Ben waits 5 min for a yes" in str(first[0])
    assert [fact.to for fact in nudged(approval_waits, later(minutes=10))] == [mia.id, None]
    assert nudged(approval_waits, later(minutes=11)) == []


def test_the_clock_says_that_a_text_waits(session, ana, comms, an_incident, nudged):
    ask(session, an_incident, comms)
    assert "A text waits for a yes" in str(nudged(customer_update_due, later(minutes=6))[0])


def test_what_waits_is_dropped_with_the_incident(session, ana, comms, an_incident, courier):
    draft = ask(session, an_incident, comms)
    incidents.cancel(session, an_incident, "false alarm", by=ana, now=NOON)
    with pytest.raises(Refused, match="Reopen it first"):
        updates.approve(session, an_incident, draft.id, by=ana, now=NOON)
