import pytest
import sqlalchemy as sa

from bot.lib.cleaning import clean, clean_all, keepable
from bot.lib.facts import Event, Fact, record
from tests.conftest import NOON

HOSTILE = "a\0b\x1b[31m\ud800\u202ec\r\nd\te"


class Spoken(Fact):
    words: dict[str, list[str]]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (HOSTILE, "ab[31m\ufffdc\nd\te"),
        ("Über 🔥 שלום\u200f, 中文", "Über 🔥 שלום\u200f, 中文"),
        ("one\rtwo\r\nthree", "one\ntwo\nthree"),
        ("\x9b2J\x7f", "2J"),
    ],
)
def test_what_no_screen_should_obey_is_taken_out(sent, kept):
    assert clean(sent) == kept
    assert clean_all({"a": [sent, 1, None]}) == {"a": [kept, 1, None]}


@pytest.mark.parametrize("text", ["plain", "a\nb\x1b", "ü\u202e"])
def test_a_database_keeps_all_else_as_it_is(text):
    assert keepable(text) == text
    assert keepable(f"\0{text}\udfff") == f"{text}\ufffd"


def test_a_fact_says_nothing_that_could_break_whoever_tells_it(session):
    event = record(session, Spoken(incident_id=1, by=1, words={"x": [HOSTILE]}), at=NOON)
    assert session.get(Event, event.id).data["words"] == {"x": ["ab[31m\ufffdc\nd\te"]}


def test_what_is_stored_or_looked_up_breaks_neither_database(either_engine):
    with either_engine.begin() as connection:
        add = sa.text("insert into person (name, timezone, access, is_guest, is_active, is_system) ")
        add = sa.text(f"{add} values (:name, 'UTC', 'responder', false, true, false)")
        connection.execute(add, [{"name": "No\0one"}, {"name": "Lone\ud800"}])
        found = sa.text("select name from person where name in (:one, :two) order by id")
        assert connection.execute(found, {"one": "N\0oone", "two": "Lone\udfff"}).scalars().all() == [
            "Noone",
            "Lone\ufffd",
        ]
