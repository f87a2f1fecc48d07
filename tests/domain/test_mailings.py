"""What leaves the house for people outside is queued once for each of them, and once for each key."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.domain import mailings
from bot.domain.mailings import BadAddress, Delivery, Parcel, Recipient
from bot.domain.mailings.verbs import COLUMNS
from bot.integrations.mail.writing import written
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.conftest import NOON


def queue(session, *addresses, key="word/1", **more):
    to = [Recipient(address, token="t") for address in addresses]
    text = {"subject": "Checkout is slow", "plain": "It is.", "html": "<p>It is.</p>"}
    return mailings.queue(session, key=key, kind="word", to=to, now=NOON, **text, **more)


def waiting(session):
    return [each.address for each in session.exec(select(Delivery).order_by(Delivery.id))]


def test_a_key_is_queued_once(session):
    assert queue(session, "ada@example.com", "ben@example.com") == 2
    assert queue(session, "ada@example.com", "eve@example.com") == 0
    assert waiting(session) == ["ada@example.com", "ben@example.com"]


def test_two_spellings_of_an_address_are_one_recipient(session):
    assert queue(session, "Ada@Example.com", "ada@example.COM ") == 1
    assert waiting(session) == ["ada@example.com"]


def test_what_is_not_to_go_before_some_time_waits_for_it(session):
    later = NOON + timedelta(hours=1)
    queue(session, "ada@example.com", not_before=later)
    assert session.exec(select(Delivery.next_at)).one() == later


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "ada@localhost",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        '"ada b"@example.com',
        "Ada <ada@example.com>",
        "ada..b@example.com",
        "ada@exa mple.com",
        "ada@-example.com",
        f"{'a' * 65}@example.com",
        f"ada@{'a' * 64}.com",
        f"ada@{'.'.join(['a' * 60] * 5)}.com",
        "ädä@example.com",
        "ada@example.com\0",
    ],
)
def test_a_hostile_address_is_refused_and_nothing_is_queued(session, address):
    with pytest.raises(BadAddress, match="Write one like"):
        queue(session, "ada@example.com", address)
    assert waiting(session) == []


def test_a_domain_in_any_script_is_an_address(session):
    queue(session, "ada@bücher.example")
    assert waiting(session) == ["ada@xn--bcher-kva.example"]


@pytest.fixture
def either(either_engine):
    with Courier(either_engine, Listeners()).transaction() as session:
        yield session


def test_a_delivery_is_begun_once_on_both_databases(either):
    queue(either, "ada@example.com")
    [parcel] = mailings.batch(either, mailings.MAIL, NOON, 8)
    assert [mailings.begin(either, parcel.id, by=life) for life in ("mine", "another's")] == [True, False]
    mailings.sent(either, parcel.id, by="another's", now=NOON)
    assert mailings.take_up(either, mailings.MAIL, now=NOON) == (0, 1)
    mailings.sent(either, parcel.id, by="mine", now=NOON)
    assert either.exec(select(Delivery.status)).one() == "sent"


def test_a_query_chooses_many_at_once_on_both_databases(either):
    people = [("mail", f"r{n}", f"n{n}@example.com", "", "t") for n in range(3)]
    rows = [
        sa.select(*(sa.literal(value).label(name) for name, value in zip(COLUMNS, each, strict=True)))
        for each in people
    ]
    text = {"subject": "s", "plain": "p", "html": "h"}
    mailing = mailings.write(either, key="k", kind="update", now=NOON, leave="/leave", **text)
    assert mailings.queue_for(either, mailing, sa.union_all(*rows), now=NOON) == 3
    assert mailings.write(either, key="k", kind="update", now=NOON, **text) is None
    assert [one.counts for one in mailings.recent(either)] == [{"queued": 3}]
    assert mailings.waiting(either) == {"mail": 3}


@pytest.mark.parametrize("letter", ["a", "ü", "東", "😀"])
def test_a_subject_that_names_everything_still_fits_into_a_header(session, letter):
    """Thirty components are down, and the headline names them all: nobody would get the mail."""
    queue(session, "ada@example.com")
    write = {"kind": "word", "plain": "It is.", "html": "<p>It is.</p>", "now": NOON}
    mailing = mailings.write(session, key="longer", subject=f"{letter * 20}, " * 60, **write)
    delivery = session.exec(select(Delivery)).one()
    assert written(Parcel(delivery, mailing), "ops@example.com", "https://here.example", "here.example")
