"""Customers as they are spoken of in Slack: who is affected, what they told us, a word, a quiet case."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.domain import customers, incidents, people, signals
from bot.domain.company import Company, Service
from bot.domain.company.accounts import CustomerRules
from bot.domain.customers import CustomerReport, Entry, PrivateWord
from bot.domain.mailings import Delivery
from bot.domain.people import NotAllowed
from bot.domain.signals import Sample
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.slack.hall import Hall
from tests.slack.talk import Talk

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
COMPANY = Company(
    services=(Service(key="checkout", name="Checkout"),), customers=CustomerRules(channel="general")
)
HERE = "C0INC1"


def add_acme(session, by, owner="ben@example.com"):
    entry = Entry(name="Acme <Corp>", key="acme", owner=owner, contacts=("ops@acme.test",))
    return customers.save(session, entry, by=by, now=NOON)[0]


@pytest.fixture
def talk(engine):
    talk = Talk(engine, templates=TEMPLATES)
    with talk.courier.transaction() as session:
        add_acme(session, people.of_slack(session, "U0ADA"))
        customers.save(session, Entry(name="Globex"), by=people.of_slack(session, "U0ADA"), now=NOON)
    talk.declares(channel=HERE)
    return talk


def rows(talk, table):
    with talk.courier.reading() as session:
        return session.exec(select(table)).all()


@pytest.mark.parametrize(
    ("said", "when", "words"),
    [
        ("Acme called at 11:54", 11 * 60 + 54, ""),
        ("acme called at 11:54: nothing works", 11 * 60 + 54, "nothing works"),
        ("ACME <CORP> wrote", 12 * 60, ""),
        ("reported acme at 11:54: it is slow", 11 * 60 + 54, "it is slow"),
        ("reported acme", 12 * 60, ""),
        ("told acme at 2026-03-02 11:54", 11 * 60 + 54, ""),
    ],
)
def test_that_they_called_is_noted_in_plain_words(talk, said, when, words):
    answer = talk.says(f"customers {said}", in_=HERE)
    assert answer.text.startswith("Noted: Acme &lt;Corp&gt; told us at")
    [row] = rows(talk, CustomerReport)
    assert (row.at.hour * 60 + row.at.minute, row.words, row.incident_id) == (when, words, 1)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("customers Initech called at 11:54", "'Initech' is no customer"),
        ("customers acme called at 13:99", "'13:99' is no time"),
        ("customers acme dances", "Say `/incident customers`"),
        ("customers add nobody", "'nobody' is no customer"),
    ],
)
def test_what_is_not_understood_says_what_would_be(talk, said, wrong):
    with pytest.raises(Refused, match=wrong):
        talk.says(said, in_=HERE)


def test_who_is_affected_is_seen_and_said(talk):
    assert "no customer is known" in talk.says("customers", in_=HERE).text
    assert "counts among those affected" in talk.says("customers add acme", in_=HERE).text
    shown = str(talk.says("customers", in_=HERE).blocks)
    assert "1 customer affected" in shown
    assert "Acme &lt;Corp&gt;" in shown
    assert "is not affected" in talk.says("customers remove acme", in_=HERE).text


def test_a_word_is_drafted_changed_and_sent_with_one_tap_by_the_account_owner(talk):
    drafted = talk.says("customers word acme", in_=HERE)
    assert "waits for Ben Okafor's yes" in drafted.text
    assert "Hello Acme &lt;Corp&gt;," in str(drafted.blocks)
    with pytest.raises(NotAllowed, match="Ben Okafor looks after"):
        talk.clicks("word.approve", "W-1", by="ada")
    view = talk.clicks("word.change", "W-1", by="ben").view
    talk.fills(view, by="ben", text="It is the network.")
    assert "On its way to 1 contact" in talk.clicks("word.approve", "W-1", by="ben").text
    with pytest.raises(Refused, match="sent already"):
        talk.clicks("word.approve", "W-1", by="ben")
    assert [one.address for one in rows(talk, Delivery)] == ["ops@acme.test"]
    assert rows(talk, PrivateWord)[0].text == "It is the network."


def test_own_words_stand_behind_a_colon(talk):
    talk.says("customers word acme: We know, and are on it.", in_=HERE)
    assert rows(talk, PrivateWord)[0].text == "We know, and are on it."
    talk.says("customers word acme", in_=HERE)
    assert talk.clicks("word.discard", "W-1", by="ada").text.endswith("is not said.")


def unusual(session, customer="acme"):
    """Ten days of usual lag, then two samples far out."""
    step, start = timedelta(minutes=20), NOON - timedelta(days=10)
    usual = [Sample(customer, "lag", 40 + n % 3, start + n * step, unit="s") for n in range(720)]
    signals.heard(session, usual, now=NOON)
    signals.heard(
        session, [Sample(customer, "lag", 840, NOON + n * step, unit="s") for n in range(2)], now=NOON + step
    )
    return NOON + 2 * step


def test_a_case_is_looked_at_and_made_an_incident_with_one_click(talk):
    with talk.courier.transaction() as session:
        talk.now = unusual(session)
    shown = str(talk.says("customers", by="ben").blocks)
    for words in ("lag is at 14 min", "█", "Are you running a test?", "Declare an incident"):
        assert words in shown, words
    assert "INC-2> is declared" in talk.clicks("case.declare", "C-1").text
    with pytest.raises(Refused, match="is INC-2 already"):
        talk.clicks("case.accept", "C-1")


def test_who_knows_what_it_is_says_so(talk):
    with talk.courier.transaction() as session:
        talk.now = unusual(session)
    view = talk.clicks("case.dismiss", "C-1").view
    assert "It stays quiet" in talk.fills(view, why="A load test of theirs").text
    assert talk.asks(lambda session: signals.case(session, 1, as_=people.closeout(session))).why


# ---- what Slack is told by itself


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox, COMPANY, templates=TEMPLATES)
    made.meet_everybody()
    return made


def dms(hall, name):
    return [one for one in hall.guest.look("dms", user=name)["messages"] if one.get("bot_id")]


def test_the_account_owner_is_asked_directly_and_once(hall):
    id = hall.declare("Checkout is down")
    with hall.as_("ada") as (session, ada):
        owner = people.of_slack(session, "U0BEN")
        acme = add_acme(session, ada, owner=f"<@{owner.slack_id}>")
        customers.draft(session, incidents.get(session, id), acme, by=ada, now=hall.now)
    hall.carry()
    hall.carry()
    [asked] = dms(hall, "ben")
    assert "waits for your yes" in asked["text"]
    assert "Approve and send" in str(asked["blocks"])
    assert "ops@acme.test" not in str(asked)


def test_a_quiet_case_is_said_in_its_channel_and_to_the_owner_and_nobody_is_paged(hall):
    with hall.as_("ada") as (session, ada):
        owner = people.of_slack(session, "U0BEN")
        add_acme(session, ada, owner=f"<@{owner.slack_id}>")
        unusual(session)
    hall.carry()
    [said] = [one for one in hall.guest.channel("general")["messages"] if one.get("bot_id")]
    [asked] = dms(hall, "ben")
    for each in (said, asked):
        assert "lag is at 14 min" in each["text"]
        assert "Declare an incident" in str(each["blocks"])
    with hall.as_("ada") as (session, _):
        assert session.exec(select(incidents.Incident)).all() == []
