"""Who is affected, what is said to one customer alone, and who told whom first."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import customers, incidents, people, updates
from bot.domain.customers import Entry, Wording, WordState
from bot.domain.customers.facts import CustomerReported, CustomerSaved, CustomersImported, WordSent
from bot.domain.customers.reactions import find_customers, mail_owner, merge_customers
from bot.domain.customers.reminders import word_waits
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery, Mailing
from bot.domain.people import Access, NotAllowed
from bot.lib.errors import Refused
from bot.lib.facts import Event
from tests.conftest import NOON, carry_all
from tests.domain.conftest import later

CSV = """key,name,tier,owner,contacts,services,note
acme,Acme Corp,enterprise,dora@example.com,Ada <ada@acme.test>; ops@acme.test,checkout;search,
globex,Globex,,,it@globex.test,search,"pays late, mostly"
"""


@pytest.fixture
def courier(guarded):
    return guarded


@pytest.fixture
def mina(session):
    """A manager."""
    person = people.of_email(session, "mina@example.com", "Mina")
    person.access = Access.MANAGER
    session.add(person)
    return person


@pytest.fixture
def acme(session, ana, dora):
    entry = Entry(
        name="Acme Corp",
        key="acme",
        tier="enterprise",
        owner="dora@example.com",
        contacts=("Ada <ada@acme.test>", "OPS@acme.test"),
        services=("checkout",),
    )
    return customers.save(session, entry, by=ana, now=NOON)[0]


@pytest.fixture
def globex(session, ana):
    return customers.save(session, Entry(name="Globex", services=("search",)), by=ana, now=NOON)[0]


@pytest.fixture
def affected(session):
    def names(incident):
        return [hit.customer.name for hit in customers.affected(session, incident)]

    return names


@pytest.fixture
def draft(session, an_incident, acme, ana):
    return customers.draft(session, an_incident, acme, by=ana, now=NOON)


def deliveries(session):
    return session.exec(select(Delivery).order_by(Delivery.address)).all()


def figures(session, who, **more):
    found = customers.stories(
        session, as_=who, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1), **more
    )
    return customers.figures(found)


# ---- the register


def test_a_customer_is_found_by_key_by_name_and_by_how_the_name_begins(session, ana, acme, globex):
    for text in ("acme", "Acme Corp", "acme c", "ACME"):
        assert customers.find(session, text, as_=ana).id == acme.id
    with pytest.raises(customers.NoSuchCustomer, match="'Initech' is no customer that I know"):
        customers.find(session, "Initech", as_=ana)


def test_a_file_is_taken_over_and_a_second_time_changes_nothing(session, ana, facts):
    first = customers.load(session, CSV, by=ana, now=NOON)
    assert (first.added, first.changed, first.same) == (2, 0, 0)
    again = customers.load(session, CSV, by=ana, now=NOON)
    assert (again.added, again.changed, again.same) == (0, 0, 2)
    acme = customers.find(session, "acme", as_=ana)
    assert customers.owner(session, acme).email == "dora@example.com"
    assert [one.address for one in customers.contacts(session, acme)] == ["ada@acme.test", "ops@acme.test"]
    assert customers.services(session, acme) == ("checkout", "search")
    told = session.exec(select(Event).where(Event.kind == CustomersImported.__name__)).all()
    assert len(told) == 1


def test_a_column_that_is_not_there_leaves_what_is_known(session, ana, acme):
    customers.load(session, "key,tier\nacme,business\n", by=ana, now=NOON)
    assert (acme.tier, acme.name) == ("business", "Acme Corp")
    assert len(customers.contacts(session, acme)) == 2


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("key,name,colour\na,A,red\n", "'colour' is no column"),
        ("key,name,services\nacme,Acme,teleport\n", "Line 2: 'teleport' is no service"),
        ("key,name,contacts\nacme,Acme,not an address\n", "Line 2: .*is no mail address"),
        ("key,name\nacme,Acme\nacme,Acme\n", "Line 3: acme stands there twice"),
        ("key,name\nacme,Acme,more\n", "Line 2 has too many columns"),
        ('key,name\nacme,"Acme\n', "cannot be read"),
        ("key,name\n", "no customer in it"),
    ],
)
def test_a_file_with_a_mistake_changes_nothing_and_names_the_line(session, ana, text, wrong):
    with pytest.raises(Refused, match=wrong):
        customers.load(session, text, by=ana, now=NOON)


@pytest.mark.parametrize(
    "contact",
    ["ada@acme.test\r\nBcc: all@acme.test", "ada@localhost", '"<script>"@acme.test', "@acme.test", "a b@c.d"],
)
def test_a_hostile_contact_is_refused(session, ana, contact):
    with pytest.raises(Refused, match=r"contact|address"):
        customers.save(session, Entry(name="Acme", contacts=(contact,)), by=ana, now=NOON)


def test_no_address_stands_in_a_fact(session, acme, ana, dora, draft):
    customers.approve(session, draft, by=dora, now=NOON)
    assert not [row for row in session.exec(select(Event)) if "acme.test" in str(row.data)]
    [saved] = [row.fact for row in session.exec(select(Event).where(Event.kind == CustomerSaved.__name__))]
    assert str(saved) == "added the customer Acme Corp (acme)"


def test_a_viewer_looks_and_sees_no_contacts_and_a_guest_sees_nothing(session, acme, ben, cy):
    ben.access, cy.is_guest = Access.VIEWER, True
    assert customers.find(session, "acme", as_=ben).id == acme.id
    assert not customers.sees_contacts(ben)
    with pytest.raises(NotAllowed, match="a responder"):
        customers.save(session, Entry(name="Mine"), by=ben, now=NOON)
    for asks in (lambda: customers.find(session, "acme", as_=cy), lambda: customers.page(session, as_=cy)):
        with pytest.raises(NotAllowed, match="not for guests"):
            asks()


def test_who_is_removed_is_forgotten_and_their_history_stays(session, an_incident, acme, draft, ana, mina):
    with pytest.raises(NotAllowed, match="a manager"):
        customers.remove(session, acme, by=ana, now=NOON)
    customers.remove(session, acme, by=mina, now=NOON)
    assert (customers.contacts(session, acme), customers.services(session, acme)) == ([], ())
    session.refresh(draft)
    assert draft.state == WordState.DISCARDED
    with pytest.raises(customers.NoSuchCustomer):
        customers.find(session, "acme", as_=ana)
    assert [hit.customer.name for hit in customers.affected(session, an_incident)] == ["Acme Corp"]


# ---- who is affected


@pytest.fixture
def carried(courier, listeners):
    """Reactions run once the transaction has ended."""
    listeners.add(find_customers)
    listeners.add(merge_customers)

    def run(verb):
        with courier.transaction() as session:
            made = verb(session)
        carry_all(courier)
        return made

    return run


@pytest.fixture
def two(carried):
    def add(session):
        ana = people.of_slack(session, "U0ANA", "Ana")
        for name, service in (("Acme Corp", "checkout"), ("Globex", "search")):
            customers.save(session, Entry(name=name, services=(service,)), by=ana, now=NOON)
        return ana

    return carried(add)


def names_in(courier, incident):
    with courier.reading() as session:
        return [hit.customer.name for hit in customers.affected(session, incident)]


def test_who_uses_what_fails_is_affected_and_follows_the_services(courier, carried, two):
    declare = lambda session: incidents.declare(  # noqa: E731
        session, Report("Down", services=("checkout",)), by=two, now=NOON
    )
    incident = carried(declare)
    assert names_in(courier, incident) == ["Acme Corp"]

    def mend(session):
        incidents.set_services(session, incidents.get(session, 1), ["search"], by=two, now=NOON)

    carried(mend)
    assert names_in(courier, incident) == ["Globex"]
    with courier.reading() as session:
        said = [entry.text for entry in incidents.timeline(session, incidents.get(session, 1))]
    assert said[1:] == [
        "counted who uses what fails: 1 customer: Acme Corp",
        "set the services to search",
        "counted who uses what fails: 1 customer: Globex",
    ]


def test_who_begins_to_use_what_is_down_is_affected_at_once(courier, carried, two):
    declare = lambda session: incidents.declare(  # noqa: E731
        session, Report("Down", services=("checkout",)), by=two, now=NOON
    )
    incident = carried(declare)
    new = Entry(name="Initech", services=("checkout",))
    carried(lambda session: customers.save(session, new, by=two, now=NOON))
    assert names_in(courier, incident) == ["Acme Corp", "Initech"]


def test_who_was_taken_out_by_hand_stays_out(courier, carried, two):
    incident = carried(
        lambda session: incidents.declare(session, Report("Down", services=("checkout",)), by=two, now=NOON)
    )

    def spare(session):
        acme = customers.find(session, "acme corp", as_=two)
        return customers.set_affected(session, incidents.get(session, 1), acme, False, by=two, now=NOON)

    assert carried(spare)
    assert not carried(spare)
    carried(
        lambda session: incidents.set_services(
            session, incidents.get(session, 1), ["checkout", "search"], by=two, now=NOON
        )
    )
    assert names_in(courier, incident) == ["Globex"]


def test_who_was_affected_by_what_was_merged_is_affected_where_the_work_goes_on(courier, carried, two):
    for service in ("checkout", "search"):
        carried(
            lambda session, service=service: incidents.declare(
                session, Report("Down", services=(service,)), by=two, now=NOON
            )
        )

    def merge(session):
        one, other = incidents.get(session, 2), incidents.get(session, 1)
        incidents.merge(session, one, other, by=two, now=NOON)
        return other

    into = carried(merge)
    assert names_in(courier, into) == ["Acme Corp", "Globex"]


# ---- a private word


def test_a_word_is_drafted_from_the_latest_update_and_the_name(session, an_incident, acme, ana):
    updates.publish(session, an_incident, "Payments fail for some. We are on it.", by=ana, now=NOON)
    word = customers.draft(session, an_incident, acme, by=ana, now=NOON)
    assert word.text.startswith("Hello Acme Corp,\n\nPayments fail for some. We are on it.")
    assert word.text.endswith("Dora")
    again = customers.draft(session, an_incident, acme, Wording("Shorter"), by=ana, now=NOON)
    assert (again.id, again.text) == (word.id, "Shorter")


def test_only_the_account_owner_or_a_manager_sends_it_and_only_once(session, draft, ana, ben, dora, mina):
    with pytest.raises(NotAllowed, match="Dora looks after Acme Corp, and sends this"):
        customers.approve(session, draft, by=ana, now=NOON)
    assert deliveries(session) == []
    customers.approve(session, draft, by=dora, now=later(minutes=2))
    assert [(one.address, one.name) for one in deliveries(session)] == [
        ("ada@acme.test", "Ada"),
        ("ops@acme.test", ""),
    ]
    with pytest.raises(customers.Decided, match="sent already"):
        customers.approve(session, draft, by=mina, now=NOON)
    with pytest.raises(customers.Decided):
        customers.discard(session, draft, by=ben, now=NOON)
    assert len(deliveries(session)) == 2


def test_an_account_owner_without_slack_is_asked_by_mail(courier, carried, listeners, two):
    listeners.add(mail_owner)

    def draft(session):
        acme = customers.save(session, Entry(name="Acme Corp", owner="dora@example.com"), by=two, now=NOON)[0]
        incident = incidents.declare(session, Report("Down"), by=two, now=NOON)
        customers.draft(session, incident, acme, Wording("We know."), by=two, now=NOON)

    carried(draft)
    with courier.reading() as session:
        assert session.exec(select(Delivery.address)).all() == ["dora@example.com"]
        mailing = session.exec(select(Mailing)).one()
    assert mailing.subject == "INC-1: a word to Acme Corp waits for your yes"
    assert "/words/1" in mailing.plain


def test_the_timeline_knows_what_was_said_and_to_how_many(session, an_incident, draft, dora, facts):
    customers.change(session, draft, Wording("It is the network."), by=dora, now=NOON)
    customers.approve(session, draft, by=dora, now=NOON)
    [sent] = facts(an_incident, WordSent)
    assert str(sent) == "approved the private word to Acme Corp (2 contacts): It is the network."
    mailing = session.exec(select(Mailing)).one()
    assert mailing.plain == ("It is the network.\n\nDora looks after your account: dora@example.com\n")
    assert mailing.subject == "Trouble with Paying"


def test_what_a_customer_reads_is_escaped(session, draft, dora):
    customers.change(session, draft, Wording("a < b\n\n<script>"), by=dora, now=NOON)
    customers.approve(session, draft, by=dora, now=NOON)
    html = session.exec(select(Mailing)).one().html
    assert "<p>a &lt; b</p>" in html
    assert "<script>" not in html


def test_without_a_contact_nothing_is_sent(session, an_incident, globex, ana, mina):
    word = customers.draft(session, an_incident, globex, by=ana, now=NOON)
    with pytest.raises(customers.NobodyToWriteTo, match="Globex has no contact yet"):
        customers.approve(session, word, by=mina, now=NOON)
    assert word.is_open


def test_nothing_of_what_is_private_or_practice_leaves_the_house(session, acme, ana, dora):
    secret = incidents.declare(session, Report("Leak", private=True), by=ana, now=NOON)
    with pytest.raises(customers.StaysInside, match="INC-1 is private"):
        customers.draft(session, secret, acme, by=ana, now=NOON)
    for report in (Report("Play", drill=True), Report("Made up", sample=True)):
        played = incidents.declare(session, report, by=ana, now=NOON)
        word = customers.draft(session, played, acme, by=ana, now=NOON)
        customers.approve(session, word, by=dora, now=NOON)
        assert (word.state, word.sent_to) == (WordState.SENT, 0)
    assert deliveries(session) == []


def test_a_word_about_what_one_may_not_see_is_not_there(session, acme, ana, dora, cy):
    quiet = incidents.declare(session, Report("Quiet"), by=ana, now=NOON)
    word = customers.draft(session, quiet, acme, by=ana, now=NOON)
    quiet.private = True
    session.add(quiet)
    session.flush()
    assert customers.waiting(session, as_=cy) == []
    with pytest.raises(customers.NoSuchWord):
        customers.word(session, word.id, as_=cy)


def test_a_word_that_waits_is_said_once_to_the_owner_and_once_in_the_channel(
    session, an_incident, draft, dora, nudged
):
    assert nudged(word_waits, later(minutes=14)) == []
    said = nudged(word_waits, later(minutes=15))
    assert {fact.to for fact in said} == {None, dora.id}
    assert "waits for Dora's yes, since 12:00 UTC" in said[0].text
    assert nudged(word_waits, later(hours=2)) == []


# ---- who told whom first


def test_that_a_customer_told_us_is_on_the_timeline_and_counts_them_in(
    session, an_incident, globex, ana, affected, facts
):
    customers.reported(
        session, an_incident, globex, at=NOON - timedelta(minutes=4), by=ana, now=NOON, words="Nothing works"
    )
    assert affected(an_incident) == ["Globex"]
    [told] = facts(an_incident, CustomerReported)
    assert str(told) == "noted that Globex told us at 2026-03-02 11:56 UTC. Nothing works"
    with pytest.raises(Refused, match="cannot lie in the future"):
        customers.reported(session, an_incident, globex, at=later(minutes=1), by=ana, now=NOON)


def test_both_ways_are_measured(session, an_incident, acme, globex, ana, dora):
    quiet = customers.save(session, Entry(name="Initech"), by=ana, now=NOON)[0]
    for one in (acme, globex, quiet):
        customers.set_affected(session, an_incident, one, True, by=ana, now=NOON)
    customers.reported(session, an_incident, globex, at=later(minutes=2), by=ana, now=later(minutes=3))
    updates.publish(session, an_incident, "We know.", by=ana, now=later(minutes=5))
    customers.reported(session, an_incident, acme, at=later(minutes=17), by=ana, now=later(minutes=18))
    found = figures(session, ana)
    assert (found.first, found.spared, found.second, found.silent) == (1, 1, 1, 0)
    assert (found.ahead, found.behind) == (timedelta(minutes=12), timedelta(minutes=3))
    assert (found.told_first, found.asked, found.all) == (2, 2, 3)


def test_a_private_word_before_the_update_is_what_counts(session, an_incident, acme, ana, dora, draft):
    customers.approve(session, draft, by=dora, now=later(minutes=1))
    updates.publish(session, an_incident, "We know.", by=ana, now=later(minutes=5))
    customers.reported(session, an_incident, acme, at=later(minutes=9), by=ana, now=later(minutes=9))
    assert figures(session, ana).ahead == timedelta(minutes=8)


def test_drills_and_what_one_may_not_see_are_not_counted(session, acme, ana, cy):
    for report in (Report("Play", drill=True), Report("Secret", private=True)):
        incident = incidents.declare(session, report, by=ana, now=NOON)
        customers.reported(session, incident, acme, at=NOON, by=ana, now=NOON)
    assert figures(session, ana).silent == 1
    assert figures(session, cy).all == 0


def test_nothing_told_and_nothing_asked_is_no_story(session, an_incident, acme, ana):
    customers.set_affected(session, an_incident, acme, True, by=ana, now=NOON)
    assert figures(session, ana).all == 0
