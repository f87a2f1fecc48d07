"""What can be said about a promise: blocked, moved, put off, given, worded better, left to another."""

from datetime import date

import pytest

from bot.domain import actions
from bot.domain.trackers import TrackerLink
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.slack.talk import Talk, initial, labels


@pytest.fixture
def talk(engine):
    made = Talk(engine)
    made.declares(channel="C7")
    made.fills(made.says("action Alert on the error rate", in_="C7").view, owner="U0BEN")
    return made


def item(talk, id=1):
    return talk.asks(actions.get, id)


def test_blocked_says_what_it_waits_for_and_goes_on(talk):
    form = talk.clicks("action.more/A-1", "block A-1", by="ben").view
    assert "It stays due" in talk.fills(form, by="ben", reason="the vendor").text
    shown = talk.says("actions", in_="C7")
    assert "Waits for: the vendor" in str(shown.blocks)
    assert "In progress" in str(shown.blocks)
    assert talk.says("start A-1", by="ben").text == "A-1 is in progress."


def test_a_later_day_asks_why_beside_its_field(talk):
    form = talk.says("move A-1", by="ben").view
    with pytest.raises(Refused) as refused:
        talk.fills(form, by="ben", due="2026-07-01")
    assert refused.value.field == "why"

    assert "moved once" in talk.fills(form, by="ben", due="2026-07-01", why="the vendor is late").text
    assert "moved 2 times" in talk.says("move A-1 2026-07-08 later still", by="ben").text
    assert "moved 2 times" in str(talk.says("actions", in_="C7").blocks)
    assert "Nothing was changed" in talk.says("move A-1 2026-07-08", by="ben").text
    assert item(talk).due == date(2026, 7, 8)


def test_a_day_that_has_passed_is_said_beside_it(talk):
    with pytest.raises(Refused) as refused:
        talk.fills(talk.says("move A-1").view, due="2020-01-01", why="x")
    assert refused.value.field == "due"


def test_reminders_are_put_off_with_a_reason_and_counted(talk):
    assert "put off once so far" in talk.says("snooze A-1 3d on holiday", by="ben").text
    form = talk.clicks("action.more/A-1", "snooze A-1", by="ben").view
    with pytest.raises(Refused) as refused:
        talk.fills(form, by="ben", until="2026-12-01", reason="x")
    assert refused.value.field == "until"
    assert "put off 2 times" in talk.fills(form, by="ben", until="2026-03-09", reason="ill").text


def test_it_is_given_to_someone_by_name_or_by_form(talk):
    assert talk.says("assign A-1 <@U0CHEN>").text == "A-1 is Chen Wei's now."
    assert "already" in talk.says("assign A-1 chen").text
    form = talk.clicks("action.more/A-1", "assign A-1").view
    assert talk.fills(form, owner="U0ADA").text == "A-1 is Ada Lovelace's now."


def test_words_are_changed_in_a_form_that_holds_what_is_there(talk):
    form = talk.says("edit A-1").view
    assert labels(form) == ["Title", "What will be true when it is done?", "Kind", "Priority"]
    assert initial(form)["title"] == "Alert on the error rate"
    assert talk.fills(form, outcome="It pages").text.startswith("A-1 is Alert on the error rate.")
    assert item(talk).outcome == "It pages"
    assert "Nothing was changed" in talk.fills(talk.says("edit A-1").view).text


def test_vague_titles_are_kept_and_questioned(talk):
    view = talk.says("action Improve monitoring", in_="C7").view
    assert "When is 'improve' finished?" in view["blocks"][0]["hint"]["text"]
    said = talk.fills(view).text
    assert "A-2 is written down" in said
    assert "When is 'improve' finished?" in said
    assert "`/incident edit A-2`" in said


def test_one_stands_for_the_other(talk):
    talk.fills(talk.says("action Page on errors of checkout", in_="C7").view)
    with pytest.raises(Refused, match="cannot stand for itself"):
        talk.says("duplicate A-2 A-2")
    form = talk.says("duplicate A-2").view
    with pytest.raises(Refused) as refused:
        talk.fills(form, other="A-99")
    assert refused.value.field == "other"
    assert talk.fills(form, other="A-1").text == "A-2 is left to A-1 Alert on the error rate."
    assert item(talk, 2).status == "duplicate"


def test_declining_is_behind_the_three_dots(talk):
    assert labels(talk.clicks("action.more/A-1", "decline A-1", by="ben").view) == ["Reason", "Approver"]


@pytest.mark.parametrize("word", ["block", "move", "snooze", "assign", "edit", "duplicate"])
def test_without_a_reference_the_words_ask_which(talk, word):
    with pytest.raises(Refused, match=f"Say /incident {word} A-31"):
        talk.says(word)


def test_its_twin_in_a_tracker_stands_in_the_list(talk):
    with talk.courier.transaction() as session:
        link = TrackerLink(item_id=1, tracker="jira", created_at=NOON, far_id="9", key="OPS-7")
        link.url = "https://acme.atlassian.net/browse/OPS-7"
        session.add(link)
    shown = str(talk.says("actions", in_="C7").blocks)
    assert "<https://acme.atlassian.net/browse/OPS-7|Jira OPS-7>" in shown
