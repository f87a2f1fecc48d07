"""What people do to channels and to each other in the sandbox."""

import pytest

from bot.sandbox.client import NotPossibleHere


def test_who_is_not_in_a_channel_cannot_write_there(guest):
    with pytest.raises(NotPossibleHere, match="Gus is not in #random"):
        guest.person("gus").says("hello", in_="random")


def test_a_channel_that_is_not_there_is_named(ada):
    with pytest.raises(NotPossibleHere, match="no channel 'inc-7'"):
        ada.says("hello", in_="inc-7")


def test_joining_and_leaving_leave_notes(guest, ada):
    ada.joins("team-platform")
    ada.leaves("team-platform")

    subtypes = [one["subtype"] for one in guest.messages("team-platform")]
    assert subtypes == ["channel_join", "channel_leave"]
    assert "ada" not in guest.channel("team-platform")["members"]


def test_an_archived_channel_is_silent(guest, ada):
    ada.archives("random")

    with pytest.raises(NotPossibleHere, match="archived"):
        ada.says("hello?", in_="random")
    assert guest.channel("random")["is_archived"]


def test_only_its_author_changes_a_message_and_an_admin_may_delete_it(guest, ada):
    ben = guest.person("ben")
    ts = ben.says("hello", in_="random").ts

    with pytest.raises(NotPossibleHere, match="Ada did not write"):
        ada.edits(ts, "goodbye", in_="random")
    ada.deletes(ts, in_="random")
    assert guest.messages("random") == []


def test_an_unfurled_link_changes_the_message_but_not_its_text(guest, ada):
    ts = ada.says("see https://example.com", in_="random").ts

    guest.act("unfurl", user="ada", channel="random", ts=ts)

    [message] = guest.messages("random")
    assert message["text"] == "see https://example.com"
    assert message["attachments"]


def test_people_come_move_and_go(guest):
    guest.act("hire", name="Ines Lopez", timezone="Europe/Madrid")
    guest.act("timezone", user="ines", timezone="America/Lima")
    guest.act("deactivate", user="ines")

    [ines] = [one for one in guest.look("people")["people"] if one["name"] == "ines"]
    assert (ines["deleted"], ines["tz"]) == (True, "America/Lima")


def test_a_reaction_counts_once_for_each_person(guest, ada):
    ts = ada.says("done", in_="random").ts
    ada.reacts("tada", ts, in_="random")
    ada.reacts("tada", ts, in_="random")
    guest.person("ben").reacts("tada", ts, in_="random")

    [message] = guest.messages("random")
    assert message["reactions"] == [{"name": "tada", "users": ["U0ADA", "U0BEN"], "count": 2}]


def test_an_unknown_verb_names_the_known_ones(guest):
    with pytest.raises(NotPossibleHere, match=r"There are: .*archive, .*unreact"):
        guest.act("dance", user="ada")
