"""Closeout as people talk to it: commands, forms, clicks, shortcuts, reactions, home; over HTTP."""

import shutil

import pytest

from bot.domain import actions, incidents, people
from tests.slack.conversation import Conversation


@pytest.fixture(scope="module")
def closeout(fresh_sqlite, tmp_path_factory):
    folder = tmp_path_factory.mktemp("closeout")
    shutil.copy(fresh_sqlite, folder / "closeout.db")
    with Conversation(f"sqlite:///{folder / 'closeout.db'}", folder) as conversation:
        yield conversation


@pytest.fixture(autouse=True)
def clean_screens(closeout):
    """Nobody has a form of an earlier test open."""
    for name in ("ada", "ben", "chen", "dana", "hana"):
        person = closeout.guest.person(name)
        if person.views():
            person.closes(all_views=True)


@pytest.fixture
def room(closeout):
    """A channel of an incident of Ada's."""
    said = closeout.ada.says("/incident new sev2 Something is wrong")
    return closeout.channel_of(said.text.split("*")[1])


def ref_of(room):
    return "INC-" + room.split("-")[1]


def of_room(session, room):
    return incidents.get(session, int(room.split("-")[1]))


def test_a_command_declares_and_its_answer_leads_to_the_channel(closeout):
    said = closeout.ada.says("/incident new sev1 Checkout is down")
    ref = said.text.split("*")[1]

    assert said.text == f"*{ref}* is declared: Checkout is down. Opening its channel."
    assert closeout.channel_of(ref).endswith("-checkout-is-down")
    closeout.says("general", f"{ref} is open", as_="ada")


def test_an_answer_is_seen_by_who_asked_alone(closeout):
    closeout.ben.says("/incident help drill", in_="random")

    assert "drill" in str(closeout.guest.messages("random", as_="ben"))
    assert "drill" not in str(closeout.guest.messages("random", as_="chen"))


def test_a_refusal_is_a_sentence_and_a_200(closeout):
    said = closeout.ada.says("/incident new sev9 x")

    assert said.status == 200
    assert "'sev9' is no severity. Choose one of: sev1, sev2, sev3, sev4. Nothing was changed." in said.text


def test_the_form_shows_the_channel_when_it_is_there(closeout):
    closeout.ada.says("/incident new")
    closeout.shows("ada")
    done = closeout.ada.submits(
        Title="Search is slow", Severity="SEV3 Minor", Commander="ben", **{"What is happening?": "p99 of 9 s"}
    )

    assert not done.errors
    closeout.within(lambda: "is open: <#" in str(closeout.ada.views()), "the channel in the form")


def test_a_wrong_answer_stands_beside_its_field_and_what_was_typed_is_kept(closeout, room):
    closeout.ada.says("/incident update We are on it", in_=room)
    closeout.shows("ada")
    done = closeout.ada.submits(**{"Next update in": "soon"})

    assert done.errors == {"next": "'soon' is no span. Write 20m, 2h, 3d, 1w, or 3bd for business days."}
    closeout.ada.submits(**{"Next update in": "30m"})
    closeout.says(room, "We are on it")


def test_the_buttons_of_the_card_work(closeout, room):
    closeout.ben.joins(room)
    closeout.ben.clicks("Acknowledge", in_=room)
    closeout.says(room, "is acknowledged, by you", as_="ben")
    closeout.ben.clicks("Join as scribe", in_=room)
    closeout.says(room, "You are now Scribe", as_="ben")
    closeout.ben.clicks("Add action", in_=room)
    closeout.shows("ben")
    assert not closeout.ben.submits(Title="Alert on error rate", Owner="ben").errors
    closeout.within(
        lambda: closeout.rows(lambda session: actions.of(session, of_room(session, room))), "the item"
    )
    closeout.ben.clicks("Resolve", in_=room)
    closeout.within(lambda: closeout.rows(of_room, room).status == "resolved", "the end")


def test_a_pushpin_puts_a_message_on_the_timeline_and_takes_it_off(closeout, room):
    said = closeout.ada.says("The graph went up at 09:58", in_=room)
    closeout.ada.reacts("pushpin", said.ts, in_=room)
    closeout.within(lambda: "The graph went up at 09:58" in texts(closeout, room), "the entry")

    closeout.ada.edits(said.ts, "The graph went up at 09:57", in_=room)
    closeout.within(lambda: "The graph went up at 09:57" in texts(closeout, room), "the edit")
    closeout.ada.unreacts("pushpin", said.ts, in_=room)
    closeout.within(lambda: "The graph went up at 09:57" not in texts(closeout, room), "its end")


def texts(closeout, room):
    found = closeout.rows(lambda session: incidents.timeline(session, of_room(session, room)))
    return [entry.text for entry in found]


def test_a_deleted_message_stays_and_says_so(closeout, room):
    said = closeout.ada.says("I did it", in_=room)
    closeout.ada.reacts("pushpin", said.ts, in_=room)
    closeout.within(lambda: "I did it" in texts(closeout, room), "the entry")
    closeout.ada.deletes(said.ts, in_=room)

    def deleted(session):
        return [one.text for one in incidents.timeline(session, of_room(session, room)) if one.deleted]

    closeout.within(lambda: closeout.rows(deleted) == ["I did it"], "the mark")


def test_whoever_joins_late_takes_part(closeout, room):
    closeout.chen.joins(room)

    def members(session):
        found = incidents.members(session, of_room(session, room))
        return {people.get(session, id).name for id in found}

    closeout.within(lambda: "Chen Wei" in closeout.rows(members), "Chen")


def test_membership_of_a_private_incident_follows_its_channel(closeout):
    closeout.ada.says("/incident new")
    closeout.shows("ada")
    closeout.ada.submits(Title="A leak", Private=["private"])
    ref = max(closeout.rows(live_refs), key=lambda ref: int(ref[4:]))
    channel = closeout.channel_of(ref)

    assert "There is no incident" in closeout.ben.says(f"/incident {ref} timeline").text
    closeout.ada.invites("ben", to=channel)
    closeout.within(
        lambda: "page 1 of 1" in closeout.ben.says(f"/incident {ref} timeline").text, "Ben's entry"
    )
    closeout.ben.leaves(channel)
    closeout.within(
        lambda: "There is no incident" in closeout.ben.says(f"/incident {ref} timeline").text, "Ben's leaving"
    )


def live_refs(session):
    return [one.ref for one in incidents.live(session, as_=people.closeout(session))]


def test_the_global_shortcut_opens_the_form(closeout):
    closeout.hana.uses("declare")

    (view,) = closeout.shows("hana")
    assert view["title"]["text"] == "Declare an incident"


def test_a_message_becomes_an_action_item(closeout, room):
    said = closeout.ada.says("We need an alert on the error rate", in_=room)
    closeout.ada.uses("create_action", on=said.ts, in_=room)
    closeout.shows("ada")
    assert not closeout.ada.submits().errors

    def items(session):
        return [(one.title, one.permalink) for one in actions.of(session, of_room(session, room))]

    closeout.within(lambda: closeout.rows(items), "the item")
    ((title, permalink),) = closeout.rows(items)
    assert title == "We need an alert on the error rate"
    assert said.ts.replace(".", "") in permalink


def test_a_message_comes_onto_the_timeline_by_shortcut(closeout, room):
    said = closeout.ada.says("Rolled back to 4710", in_=room)
    closeout.ada.uses("add_to_timeline", on=said.ts, in_=room)

    closeout.within(lambda: "Rolled back to 4710" in texts(closeout, room), "the entry")


def test_a_message_of_another_channel_asks_which_incident(closeout, room):
    said = closeout.ada.says("Customers write that they cannot pay", in_="random")
    closeout.ada.uses("add_to_timeline", on=said.ts, in_="random")
    (view,) = closeout.shows("ada")
    options = view["blocks"][0]["element"]["options"]
    chosen = next(one["text"]["text"] for one in options if one["value"] == ref_of(room))
    assert not closeout.ada.submits(Incident=chosen).errors

    closeout.within(lambda: "Customers write that they cannot pay" in texts(closeout, room), "the entry")


def test_the_home_tab_shows_what_is_live_and_mine(closeout, room):
    closeout.ada.says("/incident action Buy a second line", in_=room)
    closeout.shows("ada")
    closeout.ada.submits()
    closeout.ada.opens_home()

    closeout.within(lambda: "Buy a second line" in str(closeout.ada.home()), "the home tab")
    assert ref_of(room) in str(closeout.ada.home())


def test_the_home_tab_is_drawn_anew_after_a_click_there(closeout, room):
    closeout.dana.says(f"/incident {ref_of(room)} action Write it down")
    closeout.shows("dana")
    closeout.dana.submits()
    closeout.dana.opens_home()
    closeout.within(lambda: "Write it down" in str(closeout.dana.home()), "the home tab")
    closeout.dana.clicks("In progress", home=True)

    closeout.within(lambda: "in progress" in str(closeout.dana.home()), "the new state")


def test_a_form_that_comes_too_late_is_a_sentence(closeout):
    closeout.guest.fails("views.open", "error", error="expired_trigger_id", times=1)
    closeout.eli.says("/incident new", in_="random")

    closeout.says("random", "Say it in one line instead", as_="eli")


def test_acks_do_not_wait_for_slack(closeout):
    closeout.guest.conditions(latency_ms=2500)
    try:
        said = closeout.fay.says("/incident new sev3 Slack is slow today")
    finally:
        closeout.guest.conditions(latency_ms=0)

    assert "is declared" in said.text
    assert said.ms < 1500
