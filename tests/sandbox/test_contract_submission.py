"""What a person fills in, as the app receives it, and what Slack does not let through."""

import json
from pathlib import Path

import pytest

from bot.sandbox.contract import (
    NotOffered,
    check_submission,
    check_submission_answer,
    check_view,
    fields_of,
    state_of,
    with_ids,
)
from bot.sandbox.contract.acks import check_response
from bot.sandbox.contract.submission import HOLDS, REQUIRED

VIEWS = json.loads((Path(__file__).parent / "data" / "views.json").read_text(encoding="utf-8"))
OPTIONS = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("Sev1", "Sev2")]
WITH_OPTIONS = {"static_select", "multi_static_select", "radio_buttons", "checkboxes"}
NEEDED = {"number_input": {"is_decimal_allowed": False}}


def element(kind, **more):
    options = {"options": OPTIONS} if kind in WITH_OPTIONS else {}
    return {"type": kind, "action_id": "a"} | options | NEEDED.get(kind, {}) | more


def view(kind, optional=False, **more):
    label = {"type": "plain_text", "text": "Field"}
    block = {"type": "input", "block_id": "b", "label": label, "optional": optional}
    title = {"type": "plain_text", "text": "Title"}
    blocks = [block | {"element": element(kind, **more)}]
    return {"type": "modal", "title": title, "submit": title, "blocks": blocks}


def held(shown, **given):
    return state_of(shown, given)["b"]["a"]


@pytest.mark.parametrize(
    ("kind", "given", "state"),
    [
        ("plain_text_input", "Down", {"value": "Down"}),
        ("plain_text_input", "", {"value": None}),
        ("email_text_input", "ada@example.com", {"value": "ada@example.com"}),
        ("url_text_input", "https://a.example", {"value": "https://a.example"}),
        ("number_input", 7, {"value": "7"}),
        ("datepicker", "2026-03-02", {"selected_date": "2026-03-02"}),
        ("timepicker", "09:30", {"selected_time": "09:30"}),
        ("datetimepicker", 1772452800, {"selected_date_time": 1772452800}),
        ("static_select", "Sev1", {"selected_option": OPTIONS[0]}),
        ("static_select", "sev2", {"selected_option": OPTIONS[1]}),
        ("static_select", None, {"selected_option": None}),
        ("radio_buttons", "Sev2", {"selected_option": OPTIONS[1]}),
        ("checkboxes", ["Sev1", "Sev2"], {"selected_options": OPTIONS}),
        ("multi_static_select", "Sev1", {"selected_options": OPTIONS[:1]}),
        ("external_select", OPTIONS[0], None),
        ("users_select", "U1", {"selected_user": "U1"}),
        ("multi_users_select", ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
        ("conversations_select", "C1", {"selected_conversation": "C1"}),
        ("channels_select", "C1", {"selected_channel": "C1"}),
        ("multi_channels_select", None, {"selected_channels": []}),
        ("file_input", [{"id": "F1"}], {"files": [{"id": "F1"}]}),
    ],
)
def test_each_element_holds_its_value_under_its_own_key(kind, given, state):
    if state is None:
        with pytest.raises(NotOffered):
            held(view(kind), Field="Sev1")
        state = {"selected_option": given}
    assert held(view(kind), Field=given) == {"type": kind} | state


@pytest.mark.parametrize("kind", HOLDS)
def test_an_empty_element_is_there_and_required(kind):
    shown = view(kind)
    assert check_view(shown) == []
    state = held(shown)
    assert list(state) == ["type", HOLDS[kind][0]]
    assert state[HOLDS[kind][0]] in (None, [])
    assert check_submission(shown, state_of(shown)) == {"b": REQUIRED}
    assert check_submission(view(kind, optional=True), state_of(shown)) == {}


def test_rich_text_comes_as_a_block_of_rich_text():
    value = held(view("rich_text_input"), Field="Down")["rich_text_value"]
    assert value["elements"][0]["elements"] == [{"type": "text", "text": "Down"}]


def test_what_is_filled_in_at_first_counts_until_a_person_changes_it():
    shown = view("plain_text_input", initial_value="Draft")
    assert held(shown)["value"] == "Draft"
    typed = state_of(shown, {"b": "Final"})
    assert typed["b"]["a"]["value"] == "Final"
    assert state_of(shown, before=typed) == typed


def test_only_what_is_offered_can_be_chosen():
    with pytest.raises(NotOffered, match="It offers: Sev1, Sev2"):
        held(view("static_select"), Field="Sev9")
    with pytest.raises(NotOffered, match="There is no field 'Severity'"):
        held(view("static_select"), Severity="Sev1")


@pytest.mark.parametrize(
    ("kind", "more", "given", "refusal"),
    [
        ("plain_text_input", {"min_length": 5}, "abcd", "Please enter at least 5 characters."),
        ("plain_text_input", {"max_length": 3}, "abcd", "Please enter no more than 3 characters."),
        ("plain_text_input", {}, "x" * 3001, "Please enter no more than 3000 characters."),
        ("email_text_input", {}, "ada", "Please enter a valid email address."),
        ("url_text_input", {}, "a.example", "Please enter a valid URL."),
        ("number_input", {}, "1.5", "Please enter a valid number."),
        ("number_input", {"min_value": "2"}, "1", "Please enter a number of at least 2."),
        ("number_input", {"max_value": "2"}, "3", "Please enter a number of at most 2."),
        ("datepicker", {}, "tomorrow", "Please enter a valid date."),
        ("datepicker", {}, "2026-02-30", "Please enter a valid date."),
        (
            "multi_users_select",
            {"max_selected_items": 1},
            ["U1", "U2"],
            "Please choose no more than 1 items.",
        ),
    ],
)
def test_slack_refuses_by_itself_what_the_element_does_not_allow(kind, more, given, refusal):
    shown = view(kind, **more)
    assert check_submission(shown, state_of(shown, {"Field": given})) == {"b": refusal}


def test_ids_are_made_up_where_the_app_gave_none():
    named = with_ids(VIEWS["view_modal_007"])
    fields = list(fields_of(named))
    assert len({(field.block_id, field.action_id) for field in fields}) == len(fields) > 10
    assert with_ids(named) == named
    assert check_view(named) == []


def test_menus_outside_of_inputs_are_in_the_state_but_never_required():
    named = with_ids(VIEWS["view_modal_007"])
    state = state_of(named)
    outside = {field.block_id for field in fields_of(named) if not field.is_input}
    assert outside <= set(state)
    assert not outside & set(check_submission(named, state))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (None, None),
        ({}, None),
        ({"response_action": "clear"}, None),
        ({"response_action": "update", "view": view("plain_text_input")}, None),
        ({"response_action": "errors", "errors": {"b": "Too short"}}, None),
        ({"response_action": "errors", "errors": {"a": "Too short"}}, "a is no block_id of an input block"),
        ({"response_action": "errors", "errors": {"b": ""}}, "must be more than 0 characters"),
        ({"response_action": "errors", "errors": {}}, "at least one error"),
        ({"response_action": "push", "view": {}}, "unsupported type: None"),
        ({"response_action": "close"}, "unsupported type: close"),
        ("ok", "must provide an object"),
    ],
)
def test_an_answer_to_a_submission_must_fit_the_view(answer, fault):
    faults = check_submission_answer(view("plain_text_input"), answer)
    assert [fault in found for found in faults] == ([True] if fault else [])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "Done", "response_type": "in_channel"}, None),
        ({"text": "Done", "replace_original": True, "blocks": [{"type": "divider"}]}, None),
        ({"delete_original": True}, None),
        ({"delete_original": True, "text": "Done"}, "invalid_payload"),
        ({"text": "Done", "response_type": "everyone"}, "invalid_payload"),
        ({"text": "Done", "channel": "C1"}, "invalid_payload"),
        ({"response_type": "ephemeral"}, "no_text"),
        ({"blocks": [{"type": "header"}]}, "invalid_blocks"),
        ("Done", "invalid_payload"),
    ],
)
def test_a_response_url_takes_a_message_and_little_else(body, code):
    problem = check_response(body)
    assert (problem.code if problem else None) == code
