"""The monthly pack: what was said, what came of it, what waits and what grew old."""

from datetime import UTC, date, datetime, timedelta

import pytest
from markdown_it import MarkdownIt
from sqlmodel import select

from bot.domain import actions, feedback, incidents
from bot.domain.company.parts import FeedbackRules
from bot.domain.feedback import Voice, pack
from bot.domain.mailings import Delivery, Mailing
from tests.conftest import NOON
from tests.domain.conftest import later

MARCH = date(2026, 3, 1)
APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


def wrote(session, words, at=NOON, **more):
    return feedback.take(session, Voice(words, **more), now=at)


@pytest.fixture
def month(session, an_incident, ana):
    wrote(session, "Checkout fails with error 502", NOON - timedelta(days=10))
    first = wrote(session, "Checkout fails with error 502", component="Paying", address="kim@shop.example")
    wrote(session, "I get a 502 error at the checkout", component="Paying")
    other = wrote(session, "Login mail never arrives", later(days=3))
    item = actions.create(session, an_incident, "Alert on 502", by=ana, now=NOON)
    feedback.tie_to_item(session, first, item, by=ana, now=NOON)
    feedback.answer(session, first, "We are on it.", by=ana, now=NOON)
    feedback.tag(session, other, ["login"], high=True, by=ana, now=NOON)
    return ana


def test_it_counts_what_was_said_and_what_became_of_it(session, month):
    found = pack.pack(session, MARCH, as_=month, now=APRIL)
    assert found.headline == "3 customers wrote; 1 the month before. 1 of them heard from us, 2 wait."
    largest = found.groups[0]
    assert (largest.count, largest.before, largest.waits) == (2, 1, 1)
    assert [one.ref for one in largest.incidents] == ["INC-1"]
    assert [one.ref for one in largest.items] == ["A-1"]
    assert [one.words for one in found.high] == ["Login mail never arrives"]


def test_what_grew_old_waits_for_a_decision(session, month, ana):
    then = APRIL + timedelta(days=90)
    old = pack.pack(session, date(2026, 6, 1), as_=month, now=then).aged_out
    assert len(old) == 3
    feedback.decide(session, old[:1], "will not", "Nobody else asks for it.", by=ana, now=then)
    assert len(pack.pack(session, date(2026, 6, 1), as_=month, now=then).aged_out) == 2
    assert len(pack.pack(session, date(2026, 7, 1), as_=month, now=then).decided) == 1


def test_as_a_document_it_reads_as_it_did(session, month, golden):
    golden("feedback-pack.md", pack.markdown(session, pack.pack(session, MARCH, as_=month, now=APRIL)))


def test_an_empty_month_says_so(session, ana):
    found = pack.pack(session, MARCH, as_=ana, now=APRIL)
    assert found.headline == "Nobody wrote this month."
    assert "Nothing was marked as high." in pack.markdown(session, found)


def test_nobody_reads_what_is_hidden_from_them(session, month, an_incident, cy):
    an_incident.private = True
    session.flush()
    found = pack.pack(session, MARCH, as_=cy, now=APRIL)
    assert found.count == 1
    assert "502" not in pack.markdown(session, found)
    assert incidents.visible(session, an_incident, month)


def test_what_customers_wrote_means_nothing_in_the_document(session, ana):
    wrote(session, "![x](https://evil.example/1.png) <img src=x> | [click](javascript:alert) *now*")
    found = pack.pack(session, MARCH, as_=ana, now=APRIL)
    written = MarkdownIt("commonmark", {"html": True}).enable("table").render(pack.markdown(session, found))
    for alive in ("<img", 'evil.example/1.png"', 'href="javascript', "<em>now"):
        assert alive not in written


@pytest.fixture
def posted(session):
    """The company names two readers; what was queued for them."""
    company = session.info["company"]
    rules = FeedbackRules(pack_to=("product@us.example", "support@us.example"))
    session.info["company"] = company.model_copy(update={"feedback": rules})
    asked = select(Delivery.address, Mailing).join(Mailing).where(Mailing.kind == "pack")
    yield lambda: session.exec(asked.order_by(Delivery.id)).all()
    session.info["company"] = company


def test_it_goes_out_as_mail_once_for_each_month(session, month, posted):
    slot = datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert feedback.monthly.send(session, slot, now=slot) == 2
    assert feedback.monthly.send(session, slot, now=slot + timedelta(minutes=1)) == 0  # another replica
    (first, mail), (second, _) = posted()
    assert (first, second, mail.key) == ("product@us.example", "support@us.example", "pack/2026-03")
    assert mail.subject == "What customers said in March 2026"
    assert "3 customers wrote" in mail.plain
    assert "<h1>What customers said in March 2026</h1>" in mail.html
    assert "<table>" in mail.html


def test_the_mail_holds_nothing_that_is_hidden_and_nothing_alive(session, month, an_incident, posted):
    wrote(session, "<img src=x> <b>now</b>")
    an_incident.private = True
    session.flush()
    assert feedback.monthly.send(session, APRIL, now=APRIL) == 2
    mail = posted()[0][1]
    assert "502" not in mail.plain + mail.html
    assert "<img" not in mail.html
    assert "<b>now" not in mail.html


def test_no_mail_without_readers_without_words_or_long_after(session, ana, month, posted):
    assert feedback.monthly.send(session, APRIL, now=APRIL + timedelta(days=8)) == 0
    quiet = datetime(2025, 2, 1, 9, tzinfo=UTC)
    assert feedback.monthly.send(session, quiet, now=quiet) == 0
    session.info["company"] = session.info["company"].model_copy(update={"feedback": FeedbackRules()})
    assert feedback.monthly.send(session, APRIL, now=APRIL) == 0


@pytest.mark.parametrize("text", ["2026-13", "march", "10-2026", "0001-01", "9999-12"])
def test_a_wrong_month_is_refused(text):
    with pytest.raises(pack.BadMonth):
        pack.month_of(text, NOON, "UTC")


def test_without_a_month_it_is_the_last_whole_one():
    assert pack.month_of("", NOON, "UTC") == date(2026, 2, 1)
    assert pack.month_of("", datetime(2026, 3, 31, 23, tzinfo=UTC), "Asia/Tokyo") == MARCH
