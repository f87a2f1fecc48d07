"""Customers and their signals on SQLite and on PostgreSQL: what is said to a database is said to both."""

import threading
from datetime import timedelta

from sqlmodel import select

from bot.domain import customers, incidents, people, signals
from bot.domain.customers.reactions import find_customers, merge_customers
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery
from bot.domain.signals import Sample
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from tests.conftest import NOON, carry_all
from tests.domain.conftest import COMPANY, TOP

STEP = timedelta(minutes=20)
CSV = """key,name,owner,contacts,services
acme,Acme,ana@example.com,ops@acme.test,checkout
globex,Globex,,,search
"""


def opened(engine):
    listeners = Listeners()
    listeners.add(find_customers)
    listeners.add(merge_customers)
    info = {"company": COMPANY, "templates": TOP / "templates", "gate": incidents.gate}
    return Courier(engine, listeners, info)


def names(courier, id):
    with courier.reading() as session:
        return [hit.customer.name for hit in customers.affected(session, incidents.get(session, id))]


def test_from_a_file_to_who_was_first(either_engine):
    courier = opened(either_engine)
    with courier.transaction() as session:
        ana = people.of_email(session, "ana@example.com", "Ana")
        customers.load(session, CSV, by=ana, now=NOON)
    for service in ("checkout", "search"):
        with courier.transaction() as session:
            incidents.declare(session, Report("Down", services=(service,)), by=ana, now=NOON)
        carry_all(courier)
    with courier.transaction() as session:
        incidents.merge(session, incidents.get(session, 2), incidents.get(session, 1), by=ana, now=NOON)
    carry_all(courier)
    assert names(courier, 1) == ["Acme", "Globex"]
    with courier.transaction() as session:
        acme = customers.find(session, "acme", as_=ana)
        word = customers.draft(session, incidents.get(session, 1), acme, by=ana, now=NOON)
        customers.approve(session, word, by=ana, now=NOON)
        customers.reported(session, incidents.get(session, 1), acme, at=NOON + STEP, by=ana, now=NOON + STEP)
        found = customers.stories(session, as_=ana, since=NOON - STEP, until=NOON + 2 * STEP)
    assert [one.lead for one in found] == [STEP]
    with courier.transaction() as session:
        incidents.set_services(session, incidents.get(session, 1), ["database"], by=ana, now=NOON)
    carry_all(courier)
    assert names(courier, 1) == ["Acme"]  # they were written to; the other is well


def test_two_who_approve_at_once_send_one_word(either_engine):
    courier = opened(either_engine)
    with courier.transaction() as session:
        ana = people.of_email(session, "ana@example.com", "Ana")
        customers.load(session, CSV, by=ana, now=NOON)
        incident = incidents.declare(session, Report("Down"), by=ana, now=NOON)
        acme = customers.find(session, "acme", as_=ana)
        id = customers.draft(session, incident, acme, by=ana, now=NOON).id
    refused = []

    def approve():
        try:
            with courier.transaction() as session:
                who = people.get(session, ana.id)
                customers.approve(session, customers.word(session, id, as_=who), by=who, now=NOON)
        except Refused as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=approve) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with courier.reading() as session:
        assert session.exec(select(Delivery.address)).all() == ["ops@acme.test"]
    assert len(refused) == 2


def test_a_series_is_learnt_and_a_case_opened_and_ended(either_engine):
    courier, start = opened(either_engine), NOON - timedelta(days=10)
    with courier.transaction() as session:
        ana = people.of_email(session, "ana@example.com", "Ana")
        customers.load(session, CSV, by=ana, now=NOON)
        usual = [Sample("acme", "lag", 40 + n % 3, start + n * STEP) for n in range(720)]
        signals.heard(session, usual, now=NOON)
    for n in range(6):
        at, value = NOON + n * STEP, 840 if n < 2 else 41
        with courier.transaction() as session:
            signals.heard(session, [Sample("acme", "lag", value, at)], now=at)
            signals.look(session, now=at)
    with courier.reading() as session:
        [case] = signals.recent_cases(session, as_=ana)
        assert (case.kind, case.ended_at) == ("spike", NOON + 4 * STEP)
