import pytest
from sqlmodel import select

from bot.domain import incidents, people
from bot.domain.incidents import Status
from bot.lib.facts import Event
from bot.sandbox.contract import check_channel_name
from bot.slack.model import RoomFailed, RoomLost


def texts(hall, id):
    return "\n".join(hall.said(id))


def facts_of(hall, kind):
    with hall.courier.reading() as session:
        return [one.fact for one in session.exec(select(Event).where(Event.kind == kind.__name__))]


# ---- opening


def test_a_declared_incident_has_a_usable_channel(hall):
    id = hall.declare(severity="sev1", commander="ben")
    hall.carry()
    channel = hall.channel(id)
    assert channel["name"] == "inc-1-checkout-is-down"
    assert channel["members"] == ["closeout", "ada", "ben"]
    assert channel["topic"].startswith("● SEV1 Critical · investigating · commander Ben Okafor · INC-1 ")
    assert [one["title"] for one in channel["bookmarks"]] == ["INC-1: timeline and details"]
    assert channel["pins"] == [hall.room(id).card_ts]


def test_declaring_takes_seven_calls_of_which_two_round_trips_matter(hall):
    hall.declare(severity="sev1", commander="ben")
    hall.carry()
    calls = hall.calls()
    assert calls[0] == "conversations.create"
    at_once = {"chat.postMessage", "conversations.invite", "conversations.setTopic", "bookmarks.add"}
    assert set(calls[1:5]) == at_once
    assert sorted(calls[5:]) == ["chat.postMessage", "pins.add"]


def test_a_private_incident_has_a_private_channel(hall):
    id = hall.declare("Leaked keys", private=True, commander="chen")
    hall.carry()
    channel = hall.channel(id)
    assert channel["is_private"]
    assert channel["members"] == ["closeout", "ada", "chen"]
    assert "Leaked keys" not in hall.guest.transcript("incidents")


@pytest.mark.parametrize(
    "title", ["🔥🔥", "x" * 200, "الدفع لا يعمل", "<!channel> <@U0BEN> & co", "", "DROP\n\nTABLE"]
)
def test_any_title_makes_a_room_and_pings_nobody(hall, title):
    id = hall.declare(title)
    hall.carry()
    assert check_channel_name(hall.room(id).channel_name) is None
    sent = [*hall.messages(id), *hall.guest.messages("incidents")]
    shown = str([{name: one[name] for name in ("text", "blocks") if name in one} for one in sent])
    assert "<!channel>" not in shown
    assert "<@U0BEN>" not in shown


def test_a_name_that_somebody_else_has_gets_a_number(hall):
    hall.sandbox_channel("inc-1-checkout-is-down", by="U0BEN")
    id = hall.declare()
    hall.carry()
    assert hall.room(id).channel_name == "inc-1-checkout-is-down-2"


def test_one_who_cannot_come_does_not_keep_the_others_out(hall):
    id = hall.declare(private=True)
    hall.does(incidents.enter, id, "@gus")
    hall.does(incidents.enter, id, "@nobody")
    hall.does(incidents.set_role, id, "scribe", "@eli")
    hall.carry()
    assert hall.channel(id)["members"] == ["closeout", "ada", "eli"]
    assert "Gus Guest (is a guest of another channel)" in texts(hall, id)
    assert "U0NOBODY (is not in this Slack workspace)" in texts(hall, id)


def test_a_commander_known_by_mail_alone_is_found_in_slack(hall):
    hall.forget_people()
    with hall.as_("ada") as (session, ada):
        person = people.of_email(session, "dana@example.com")
        report = incidents.Report("Down", commander=person)
        id = incidents.declare(session, report, by=ada, now=hall.now).id
    hall.carry()
    assert "dana" in hall.channel(id)["members"]


def test_where_slack_gives_no_channel_the_work_goes_on_and_it_is_said_once(hall):
    hall.guest.fails("conversations.create", "error", error="restricted_action", times=None)
    id = hall.declare()
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    assert hall.room(id).channel_id is None
    [failed] = facts_of(hall, RoomFailed)
    assert "restricted_action" in failed.reason
    assert "resolved" in hall.guest.transcript("incidents")


# ---- crashes


@pytest.mark.parametrize("calls", range(8))
def test_after_a_crash_at_any_call_there_is_one_of_everything(hall, calls):
    id = hall.declare(severity="sev1", commander="ben")
    hall.crash_after(calls)
    hall.restart()
    hall.carry(again=True)
    names = [name for name in hall.guest.channel_names() if name.startswith("inc-")]
    assert names == ["inc-1-checkout-is-down"]
    channel = hall.channel(id)
    assert channel["members"] == ["closeout", "ada", "ben"]
    assert len(hall.messages(id)) == 1
    assert len(channel["pins"]) == len(channel["bookmarks"]) == 1
    assert channel["topic"]
    announced = [one for one in hall.guest.messages("incidents") if "INC-1" in one["text"]]
    assert len(announced) == 1


METHODS = [
    "conversations.create",
    "chat.postMessage",
    "conversations.invite",
    "conversations.setTopic",
    "bookmarks.add",
    "pins.add",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["429", "500", "cut_before", "cut_after", "lost_answer"])
def test_no_fault_loses_or_doubles_anything(hall, method, kind):
    hall.guest.fails(method, kind, retry_after=0)
    id = hall.declare(severity="sev1", commander="ben")
    hall.carry()
    hall.does(incidents.set_status, id, Status.IDENTIFIED)
    hall.carry()
    channel = hall.channel(id)
    assert channel["members"] == ["closeout", "ada", "ben"]
    assert len(channel["pins"]) == len(channel["bookmarks"]) == 1
    assert len(hall.messages(id)) == 2
    assert len([one for one in hall.guest.messages("incidents") if "INC-1" in one["text"]]) == 1


def test_an_answer_that_is_too_late_is_looked_up(hall):
    hall.slack.slack.client.timeout = 0.3
    hall.guest.fails("conversations.create", "timeout")
    id = hall.declare()
    hall.carry()
    names = [name for name in hall.guest.channel_names() if name.startswith("inc-")]
    assert names == [hall.room(id).channel_name]


# ---- what is told


def test_a_loud_fact_is_told_with_its_author(hall):
    id = hall.declare(severity="sev2")
    hall.carry()
    hall.does(incidents.set_severity, id, "sev1", by="ben", why="Data <loss>")
    hall.carry()
    assert hall.said(id) == ["*Ben Okafor* changed the severity from sev2 to sev1. Data &lt;loss&gt;"]


def test_a_quiet_fact_is_not_told(hall):
    id = hall.declare()
    hall.carry()
    hall.does(incidents.acknowledge, id)
    hall.does(incidents.rename, id, "Checkout is slow")
    hall.carry()
    assert hall.said(id) == []


def test_an_hour_of_facts_is_one_message_in_order(hall):
    id = hall.declare()
    hall.carry()
    for number in range(60):
        hall.does(incidents.note, id, f"Look number {number}.")
    hall.carry()
    [told] = [one for one in hall.messages(id) if one["ts"] != hall.room(id).card_ts]
    assert (
        told["text"].index("number 0.") < told["text"].index("number 1.") < told["text"].index("number 39.")
    )
    assert "…and 20 more, on the <http://closeout.test/incidents/INC-1|timeline>." in str(told["blocks"])


def test_who_gets_a_role_is_brought_in_and_hears_of_it(hall):
    id = hall.declare()
    hall.carry()
    hall.does(incidents.set_role, id, "scribe", "@dana")
    hall.carry()
    assert "dana" in hall.channel(id)["members"]
    assert hall.said(id) == ["*Ada Lovelace* made <@U0DANA> Scribe"]


@pytest.mark.parametrize("kind", ["500", "cut_after", "lost_answer"])
def test_a_message_whose_answer_was_lost_is_not_sent_again(hall, kind):
    id = hall.declare()
    hall.carry()
    hall.guest.fails("chat.postMessage", kind)
    hall.does(incidents.note, id, "The pool is empty")
    hall.carry()
    assert hall.said(id) == ["*Ada Lovelace* noted: The pool is empty"]


# ---- Slack away


def test_slack_away_for_a_whole_incident_gets_everything_in_order_once(hall):
    hall.guest.conditions(down=True)
    id = hall.declare(severity="sev1", commander="ben")
    hall.does(incidents.acknowledge, id)
    hall.does(incidents.set_status, id, Status.IDENTIFIED, note="A bad deploy")
    hall.does(incidents.set_role, id, "scribe", "@dana")
    hall.does(incidents.resolve, id, note="Rolled back")
    hall.guest.conditions(down=False)
    hall.carry()
    assert hall.channel(id)["members"] == ["closeout", "ada", "ben", "dana"]
    [told] = hall.said(id)
    assert told.index("identified") < told.index("Scribe") < told.index("resolved")
    assert "`resolved`" in str(hall.messages(id)[0]["blocks"])
    assert "✓ resolved after" in hall.guest.transcript("incidents")


# ---- rooms that are gone


@pytest.mark.parametrize("how", ["archived", "removed"])
def test_a_lost_channel_is_said_once_and_never_knocked_at_again(hall, how):
    id = hall.declare("Leaked keys", private=True)
    hall.carry()
    hall.lose(id, how)
    hall.does(incidents.note, id, "One")
    hall.carry()
    hall.guest.forget_traffic()
    hall.does(incidents.note, id, "Two")
    hall.carry()
    assert hall.calls() == []
    assert len(facts_of(hall, RoomLost)) == 1


def test_a_public_channel_that_we_were_removed_from_is_joined_again(hall):
    id = hall.declare()
    hall.carry()
    hall.lose(id, "removed")
    hall.does(incidents.note, id, "Still here")
    hall.carry()
    assert hall.said(id) == ["*Ada Lovelace* noted: Still here"]


def test_a_reopened_incident_tries_its_channel_again(hall):
    id = hall.declare("Leaked keys", private=True)
    hall.carry()
    hall.does(incidents.resolve, id)
    hall.carry()
    hall.lose(id, "archived")
    hall.does(incidents.note, id, "Into the void")
    hall.carry()
    hall.find_again(id)
    hall.does(incidents.reopen, id, "It is back")
    hall.carry()
    assert "reopened it" in hall.said(id)[-1]


# ---- the card as it moves


def card_of(hall, id):
    return next(one for one in hall.messages(id) if one["ts"] == hall.room(id).card_ts)


def test_the_card_and_the_topic_follow(hall):
    id = hall.declare(severity="sev2")
    hall.carry()
    hall.does(incidents.set_severity, id, "sev1")
    hall.does(incidents.set_role, id, "comms", "@ben")
    hall.carry()
    shown = str(card_of(hall, id)["blocks"])
    assert "● SEV1 Critical" in shown
    assert "Ben Okafor" in shown
    assert "Join as comms" not in shown
    assert hall.channel(id)["topic"].startswith("● SEV1")


def test_what_does_not_show_is_not_drawn(hall):
    id = hall.declare()
    hall.carry()
    hall.guest.forget_traffic()
    hall.does(incidents.note, id, "Nothing on the card")
    hall.carry()
    assert hall.calls() == ["chat.postMessage"]


def test_a_deleted_card_comes_back_and_is_pinned(hall):
    id = hall.declare()
    hall.carry()
    old = hall.room(id).card_ts
    hall.delete(id, old)
    hall.does(incidents.acknowledge, id)
    hall.carry()
    new = hall.room(id).card_ts
    assert new != old
    assert hall.channel(id)["pins"] == [new]


def test_edits_keep_their_distance(hall):
    id = hall.declare()
    hall.carry()
    for title in ("One", "Two", "Three"):
        hall.does(incidents.rename, id, title)
        hall.carry()
    assert len(hall.pace.waits) == 2
    assert all(0 < seconds <= 1.5 for seconds in hall.pace.waits)
