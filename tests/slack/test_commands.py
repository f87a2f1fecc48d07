"""The whole grammar behind /incident: a line in, an answer out."""

import re

import pytest

from bot.domain.incidents import Status
from bot.domain.incidents.queries import NoSuchIncident
from bot.lib.choices import NoSuchChoice
from bot.lib.errors import Refused
from bot.slack.commands import Unclear, WhichIncident, all_commands, no_such_word
from bot.slack.model import waiting_for
from tests.slack.talk import COMPANY, Talk, initial, labels

GRAMMAR = (
    *(
        "new",
        "list",
        "status",
        "resolve",
        "reopen",
        "severity",
        "role",
        "join",
        "handoff",
        "note",
        "timeline",
    ),
    *("update", "action", "actions", "page", "runbook", "merge", "postmortem", "close", "cancel", "drill"),
    *("web", "help"),
)


@pytest.fixture
def talk(engine):
    return Talk(engine)


@pytest.mark.parametrize("word", GRAMMAR)
def test_every_word_of_the_grammar_is_there(word):
    assert word in all_commands()


@pytest.mark.parametrize("command", all_commands().values(), ids=lambda command: command.word)
def test_every_command_has_help_and_a_usage_that_begins_with_its_word(command):
    assert command.help.endswith(".")
    assert command.usage.split()[0] == command.word


def test_help_is_made_of_all_commands(talk):
    said = talk.says("help").text

    assert all(f"/incident {word}" in said for word in all_commands())


def test_nothing_said_is_help(talk):
    assert talk.says("").text == talk.says("help").text


def test_help_for_one_word_says_only_that(talk):
    assert talk.says("help note").text.startswith("`/incident note")


def test_a_wrong_word_names_the_right_ones(talk):
    with pytest.raises(
        Unclear,
        match=r"no command. Did you mean resolve or .*\? `/incident help` shows all. Nothing was changed.",
    ):
        talk.says("resovle")


@pytest.mark.parametrize(
    ("said", "meant"), [("sev", "severity"), ("ack", "acknowledge"), ("resolved", "resolve")]
)
def test_the_beginning_of_a_word_is_understood(talk, said, meant):
    with pytest.raises(Unclear, match=rf"'{said}' is no command. Did you mean {meant}( or|\?)"):
        talk.says(said)


def test_a_word_that_resembles_none_names_all():
    assert "Choose one of: new, note." in no_such_word("zzz", ["new", "note"])


def test_a_title_declares_at_once(talk):
    said = talk.says("new sev1 Checkout is down")

    assert said.text == "*INC-1* is declared: Checkout is down. Opening its channel."
    assert (talk.incident(1).title, talk.incident(1).severity) == ("Checkout is down", "sev1")


def test_what_is_said_to_be_private_is_asked_in_a_form_and_announced_to_nobody(talk):
    view = talk.says("new sev2 private Leaked key").view

    with pytest.raises(NoSuchIncident):
        talk.incident(1)
    talk.fills(view, **initial(view))
    assert (talk.incident(1).title, talk.incident(1).private) == ("Leaked key", True)


def test_whoever_declares_waits_for_the_channel(talk):
    talk.says("new Checkout is down")

    (waiting,) = talk.asks(waiting_for, 1)
    assert waiting.response_url.startswith("https://hooks.slack.com/")


def test_a_title_may_begin_with_any_word(talk):
    talk.says("new several customers cannot pay")

    assert talk.incident(1).title == "several customers cannot pay"
    assert talk.incident(1).severity is None


def test_an_unknown_severity_is_refused_and_nothing_is_declared(talk):
    with pytest.raises(NoSuchChoice, match=r"'sev9' is no severity. Choose one of: sev1, sev2, sev3, sev4."):
        talk.says("new sev9 Checkout is down")
    with pytest.raises(Refused):
        talk.says("INC-1 status")


@pytest.mark.parametrize(
    "quoted", ['"Checkout is down"', "\u201cCheckout is down\u201d", "\u201eCheckout is down\u201c"]
)
def test_smart_quotes_around_a_title_are_taken_off(talk, quoted):
    talk.says(f"new sev2 {quoted}")

    assert talk.incident(1).title == "Checkout is down"


def test_without_a_title_the_form_opens_with_the_labels_people_know(talk):
    view = talk.says("new").view

    assert view["title"]["text"] == "Declare an incident"
    assert labels(view) == ["Title", "Severity", "What is happening?", "Services", "Commander", "Private"]
    assert all(block["optional"] for block in view["blocks"] if block["type"] == "input")


def test_a_severity_alone_stands_in_the_form(talk):
    assert initial(talk.says("new sev1").view) == {"severity": "sev1"}


def test_a_form_with_nothing_in_it_declares(talk):
    reply = talk.fills(talk.says("new").view)

    assert talk.incident(1).title == "Untitled incident"
    assert "INC-1" in str(reply.view)
    assert reply.view["external_id"] == "declared/V1"


def test_a_full_form_is_taken_over(talk):
    view = talk.says("new").view
    talk.fills(
        view,
        title="Search is slow",
        severity="sev3",
        description="p99 of 9 s",
        services=("search",),
        commander="U0BEN",
        private=("private",),
    )

    made = talk.incident(1)
    assert (made.title, made.severity, made.description, made.private) == (
        "Search is slow",
        "sev3",
        "p99 of 9 s",
        True,
    )


def test_the_commander_of_the_form_commands(talk):
    talk.fills(talk.says("new").view, title="x", commander="U0BEN")

    assert "Incident commander: Ben Okafor" in talk.says("INC-1").text


def test_where_no_service_is_set_up_the_field_takes_words(engine):
    talk = Talk(engine, COMPANY.model_copy(update={"services": ()}))
    view = talk.says("new").view

    assert "Services" in labels(view)
    with pytest.raises(Refused, match=r"none is set up"):
        talk.fills(view, services="billing")


def test_an_incident_is_its_channels(talk):
    talk.declares(channel="C7")

    assert talk.says("status identified Bad deploy", in_="C7").text == "INC-1 is now identified."
    assert talk.incident(1).status == Status.IDENTIFIED


def test_elsewhere_the_reference_stands_first(talk):
    talk.declares()

    assert talk.says("INC-1 status monitoring").text == "INC-1 is now monitoring."
    assert talk.says("inc-1: status resolved").text.startswith("INC-1 is resolved.")


def test_without_either_it_says_how_and_which_are_live(talk):
    talk.declares()

    with pytest.raises(WhichIncident, match=r"/incident INC-1 note\. Live now: INC-1\."):
        talk.says("note something")


def test_an_unknown_reference_is_refused(talk):
    with pytest.raises(NoSuchIncident, match=r"There is no incident INC-99"):
        talk.says("INC-99 note x")


def test_a_wrong_status_names_the_right_ones(talk):
    talk.declares(channel="C7")

    with pytest.raises(NoSuchChoice, match=r"'fixed' is no status. Choose one of: investigating, identified"):
        talk.says("status fixed", in_="C7")


def test_resolve_says_what_is_still_owed(talk):
    talk.declares(channel="C7")

    assert "Until it is closed" in talk.says("resolve Rolled back", in_="C7").text
    assert "moved it from investigating to resolved. Rolled back" in talk.timeline(1)


def test_reopen_needs_a_reason(talk):
    talk.declares(channel="C7")
    talk.says("resolve", in_="C7")

    with pytest.raises(Refused, match=r"The reason is empty"):
        talk.says("reopen", in_="C7")
    assert "open again" in talk.says("reopen It came back", in_="C7").text


def test_severity_is_said_outright(talk):
    talk.declares(channel="C7")

    assert talk.says("severity sev1 Data is lost", in_="C7").text == "INC-1 is now sev1."
    assert "already" in talk.says("severity sev1", in_="C7").text


def test_severity_is_proposed_from_the_criteria_that_hold(talk):
    talk.declares(channel="C7")
    questions = talk.says("severity", in_="C7").view
    assert "SEV1 Critical" in labels(questions)

    proposal = talk.fills(questions, sev2=("1",), sev3=("0",)).view
    assert initial(proposal) == {"severity": "sev2", "why": "There is no workaround"}
    assert talk.fills(proposal).text == "INC-1 is now sev2."
    assert "set the severity to sev2. There is no workaround" in talk.timeline(1)


def test_if_no_criterion_holds_the_mildest_is_proposed(talk):
    talk.declares(channel="C7")

    proposal = talk.fills(talk.says("severity", in_="C7").view).view
    assert initial(proposal)["severity"] == "sev4"


@pytest.mark.parametrize("who", ["<@U0BEN|ben>", "<@U0BEN>", "@Ben", "@Ben Okafor", "ben@example.com"])
def test_a_role_is_given_to_a_person_however_they_are_named(talk, who):
    talk.declares(channel="C7")

    assert talk.says(f"role comms {who}", in_="C7").text.startswith(
        "Ben Okafor is now Communications of INC-1."
    )


def test_a_wrong_role_or_person_is_refused_with_what_would_be_right(talk):
    talk.declares(channel="C7")

    with pytest.raises(
        NoSuchChoice, match=r"'boss' is no role. Choose one of: commander, comms, operations, scribe."
    ):
        talk.says("role boss @Ben", in_="C7")
    with pytest.raises(Refused, match=r"'@nobody' is nobody I know"):
        talk.says("role comms @nobody", in_="C7")
    with pytest.raises(Unclear, match=r"join comms"):
        talk.says("role comms", in_="C7")


def test_whoever_joins_has_the_seat_and_its_duty(talk):
    talk.declares(channel="C7")

    assert talk.says("join scribe", by="ben", in_="C7").text == (
        "You are now Scribe of INC-1. Writes down what happens, and when."
    )


def test_a_handoff_asks_for_its_brief(talk):
    talk.declares(channel="C7")
    view = talk.says("handoff <@U0BEN|ben>", in_="C7").view

    assert labels(view) == ["To", "State", "Open questions", "Last customer update", "Next step"]
    said = talk.fills(view, state="Rolling back", next_step="Watch the error rate")
    assert said.text == "INC-1 is handed over to Ben Okafor."
    assert any("State: Rolling back. Next step: Watch" in entry for entry in talk.timeline(1))


def test_a_note_keeps_people_as_people(talk):
    talk.declares(channel="C7")
    talk.says("note <@U0BEN|ben> saw &lt;500&gt; in <#C9|logs>, <https://x.test/a|see>", in_="C7")

    assert "noted: Ben Okafor saw <500> in #logs, https://x.test/a" in talk.timeline(1)


def test_a_note_may_be_about_an_earlier_time(talk):
    talk.declares(channel="C7")
    talk.says("note \u2014at 09:58 The graph went up", in_="C7")

    page = talk.says("timeline", in_="C7")
    first = page.blocks[1]["text"]["text"].splitlines()[0]
    assert "noted: The graph went up" in first
    assert "<!date^1772445480^{time}|09:58 UTC>" in first


def test_an_entry_is_corrected_by_its_number(talk):
    talk.declares(channel="C7")
    number = re.search(r"entry (\d+)", talk.says("note Deploy 4712", in_="C7").text)[1]

    assert "is corrected" in talk.says(f"correct {number} noted: Deploy 4711", in_="C7").text
    assert "noted: Deploy 4711" in talk.timeline(1)
    shown = str(talk.says("timeline", in_="C7").blocks)
    assert "Deploy 4712" in shown
    assert "corrected by Ada Lovelace" in shown


def test_a_correction_without_a_number_says_where_it_stands(talk):
    talk.declares(channel="C7")

    with pytest.raises(Unclear, match=r"/incident timeline"):
        talk.says("correct the last one", in_="C7")


@pytest.mark.parametrize("name", ["impact_started", "impact started", "Impact-Started"])
def test_a_milestone_is_corrected_in_the_readers_own_zone(talk, name):
    talk.declares(channel="C7")

    talk.says(f"milestone {name} 12:30 The graph says so", by="ben", in_="C7")  # Lagos is an hour ahead
    assert f"{talk.incident(1).impact_started_at:%H:%M}" == "11:30"


def test_milestones_cannot_stand_in_the_wrong_order(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused, match=r"Nothing was changed"):
        talk.says("milestone acknowledged 2026-03-01T09:00", in_="C7")


def test_the_timeline_is_paged(talk):
    talk.declares(channel="C7")
    for n in range(30):
        talk.says(f"note number {n}", in_="C7")

    last = talk.says("timeline", in_="C7")
    assert "page 2 of 2" in last.text
    first = talk.clicks("timeline.page/earlier", "INC-1 1")
    assert "page 1 of 2" in first.text
    assert first.replace


def test_days_are_shown_where_an_incident_crosses_midnight(talk):
    talk.declares(channel="C7")
    talk.says("note before", in_="C7")
    talk.now = talk.now.replace(day=3)
    talk.says("note after", in_="C7")

    assert [block for block in talk.says("timeline", in_="C7").blocks if block["type"] == "context"][1:]


def test_list_says_all_that_matters_in_a_line(talk):
    talk.declares("Search is slow", severity="sev3", channel="C7")

    line = talk.says("list").blocks[1]["text"]["text"]
    assert (
        line == "▲ SEV3 Minor · *INC-1* Search is slow · investigating · commander Ada Lovelace · <#C7> · 0 s"
    )


def test_an_empty_list_says_how_to_fill_it(talk):
    assert "/incident new" in talk.says("list").text


def test_a_long_list_stays_within_a_message(talk):
    for n in range(60):
        talk.declares(f"Incident {n}")

    assert "And 20 more" in str(talk.says("list").blocks)


def test_a_private_incident_is_not_there_for_others(talk):
    talk.declares("Secret", private=True, channel="C7")

    assert "Secret" in str(talk.says("list", by="ada").blocks)
    assert "No incident is live" in talk.says("list", by="ben").text
    with pytest.raises(NoSuchIncident):
        talk.says("INC-1 timeline", by="ben")


def test_whoever_speaks_in_a_private_channel_was_let_in(talk):
    talk.declares("Secret", private=True, channel="C7")
    talk.says("note I am here", by="ben", in_="C7")

    assert "Secret" in str(talk.says("list", by="ben").blocks)


def test_merge_keeps_both_references(talk):
    talk.declares(channel="C7")
    talk.declares("Payments fail", channel="C8")

    said = talk.says("merge INC-1", in_="C8")
    assert said.text == "INC-2 is merged into INC-1 Checkout is down. Both references keep working."
    assert "Work goes on in INC-1." in talk.says("INC-2").text


def test_merge_without_a_reference_says_how(talk):
    talk.declares(channel="C7")

    with pytest.raises(Unclear, match=r"/incident merge INC-7"):
        talk.says("merge", in_="C7")
    with pytest.raises(Refused, match=r"'that' is no reference"):
        talk.says("merge that", in_="C7")


def test_cancel_needs_a_reason(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused, match=r"The reason is empty"):
        talk.says("cancel", in_="C7")
    assert "is cancelled" in talk.says("cancel False alarm", in_="C7").text


def test_close_names_every_open_loop(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused, match=r"still open:\n• resolved: Resolve it first"):
        talk.says("close", in_="C7")


def test_rename_and_services(talk):
    talk.declares(channel="C7")

    assert "Cards are declined" in talk.says('rename "Cards are declined"', in_="C7").text
    assert talk.says("services checkout, search", in_="C7").text == "INC-1 touches: checkout, search."
    with pytest.raises(NoSuchChoice, match=r"'billing' is no service. Choose one of: checkout, search."):
        talk.says("services billing", in_="C7")


def test_acknowledge_is_said_once(talk):
    talk.declares(channel="C7")

    assert talk.says("acknowledge", in_="C7").text == "INC-1 is acknowledged, by you."
    assert "already" in talk.clicks("incident.acknowledge", "INC-1").text


def test_web_signs_in_once(talk):
    assert "http://closeout.test/login/" in talk.says("web").text


def test_a_customer_update_is_a_form_with_the_text_in_it(talk):
    talk.declares(channel="C7", severity="sev1")
    view = talk.says("update We are on it", in_="C7").view

    assert view["title"]["text"] == "Customer update"
    assert labels(view) == ["Phase", "Message", "Next update in", "Who hears of it"]
    assert initial(view) == {
        "phase": "investigating",
        "message": "We are on it",
        "next": "20m",
        "audience": "everyone",
    }
    assert "customers are told. Next word by" in talk.fills(view).text


def test_a_span_that_is_none_is_said_beside_its_field(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused) as refused:
        talk.fills(talk.says("update Soon", in_="C7").view, next="soon")
    assert refused.value.field == "next"


def test_an_action_item_is_a_form_with_the_text_in_it(talk):
    talk.declares(channel="C7")
    view = talk.says("action Alert on error rate", in_="C7").view

    assert view["title"]["text"] == "Action item"
    outcome = "What will be true when it is done?"
    assert labels(view) == ["Title", outcome, "Owner", "Due", "Kind", "Priority"]
    said = talk.fills(view, owner="U0BEN", due="2026-03-20", kind="detect").text
    assert said == "A-1 is written down in INC-1: Alert on error rate, due 2026-03-20."


def test_a_day_that_has_passed_is_said_beside_its_field(talk):
    talk.declares(channel="C7")

    with pytest.raises(Refused) as refused:
        talk.fills(talk.says("action x", in_="C7").view, due="2020-01-01")
    assert refused.value.field == "due"


def test_action_items_are_the_incidents_here_and_mine_elsewhere(talk):
    talk.declares(channel="C7")
    talk.fills(talk.says("action Alert", in_="C7").view, owner="U0BEN")

    assert "1 action item of INC-1" in talk.says("actions", in_="C7").text
    assert "1 action item of yours" in talk.says("actions", by="ben").text
    assert "No action item of yours" in talk.says("actions", by="chen").text


def test_an_action_item_lives_by_words_and_by_buttons(talk):
    talk.declares(channel="C7")
    talk.fills(talk.says("action Alert", in_="C7").view, owner="U0BEN")

    assert talk.clicks("action.start", "A-1", by="ben").text == "A-1 is in progress."
    form = talk.clicks("action.done", "A-1", by="ben").view
    assert labels(form) == ["Evidence"]
    assert "A-1 is done." in talk.fills(form, by="ben", evidence="https://x.test/1").text
    with pytest.raises(Refused):
        talk.says("verify A-1", by="ben")
    assert "It holds" in talk.says("verify A-1", by="chen").text


def test_an_action_item_is_declined_with_reason_and_approver(talk):
    talk.declares(channel="C7")
    talk.fills(talk.says("action Alert", in_="C7").view, owner="U0BEN")

    form = talk.says("decline A-1 Too dear", by="ben").view
    assert initial(form) == {"reason": "Too dear"}
    assert talk.fills(form, by="ben", approver="U0CHEN").text == "A-1 is declined; Chen Wei approved."


def test_a_page_names_whom_it_rings(talk):
    talk.declares(channel="C7")

    assert talk.says("page checkout Nobody can pay", in_="C7").text.startswith("Paging checkout for")
    assert talk.says("page <@U0BEN|ben> Please come", in_="C7").text.startswith(
        "Paging Ben Okafor for INC-1."
    )
    with pytest.raises(Unclear, match=r"Whom"):
        talk.says("page", in_="C7")


def test_of_two_who_press_join_the_second_is_told_who_was_quicker(talk):
    talk.says("new Checkout is down")
    assert "You are now" in talk.clicks("role.join/comms", "INC-1 comms", by="ben").text
    assert "Ben Okafor was quicker" in talk.clicks("role.join/comms", "INC-1 comms", by="chen").text
    assert "You are now" in talk.says("INC-1 join comms", by="chen").text
