"""The same service and factor once more; and whether a promise that was kept had its effect."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.domain import actions, incidents, people, postmortems, recurrences
from bot.domain.company import Company, Service, Team
from bot.domain.incidents import Report
from bot.domain.people import Introduction
from bot.domain.recurrences import ActionRecurred, FactorNamed, RecurrenceSeen
from bot.domain.recurrences.model import Recurrence
from bot.domain.recurrences.owing import to_judge, told
from bot.domain.recurrences.reactions import find_recurrences
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from tests.conftest import NOON
from tests.domain.conftest import later

COMPANY = Company(
    teams=(Team(key="payments", name="Payments", manager="mia@example.com"),),
    services=(
        Service(key="checkout", name="Checkout", team="payments"),
        Service(key="search", name="Search"),
    ),
)
AUTUMN = NOON + timedelta(days=60)  # a Friday
VERIFIED = NOON + timedelta(days=2)
ASKED = VERIFIED + timedelta(days=30)


@pytest.fixture
def courier(courier):
    courier.info["company"] = COMPANY
    return courier


@pytest.fixture
def listeners():
    found = Listeners()
    found.add(find_recurrences)
    return found


def declare(session, by, now, title="Checkout is down again", **more):
    report = Report(title, "sev1", services=more.pop("services", ("checkout",)), **more)
    return incidents.declare(session, report, by=by, now=now)


def name(session, incident, factor, by, now):
    """Name it, and let what follows from it happen."""
    assert recurrences.name_factor(session, incident, factor, by=by, now=now)
    session.info["moment"] = now
    find_recurrences(session, FactorNamed(incident_id=incident.id, by=by.id, factor=factor))


@pytest.fixture
def first(session, ana, ben, an_incident):
    """It left one promise to prevent it and one to notice it sooner."""
    recurrences.name_factor(session, an_incident, "Deploy", by=ana, now=NOON)
    give = {"by": ana, "now": NOON, "owner": ben, "due": date(2026, 3, 20)}
    actions.create(session, an_incident, "Refuse deploys without a rehearsal", kind="prevent", **give)
    actions.create(session, an_incident, "Alert on errors after deploys", kind="detect", **give)
    return an_incident


def test_a_factor_is_a_word_that_is_kept_alike(session, ana, an_incident, facts):
    assert recurrences.name_factor(session, an_incident, " Expired  Certificate ", by=ana, now=NOON)
    assert not recurrences.name_factor(session, an_incident, "expired-certificate", by=ana, now=NOON)
    assert recurrences.factors_of(session, an_incident) == ("expired-certificate",)
    assert recurrences.drop_factor(session, an_incident, "expired certificate", by=ana, now=NOON)
    assert not recurrences.drop_factor(session, an_incident, "expired certificate", by=ana, now=NOON)
    assert recurrences.factors_of(session, an_incident) == ()


@pytest.mark.parametrize("word", ["", "!?", "x" * 41])
def test_what_is_no_word_is_refused(session, ana, an_incident, word):
    with pytest.raises(Refused, match="A factor is a word or two"):
        recurrences.name_factor(session, an_incident, word, by=ana, now=NOON)


def test_factors_are_found_after_the_end_too_but_not_of_nothing(session, ana, an_incident):
    incidents.cancel(session, an_incident, "a false alarm", by=ana, now=NOON)
    with pytest.raises(Refused, match="nothing contributed"):
        recurrences.name_factor(session, an_incident, "deploy", by=ana, now=NOON)


def test_set_exactly_these(session, ana, an_incident):
    set_ = recurrences.set_factors
    assert set_(session, an_incident, ["deploy", "capacity"], by=ana, now=NOON)
    assert set_(session, an_incident, ["Deploy", "network"], by=ana, now=NOON)
    assert not set_(session, an_incident, ["network", "deploy"], by=ana, now=NOON)
    assert recurrences.factors_of(session, an_incident) == ("deploy", "network")


def test_known_factors_begin_with_those_in_use(session, ana, an_incident):
    recurrences.name_factor(session, an_incident, "retries", by=ana, now=NOON)
    assert recurrences.known_factors(session, as_=ana)[:2] == ["retries", "capacity"]
    assert recurrences.near("certficate", ["certificate"]) == "certificate"


def test_a_second_one_names_the_first_with_its_promises_and_their_state(session, ana, first, facts):
    again = declare(session, ana, AUTUMN)
    name(session, again, "deploy", ana, AUTUMN)

    [seen] = facts(again, RecurrenceSeen)
    assert seen.loud  # the channel hears it
    assert str(seen) == (
        "found that this happened before, with the same service and factor:\n"
        "• INC-1 Checkout is down (2026-03-02; Checkout, deploy). Its action items: "
        "A-1 Refuse deploys without a rehearsal (open, 42 days late); "
        "A-2 Alert on errors after deploys (open, 42 days late)"
    )
    [one] = recurrences.earlier(session, again)
    assert (one.incident.id, one.service, one.factor) == (first.id, "checkout", "deploy")


def test_each_earlier_one_is_named_once(session, ana, first, facts):
    again = declare(session, ana, AUTUMN)
    name(session, again, "deploy", ana, AUTUMN)
    name(session, again, "capacity", ana, AUTUMN)
    assert len(facts(again, RecurrenceSeen)) == 1


def test_both_must_be_shared(session, ana, first, facts):
    for services, factor in ((("search",), "deploy"), (("checkout",), "capacity"), ((), "deploy")):
        other = declare(session, ana, AUTUMN, services=services)
        name(session, other, factor, ana, AUTUMN)
        assert facts(other, RecurrenceSeen) == []


def test_a_service_that_is_set_later_finds_it_too(courier, session, ana, first, facts):
    again = declare(session, ana, AUTUMN, services=())
    name(session, again, "deploy", ana, AUTUMN)
    incidents.set_services(session, again, ("checkout",), by=ana, now=AUTUMN)
    find_recurrences(session, FactorNamed(incident_id=again.id, by=ana.id, factor="deploy"))
    assert len(facts(again, RecurrenceSeen)) == 1


def test_only_what_would_have_prevented_it_and_was_late_recurred(session, ana, ben, first, facts):
    again = declare(session, ana, AUTUMN)
    name(session, again, "deploy", ana, AUTUMN)

    [fact] = facts(first, ActionRecurred)
    assert (fact.item, fact.again, fact.days_late) == (1, again.id, 42)
    assert "in INC-2" in str(fact)
    [row] = recurrences.recurred(session, actions.get(session, 1), as_=ben)
    assert (row.incident_id, row.days_late) == (again.id, 42)
    assert [one.kind for one in actions.history(session, actions.get(session, 1))][-1] == "ActionRecurred"
    assert recurrences.recurred(session, actions.get(session, 2)) == []
    items = actions.of(session, first)
    assert recurrences.again(session, items, as_=ben) == {1: ("INC-2",)}


def test_what_was_done_in_time_did_not_recur(session, ana, ben, first, facts):
    actions.done(session, actions.get(session, 1), "the pipeline refuses", by=ben, now=NOON)
    name(session, declare(session, ana, AUTUMN), "deploy", ana, AUTUMN)
    assert facts(first, ActionRecurred) == []


def test_a_private_one_is_named_to_nobody_outside(session, ana, ben, first, facts):
    secret = declare(session, ana, AUTUMN, private=True)
    name(session, secret, "deploy", ana, AUTUMN)
    [fact] = facts(first, ActionRecurred)
    assert fact.again is None
    assert "INC-2" not in str(fact)
    assert recurrences.recurred(session, actions.get(session, 1), as_=ben) == []

    third = declare(session, ana, AUTUMN)
    name(session, third, "deploy", ana, AUTUMN)
    assert [one.incident.id for one in recurrences.earlier(session, third)] == [first.id]


def test_drills_repeat_nothing(session, ana, first, facts):
    drill = declare(session, ana, AUTUMN, drill=True)
    name(session, drill, "deploy", ana, AUTUMN)
    name(session, declare(session, ana, AUTUMN), "deploy", ana, AUTUMN)
    assert facts(drill, RecurrenceSeen) == []
    assert [row.earlier_id for row in session.exec(select(Recurrence))] == [first.id]


def test_of_many_the_newest_three_are_named(session, ana, first, facts):
    for _ in range(4):
        recurrences.name_factor(session, declare(session, ana, AUTUMN), "deploy", by=ana, now=AUTUMN)
    last = declare(session, ana, AUTUMN)
    name(session, last, "deploy", ana, AUTUMN)
    [seen] = facts(last, RecurrenceSeen)
    assert ([one.ref for one in seen.earlier], seen.more) == (["INC-5", "INC-4", "INC-3"], 2)
    assert "and 2 earlier ones" in str(seen)


@pytest.mark.parametrize("template", ["standard", "lightweight", "security"])
def test_the_postmortem_says_it_with_the_promises_as_they_stand(session, ana, first, template):
    again = declare(session, ana, AUTUMN)
    name(session, again, "deploy", ana, AUTUMN)
    incidents.resolve(session, again, by=ana, now=AUTUMN)

    told = postmortems.render_markdown(session, again, template)
    assert "Named: deploy.\n" in told
    assert (
        "### It happened before\n\nThe same service and factor, and what was promised then:\n\n"
        "* INC-1 Checkout is down (Checkout, deploy)\n"
        "    * A-1 Refuse deploys without a rehearsal: open, Ben, due 2026-03-20\n"
        "    * A-2 Alert on errors after deploys: open, Ben, due 2026-03-20\n\n## "
    ) in told
    assert "<li>A-1 Refuse" in postmortems.render_html(session, again, template)


@pytest.fixture
def verified(session, ana, ben, cy, first):
    """Ben's; Ana commands."""
    item = actions.get(session, 1)
    actions.done(session, item, "build 7 was refused", by=ben, now=VERIFIED)
    actions.verify(session, item, by=cy, now=VERIFIED)
    return item


def test_the_commander_is_asked_some_days_after_it_was_verified(session, ana, ben, verified):
    assert recurrences.asked_of(session, ana, ASKED - timedelta(hours=1)) == []
    [asked] = recurrences.asked_of(session, ana, ASKED)
    assert asked.item.ref == "A-1"
    assert asked.facts == [
        "Verified on 4 March 2026.",
        "Evidence: build 7 was refused",
        "Since then: no other incident of Checkout.",
    ]
    assert recurrences.asked_of(session, ben, ASKED) == []


def test_the_facts_name_what_came_since_and_what_it_shares(session, ana, verified):
    again = declare(session, ana, later(days=20))
    recurrences.name_factor(session, again, "deploy", by=ana, now=later(days=20))
    declare(session, ana, later(days=21), title="Slow")
    [asked] = recurrences.asked_of(session, ana, ASKED)
    assert asked.facts[-1] == "Since then, of Checkout: INC-2 (also deploy), INC-3."


def test_what_was_judged_is_asked_no_more_but_unclear_is_asked_again(session, ana, verified):
    actions.judge(session, verified, "unclear", by=ana, now=ASKED)
    assert recurrences.asked_of(session, ana, ASKED) == []
    assert recurrences.asked_of(session, ana, ASKED + timedelta(days=30))
    actions.judge(session, verified, "holds", by=ana, now=ASKED)
    assert recurrences.asked_of(session, ana, ASKED + timedelta(days=300)) == []


def test_what_failed_is_open_again_and_once_verified_asked_again(session, ana, ben, cy, verified):
    actions.judge(session, verified, "failed", "deploy 9 went through", by=ana, now=ASKED)
    assert verified.status == "open"
    again = ASKED + timedelta(days=5)
    actions.done(session, verified, "fixed", by=ben, now=again)
    actions.verify(session, verified, by=cy, now=again)
    assert recurrences.asked_of(session, ana, again + timedelta(days=29)) == []
    assert recurrences.asked_of(session, ana, again + timedelta(days=30))


def test_the_teams_manager_is_asked_where_the_commander_owns_it_or_has_left(session, ana, verified):
    mia = people.introduce(session, Introduction("U0MIA", "Mia", "mia@example.com", "UTC"))
    ana.is_active = False
    session.add(ana)
    [asked] = recurrences.asked_of(session, mia, ASKED)
    assert asked.to.id == mia.id
    assert recurrences.asked_of(session, ana, ASKED) == []


def test_the_question_is_owed_for_a_month_until_it_is_answered(session, ana, verified):
    assert list(to_judge(session, ASKED - timedelta(hours=1))) == []
    [asked] = to_judge(session, ASKED)
    assert (asked.key, asked.to, asked.due) == ("effect/1", ana.id, ASKED.date())
    assert "Did it work?" in told(session, 1, ASKED.date()).note
    assert list(to_judge(session, ASKED + timedelta(days=31))) == []

    actions.judge(session, verified, "unclear", by=ana, now=ASKED)
    assert told(session, 1, ASKED.date()) is not None
    actions.judge(session, verified, "holds", by=ana, now=ASKED)
    assert told(session, 1, ASKED.date()) is None
    assert list(to_judge(session, ASKED)) == []
