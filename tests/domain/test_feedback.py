"""What customers write is kept, tagged, tied, counted, and answered until each of them has heard."""

import contextlib
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import actions, customers, feedback, incidents, people, postmortems, updates
from bot.domain.feedback import Feedback, Filter, Source, StaysInside, Voice, reactions
from bot.domain.feedback.facts import FeedbackAnswered
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery, Mailing
from bot.domain.mailings.rules import BadAddress
from tests.conftest import NOON, carry_all
from tests.domain.conftest import later


def wrote(session, words="Checkout fails with error 502", **more):
    now = more.pop("now", NOON)
    return feedback.take(session, Voice(words, **more), now=now)


@pytest.fixture
def told(session, an_incident, ana):
    """Customers know of it."""
    updates.publish(session, an_incident, "Paying fails for some.", by=ana, now=NOON)
    return an_incident


@pytest.fixture
def mails(session):
    def queued():
        asked = select(Delivery.address, Mailing.subject, Mailing.plain).join(Mailing).order_by(Delivery.id)
        return [tuple(row) for row in session.exec(asked)]

    return queued


def test_what_is_written_during_an_incident_is_about_it(session, told, facts):
    one = wrote(session, address="Kim@Shop.example")
    assert one.incident_id == told.id
    assert one.address == "kim@shop.example"
    assert [fact.count for fact in facts(told, feedback.CustomersWrote)] == [1]


def test_a_flood_is_a_few_lines(session, told, facts):
    for _ in range(30):
        wrote(session)
    assert [fact.count for fact in facts(told, feedback.CustomersWrote)] == [1, 5, 10, 25]
    assert feedback.count_of(session, told) == 30


def test_the_component_says_which_of_two_incidents_is_meant(session, told, ana):
    incidents.declare(session, Report("Searching is slow", "sev2", services=("search",)), by=ana, now=NOON)
    assert wrote(session, "It fails", component="Paying").incident_id == told.id
    assert wrote(session, "Is anybody there?").incident_id is None
    assert wrote(session, "I cannot pay").incident_id == told.id


def test_two_clicks_answer_once_and_other_words_are_another_answer(session, told, ana, mails, facts):
    one = wrote(session, address="kim@shop.example")
    for second in (0, 1, 30):
        feedback.answer(session, one, "We are on it.", by=ana, now=later(seconds=second))
    assert len(mails()) == len(facts(told, FeedbackAnswered)) == 1
    feedback.answer(session, one, "It is mended.", by=ana, now=later(minutes=5))
    assert len(mails()) == len(facts(told, FeedbackAnswered)) == 2


@pytest.mark.parametrize("kind", ["private", "drill"])
def test_nothing_is_tied_to_what_is_private_or_practice(session, ana, kind):
    hidden = incidents.declare(
        session, Report("Key leaked", "sev1", services=("checkout",), **{kind: True}), by=ana, now=NOON
    )
    one = wrote(session, "A key leaked", component="Paying")
    assert one.incident_id is None
    with pytest.raises(StaysInside):
        feedback.tie(session, one, hidden, by=ana, now=NOON)


def test_long_after_its_end_an_incident_is_not_meant(session, told, ana):
    incidents.resolve(session, told, by=ana, now=NOON)
    assert wrote(session, now=later(hours=47)).incident_id == told.id
    assert wrote(session, now=later(hours=49)).incident_id is None


def test_the_same_delivery_comes_once(session, told):
    assert wrote(session, delivery="m-1").id == wrote(session, delivery="m-1").id
    assert feedback.count_of(session, told) == 1


@pytest.mark.parametrize(
    "address", ["nonsense", "a@b", "x@y.example\r\nBcc: all@shop.example", "two@a.example, three@b.example"]
)
def test_a_hostile_address_is_refused_and_nothing_is_kept(session, address):
    with pytest.raises(BadAddress):
        wrote(session, address=address)
    assert session.exec(select(Feedback)).all() == []


def test_what_is_alike_is_one_cluster(session, ana):
    first = wrote(session)
    assert wrote(session, "I get a 502 error at the checkout").cluster_id == first.cluster_id
    assert wrote(session, "Login mail never arrives").cluster_id != first.cluster_id
    (largest, size), _ = feedback.clusters(session, NOON, as_=ana)
    assert (largest.title, size, largest.size) == ("Checkout fails with error 502", 2, 2)


def test_a_person_may_know_better_which_cluster_it_is(session, ana):
    first, other = wrote(session), wrote(session, "Login mail never arrives")
    there = session.get(feedback.Cluster, first.cluster_id)
    assert feedback.regroup(session, other, there, by=ana, now=NOON)
    assert not feedback.regroup(session, other, there, by=ana, now=NOON)
    assert other.cluster_id == first.cluster_id
    feedback.regroup(session, other, None, by=ana, now=NOON)
    assert other.cluster_id != first.cluster_id
    assert session.get(feedback.Cluster, first.cluster_id).size == 1


def test_rules_tag_and_mark_what_comes(session, ana):
    rule = {"by": ana, "now": NOON}
    feedback.set_rule(session, "Billing", "invoice*, charged twice", high=True, component="Paying", **rule)
    one = wrote(session, "You charged   twice for the same order")
    assert (one.tags, one.high, one.component) == (["billing"], True, "paying")
    assert feedback.page(session, Filter(tag="billing"), as_=ana) == [one]
    assert feedback.drop_rule(session, "billing", by=ana, now=NOON)
    assert wrote(session, "My invoices are wrong").tags == []


def test_a_person_may_tag_it_otherwise(session, ana):
    one = wrote(session)
    assert feedback.tag(session, one, ["Checkout ", "login"], high=True, by=ana, now=NOON)
    assert (one.tags, one.high) == (["checkout", "login"], True)
    assert not feedback.tag(session, one, ["login", "checkout"], high=True, by=ana, now=NOON)


def test_a_customer_of_the_register_told_us(session, told, ana):
    entry = customers.Entry(key="acme", name="Acme", contacts=("kim@acme.example",))
    acme, _ = customers.save(session, entry, by=ana, now=NOON)
    one = wrote(session, address="kim@acme.example")
    assert one.customer_id == acme.id
    assert customers.is_affected(session, told, acme)


def test_the_end_is_explained_once_to_each_who_left_an_address(session, told, ana, mails):
    for name in ("kim", "lee"):
        wrote(session, address=f"{name}@shop.example", name=name.capitalize())
    wrote(session)
    with pytest.raises(feedback.StillRunning):
        feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON)
    incidents.resolve(session, told, by=ana, now=NOON)
    assert feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON) == 2
    assert feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON) == 0
    (address, subject, text), _ = mails()
    assert (address, subject) == ("kim@shop.example", "What happened, and what we did")
    assert "Hello Kim," in text
    assert "> Checkout fails with error 502" in text
    assert "/status/answer/" in text


def test_the_survey_is_answered_once(session, told, ana):
    one = wrote(session, address="kim@shop.example")
    incidents.resolve(session, told, by=ana, now=NOON)
    feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON)
    for wrong in ("", "guessed"):
        with pytest.raises(feedback.NoSurvey):
            feedback.survey(session, wrong, helped="yes", is_fine=True, now=NOON)
    feedback.survey(session, one.token, helped="partly", is_fine=False, words="Still slow", now=NOON)
    assert (one.helped, one.is_fine, one.said_back) == ("partly", False, "Still slow")
    with pytest.raises(feedback.NoSurvey):
        feedback.survey(session, one.token, helped="yes", is_fine=True, now=NOON)


def test_a_survey_does_not_last_for_ever(session, told, ana):
    one = wrote(session, address="kim@shop.example")
    incidents.resolve(session, told, by=ana, now=NOON)
    feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON)
    with pytest.raises(feedback.NoSurvey):
        feedback.of_token(session, one.token, NOON + timedelta(days=61))


def loop(session, incident):
    return next((one for one in incidents.loops(session, incident) if "wrote" in one.name), None)


def test_the_loop_is_open_until_all_have_heard(session, told, ana):
    assert loop(session, told) is None
    one = wrote(session, address="kim@shop.example")
    assert not loop(session, told).done
    feedback.answer(session, one, "We are on it.", by=ana, now=NOON)
    assert loop(session, told).done
    two = wrote(session, address="lee@shop.example")
    assert not loop(session, told).done
    feedback.decide(session, [two], "will not", "It is spam.", by=ana, now=NOON)
    assert loop(session, told).done


def test_a_decision_needs_a_reason(session, told, ana):
    with pytest.raises(feedback.NoReason):
        feedback.decide(session, [wrote(session)], "later", "  ", by=ana, now=NOON)


def test_whoever_wrote_hears_when_it_is_mended_and_verified(courier, mails_of):
    courier.listeners.add_all(reactions)
    with courier.transaction() as session:
        ana, ben = mails_of.people(session)
        incident = incidents.declare(session, Report("Disk full on db-7", "sev2"), by=ana, now=NOON)
        item = actions.create(session, incident, "Alert on db-7", owner=ana, by=ana, now=NOON)
        for name in ("kim", "lee"):
            one = wrote(session, address=f"{name}@shop.example")
            feedback.tie_to_item(session, one, item, by=ana, now=NOON)
        feedback.say_outcome(session, item, "Payments no longer stop when a disk fills.", by=ana, now=NOON)
        actions.done(session, item, "https://ci.example/1", by=ana, now=NOON)
        assert not loop(session, incident)
    carry_all(courier)
    assert mails_of(courier) == []
    with courier.transaction() as session:
        ana, ben = mails_of.people(session)
        actions.verify(session, actions.get(session, 1), by=ben, now=NOON)
    carry_all(courier)
    carry_all(courier)
    sent = mails_of(courier)
    assert [address for address, _ in sent] == ["kim@shop.example", "lee@shop.example"]
    assert "Payments no longer stop" in sent[0][1]
    assert "db-7" not in str(sent)


@pytest.fixture
def mails_of():
    def queued(courier):
        with courier.reading() as session:
            asked = select(Delivery.address, Mailing.plain).join(Mailing).order_by(Delivery.id)
            return [tuple(row) for row in session.exec(asked)]

    queued.people = lambda session: (
        people.of_slack(session, "U0ANA", "Ana"),
        people.of_slack(session, "U0BEN", "Ben"),
    )
    return queued


def test_to_be_forgotten_takes_everything_but_that_somebody_wrote(session, told, ana, mails):
    ana.access = "manager"
    one = wrote(session, "I am Kim of Shop, it fails", address="kim@shop.example", name="Kim")
    feedback.answer(session, one, "We are on it.", by=ana, now=NOON)
    feedback.erase(session, one, by=ana, now=NOON)
    assert (one.name, one.address, one.words) == ("", "", "(erased)")
    assert feedback.count_of(session, told) == 1
    assert "kim" not in str([row[0] for row in mails()])
    assert feedback.queries.quotes(session, told) == []
    kept = [*session.exec(select(feedback.Cluster)), *session.exec(select(Mailing))]
    assert "kim" not in str([row.model_dump() for row in kept]).lower()


@pytest.mark.parametrize(("access", "is_guest"), [("viewer", False), ("responder", True)])
def test_who_only_looks_or_is_a_guest_explains_nothing(session, told, ana, mails, access, is_guest):
    session.info["gate"] = incidents.gate
    wrote(session, address="kim@shop.example")
    incidents.resolve(session, told, by=ana, now=NOON)
    somebody = people.Person(name="Vic", access=access, is_guest=is_guest)
    session.add(somebody)
    session.flush()
    with session.begin_nested(), pytest.raises((people.NotAllowed, incidents.NoSuchIncident)):
        feedback.explain(session, told, "It is over.", by=somebody, now=NOON)
    assert mails() == []


def test_who_wrote_often_gets_one_mail(session, told, ana, mails):
    for words in ("Checkout fails with error 502", "It still fails", "Is anybody there?"):
        wrote(session, words, component="Paying", address="kim@shop.example")
    incidents.resolve(session, told, by=ana, now=NOON)
    assert feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON) == 1
    [(_, _, text)] = mails()
    assert "> Is anybody there?" in text
    assert loop(session, told).done


@pytest.mark.parametrize(("practice", "sent"), [(False, 0), (True, 1)])
def test_of_what_is_made_up_nothing_leaves_but_in_practice(session, told, ana, mails, practice, sent):
    told.sample, session.info["practice"] = True, True
    wrote(session, address="kim@shop.example")
    incidents.resolve(session, told, by=ana, now=NOON)
    session.info["practice"] = practice
    with contextlib.suppress(StaysInside):
        feedback.explain(session, told, "A deploy broke it.", by=ana, now=NOON)
    assert len(mails()) == sent


def test_where_it_came_from_is_forgotten_after_a_day(session):
    one = wrote(session, client="hashed")
    feedback.forget_clients(session, later(hours=-1))
    assert feedback.recent(session, "hashed", NOON) == 1
    feedback.forget_clients(session, later(hours=1))
    session.refresh(one)
    assert one.client == ""


def test_the_postmortem_quotes_one_voice_of_each_cluster(session, told):
    for words in ("Checkout fails with error 502", "Login mail never arrives", "I get a 502 at the checkout"):
        wrote(session, words, component="Paying", address="kim@shop.example", name="Kim")
    quoted = feedback.queries.quotes(session, told)
    assert quoted == [("Checkout fails with error 502", 2), ("Login mail never arrives", 1)]


def test_what_belongs_to_a_hidden_incident_is_not_there(session, told, ana, cy):
    one = wrote(session)
    assert feedback.find(session, "F-1", as_=cy) == one
    told.private = True
    session.flush()
    for ref in ("F-1", "F-99", "nonsense", "99999999999999999999"):
        with pytest.raises(feedback.NoSuchFeedback):
            feedback.find(session, ref, as_=cy)
    assert feedback.page(session, Filter(), as_=cy) == []
    assert feedback.count(session, Filter(), as_=cy) == 0


def test_no_fact_names_whoever_wrote(session, told, ana, facts):
    one = wrote(session, "Kim here: it fails", name="Kim", address="kim@shop.example", source=Source.MAIL)
    feedback.answer(session, one, "We are on it.", by=ana, now=NOON)
    assert "kim" not in str([fact.model_dump() for fact in facts(told)]).lower()


def test_the_postmortem_says_how_many_wrote_and_what(session, told, ana):
    wrote(session, "It fails.\n\n# No *heading* <script>alert(1)</script> | here", address="kim@shop.example")
    wrote(session, "Login mail never arrives", component="Paying", name="Kim")
    incidents.resolve(session, told, by=ana, now=NOON)
    written = postmortems.render_markdown(session, told)
    section = written.partition("## What customers wrote")[2].partition("\n## ")[0]
    assert "2 customers wrote." in section
    assert "\n#" not in section
    assert " <script>" not in section  # only with a backslash before it
    assert "kim" not in section.lower()
