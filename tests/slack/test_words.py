"""User text inside ours: nobody is pinged, nothing is broken, nothing is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import people
from bot.lib.errors import Refused
from bot.sandbox.contract import check_blocks, check_message, check_view
from bot.slack import words
from bot.slack.blocks import (
    TooBig,
    button,
    context,
    fit,
    message,
    modal,
    option,
    said,
    section,
    sections,
    split,
)
from bot.slack.replies import body_of
from tests.conftest import NOON
from tests.slack.talk import Talk

NASTY = [
    "<!channel> is down",
    "<@U0BEN> broke it & <#C1|general>",
    "🔥" * 100,
    "x" * 200,
    "تعذر الدفع \u202eevil",
    "שלום 😀 <!here>",
    "`code` *bold* _it_ ~no~",
    "&lt;!channel&gt;",
    "@{p:1}",
]


@pytest.fixture
def talk(engine):
    return Talk(engine)


@pytest.mark.parametrize("title", NASTY)
def test_no_title_pings_anybody_or_breaks_a_message(talk, title):
    talk.declares(title, channel="C7")

    for reply in (talk.says("list"), talk.says("INC-1"), talk.says("timeline", in_="C7")):
        shown = f"{reply.text}{reply.blocks}"
        assert "<!channel>" not in shown
        assert "<!here>" not in shown
        assert "<@U0BEN>" not in shown


@pytest.mark.parametrize("title", NASTY[:2])
def test_a_refusal_quotes_what_was_typed_without_pinging(title):
    assert "<!channel>" not in str(body_of(Refused(f"{title!r} is no severity.")))
    assert "<@U" not in str(body_of(Refused(f"{title!r} is no severity.")))


@pytest.mark.parametrize("title", NASTY)
def test_a_command_takes_any_title(talk, title):
    talk.says(f"new sev2 {words.escape(title)}")

    kept = talk.incident(1).title
    assert kept == " ".join(title.replace("\u202e", "").replace("@{p:", "@{p ").split())


def test_a_title_that_reads_from_right_to_left_stays_in_its_place():
    assert words.title("תשלום").startswith("\u2068")
    assert words.title("תשלום").endswith("\u2069")
    assert words.title("Checkout") == "Checkout"


def test_people_are_named_and_pinged_only_where_they_must_act(talk):
    ben = talk.person("ben")
    with talk.courier.reading() as session:
        assert words.named(session, f"made @{{p:{ben.id}}} <b>") == "made Ben Okafor &lt;b&gt;"
        assert words.named(session, f"@{{p:{ben.id}}}", ping=True) == "<@U0BEN>"
        assert words.plain(session, f"@{{p:{ben.id}}} & co") == "Ben Okafor & co"


def test_a_moment_in_a_sentence_is_each_readers_own(talk):
    with talk.courier.reading() as session:
        said = words.named(session, "Next word by 2026-03-02 12:00 UTC")
        assert said == f"Next word by {words.moment(NOON)}"
        assert words.named(session, "at 2026-13-02 12:00 UTC") == "at 2026-13-02 12:00 UTC"


def test_someone_we_do_not_know_stays_somebody(talk):
    with talk.courier.reading() as session:
        assert words.named(session, "@{p:999999}") == "somebody"


def test_what_was_typed_loses_slacks_markup(talk):
    with talk.courier.transaction() as session:
        ben = people.of_slack(session, "U0BEN")
        typed = words.typed(session, "<@U0BEN|ben> <#C1|general> <https://x.test|x> &lt;b&gt; “hi”")
    assert typed == f'@{{p:{ben.id}}} #general https://x.test <b> "hi"'


def test_a_moment_is_in_the_readers_zone_and_says_utc_elsewhere():
    assert words.moment(NOON) == "<!date^1772452800^{date_short_pretty} {time}|2026-03-02 12:00 UTC>"


def test_a_timestamp_is_read_to_the_microsecond():
    assert words.at_of("1772452800.000123").microsecond == 123


@given(st.text(max_size=9000))
def test_any_text_becomes_sections_that_slack_takes(text):
    assert check_blocks(sections(words.escape(text)), "message") == []


@given(st.text(alphabet="ab &<>\n|@U!", max_size=400), st.integers(20, 100))
def test_cutting_never_leaves_half_a_token(text, length):
    cut = words.shorten(words.escape(text), length)

    assert len(cut) <= length
    assert words.escape(words.unescape(cut)) == cut


@given(st.text(alphabet="ab \n", max_size=500), st.integers(5, 50))
def test_parts_keep_every_word(text, length):
    parts = split(text, length)

    assert all(len(part) <= length for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_message_never_has_more_than_fifty_blocks():
    made = message("x", [section(str(n)) for n in range(120)], more="https://x.test/all")

    assert len(made["blocks"]) == 50
    assert "See all of it" in str(made["blocks"][-1])
    assert "71 parts" in str(made["blocks"][-1])


def test_a_long_answer_is_split():
    made = said("line of words\n" * 1000)

    assert check_message(text=made["text"], blocks=made["blocks"]) is None
    assert len(made["blocks"]) > 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: option("v" * 151, "label"),
        lambda: button("label", "a" * 256),
        lambda: button("label", "a.b", "v" * 2001),
        lambda: modal("t", [section("x")], meta={"text": "x" * 3001}),
        lambda: modal("t", [section("x" * 2900) for _ in range(99)]),
    ],
)
def test_what_cannot_be_cut_is_refused(make):
    with pytest.raises(TooBig):
        make()


def test_labels_are_cut():
    assert len(button("l" * 99, "a.b")["text"]["text"]) == 75
    assert not check_view(modal("t" * 30, [section("x" * 4000), context(*["y"] * 20)]))
    assert len(fit([section("x")] * 101, 100)) == 100
