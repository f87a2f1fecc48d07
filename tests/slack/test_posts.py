from datetime import timedelta

import pytest

from bot.domain.incidents.facts import NoteAdded, RoleTaken
from bot.domain.postmortems import PostmortemOpened, PostmortemPublished
from bot.lib.facts import record
from bot.slack import posts
from tests.conftest import NOON

URL = "http://closeout.test/incidents/INC-1"


@pytest.fixture
def told(hall):
    """The message about facts that Ada caused."""

    def told(*facts):
        with hall.as_("ada") as (session, ada):
            events = [
                record(session, kind(incident_id=1, by=ada.id, **about), at=NOON + timedelta(minutes=n))
                for n, (kind, about) in enumerate(facts)
            ]
            return posts.message(session, events, URL)

    return told


def test_one_fact_is_one_sentence(told):
    assert (
        told((NoteAdded, {"text": "<!here> it *is*"}))["text"]
        == "*Ada Lovelace* noted: &lt;!here&gt; it *is*"
    )


def test_several_facts_say_when_each_of_them_was(told):
    text = told((NoteAdded, {"text": "One"}), (NoteAdded, {"text": "Two"}))["text"]
    assert [line.partition("  ")[2] for line in text.splitlines()] == [
        "*Ada Lovelace* noted: One",
        "*Ada Lovelace* noted: Two",
    ]
    assert "|12:01 UTC>" in text


def test_who_must_act_is_pinged_and_who_did_it_is_not(told, hall):
    ben = hall.person_id("ben")
    text = told((RoleTaken, {"role": "scribe", "role_name": "Scribe", "person": ben}))["text"]
    assert text == "*Ada Lovelace* made <@U0BEN> Scribe"


def test_a_postmortem_comes_with_its_link(told, hall):
    opened = told((PostmortemOpened, {"owner": hall.person_id("ben")}))["text"]
    assert "<@U0BEN> writes it" in opened
    assert opened.endswith(f"<{URL}/postmortem|Open it>")
    assert told((PostmortemPublished, {}))["text"].endswith(f"<{URL}/postmortem|Read it>")


def test_a_very_long_note_is_more_than_one_block_and_whole(told):
    sent = told((NoteAdded, {"text": "word " * 599}))
    assert sum(block["text"]["text"].count("word") for block in sent["blocks"]) == 599
