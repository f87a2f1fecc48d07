"""What can be said about planned work."""

import pytest

from bot.domain import maintenance
from bot.domain.company import Company, Service
from bot.lib.errors import Refused
from tests.slack.talk import Talk

COMPANY = Company(services=(Service(key="checkout", name="Checkout", component="Paying"),))


@pytest.fixture
def talk(engine):
    return Talk(engine, COMPANY)


def planned(talk, by="ben", **more):
    given = {"title": "Database upgrade", "starts": "22:00", "ends": "2h", "components": ("paying",)}
    return talk.fills(talk.says("maintenance new", by=by).view, by=by, **given | more)


def test_it_is_planned_by_a_form_in_the_zone_of_whoever_fills_it(talk):
    assert "*M-1* Database upgrade is planned" in planned(talk).text  # Lagos is an hour ahead of UTC
    made = talk.asks(maintenance.find, "M-1")
    assert (made.starts_at.hour, made.ends_at.hour, made.components) == (21, 23, ["paying"])


def test_it_is_begun_extended_and_completed_by_word_and_by_button(talk):
    planned(talk)
    shown = talk.says("maintenance")
    assert "Database upgrade" in str(shown.blocks)
    assert "is under way" in talk.clicks("maintenance.begin/1", "M-1").text
    assert "Customers are told" in talk.says("maintenance M-1 extend 30m It takes longer").text
    assert "Customers are told" in talk.says('maintenance m1 tell "Half of it is done"').text
    assert "is completed" in talk.clicks("maintenance.complete/1", "M-1").text
    told = talk.asks(maintenance.words_of, [talk.asks(maintenance.find, "1")])[1]
    assert [word.message for word in told][:3] == [
        "The maintenance is completed.",
        "Half of it is done",
        "It takes longer",
    ]


@pytest.mark.parametrize(
    ("field", "typed"), [("starts", "yesterday"), ("starts", "2026-01-01 10:00"), ("ends", "x")]
)
def test_a_time_that_makes_no_sense_is_said_beside_it(talk, field, typed):
    with pytest.raises(Refused) as refused:
        planned(talk, **{field: typed})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("maintenance M-9 begin", "There is no maintenance 'M-9'"),
        ("maintenance M-1 dance", "Choose one of: begin, extend, move, tell, complete, cancel"),
        ("maintenance M-1 complete", "M-1 is planned already"),
        ("maintenance M-1 tell", "message is empty"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(talk, said, answer):
    planned(talk)
    with pytest.raises(Refused, match=answer):
        talk.says(said)
