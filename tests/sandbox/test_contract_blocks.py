"""Block Kit as Slack takes it, and the words with which it refuses the rest."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.contract import check_blocks, check_message, check_view, cut_text

VIEWS = json.loads((Path(__file__).parent / "data" / "views.json").read_text(encoding="utf-8"))
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["button", "plain_text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "element", "accessory", "options", "option_groups"])
            | st.sampled_from(
                ["initial_option", "initial_options", "block_id", "action_id", "blocks", "rows"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def plain(text="Text"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="Text"):
    return {"type": "mrkdwn", "text": text}


def option(number=1, **more):
    return {"text": plain(f"Option {number}"), "value": str(number)} | more


def button(**more):
    return {"type": "button", "text": plain(), "action_id": "a"} | more


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def section(**more):
    return {"type": "section"} | more


def ask(**element):
    return {"type": "input", "label": plain(), "element": element}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks)} | more


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
GROUPS = [{"label": plain(), "options": [option()]}]
SELECT = {"type": "static_select", "action_id": "s", "options": [option()]}


@pytest.mark.parametrize("name", VIEWS)
def test_views_that_slack_accepts_pass(name):
    assert check_view(VIEWS[name]) == []


@pytest.mark.parametrize(
    "block",
    [
        section(text=mrkdwn("x" * 3000)),
        section(fields=[mrkdwn("x" * 2000)] * 10, accessory=SELECT, expand=True),
        actions(*[button(action_id=str(number)) for number in range(25)]),
        actions(button(value="x" * 2000, style="danger", confirm=CONFIRM, url="https://a.example")),
        actions({"type": "overflow", "options": [option(url="https://a.example")] * 5}),
        actions({"type": "datetimepicker", "initial_date_time": 1772452800}),
        ask(type="number_input", is_decimal_allowed=False, min_value="1"),
        {
            "type": "context",
            "elements": [plain(), mrkdwn(), {"type": "image", "image_url": "u", "alt_text": "a"}],
        },
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider", "block_id": "d"},
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Graph"},
        {"type": "markdown", "text": "**bold**"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 3}]]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
        },
        {"type": "task_card", "whatever": "Slack still changes this one"},
    ],
)
def test_blocks_at_their_limits_pass_in_a_message(block):
    assert check_blocks([block], "message") == []


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (section(), "missing required field: text or fields [json-pointer:/blocks/0]"),
        (
            section(text=mrkdwn("x" * 3001)),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (section(text=mrkdwn("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (section(text="words"), "must provide an object [json-pointer:/blocks/0/text]"),
        (
            section(fields=[plain("x" * 2001)]),
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (section(fields=[plain()] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
        (section(text=mrkdwn(), accessory={"type": "datetimepicker"}), "unsupported type: datetimepicker"),
        (section(text=mrkdwn() | {"emoji": True}), "invalid additional property: emoji"),
        ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
        ({"type": "alert", "text": plain()}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
        ({"type": "context", "elements": []}, "at least 1 items required [json-pointer:/blocks/0/elements]"),
        ({"type": "divider", "text": plain()}, "invalid additional property: text [json-pointer:/blocks/0]"),
        ({"type": "divider", "block_id": "x" * 256}, "must be less than 256 characters"),
        ({"text": plain()}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "image", "alt_text": "a"}, "must have exactly one of image_url and slack_file"),
        (actions(button(text=plain("x" * 76))), "must be less than 76 characters"),
        (actions(button(value="x" * 2001)), "must be less than 2001 characters"),
        (actions(button(style="default")), "must be a valid enum value: primary, danger"),
        (actions(button(confirm=CONFIRM | {"deny": None})), "missing required field: deny"),
        (
            actions(button(), button()),
            "action_id must be unique, and a stands 2 times [json-pointer:/blocks/0]",
        ),
        (actions(*[button(action_id=str(number)) for number in range(26)]), "no more than 25 items allowed"),
        (actions(SELECT | {"option_groups": GROUPS}), "exactly one of options and option_groups"),
        (actions(SELECT | {"options": [option(value="x" * 151)]}), "must be less than 151 characters"),
        (actions(SELECT | {"options": [option()] * 101}), "no more than 100 items allowed"),
        (actions(SELECT | {"initial_option": option(2)}), "must exactly match one of the options"),
        (actions(SELECT | {"placeholder": plain("x" * 151)}), "must be less than 151 characters"),
        (actions({"type": "radio_buttons", "options": [option()] * 11}), "no more than 10 items allowed"),
        (actions({"type": "datepicker", "initial_date": "2.3.2026"}), "must be a date such as 2026-03-02"),
        (ask(type="plain_text_input", max_length=3001), "must be between 1 and 3000"),
        (ask(type="plain_text_input", min_length=9, max_length=8), "must not be more than max_length"),
        (ask(type="number_input"), "missing required field: is_decimal_allowed"),
        (ask(type="button", text=plain()), "unsupported type: button"),
        (ask(type="file_input"), "file_input is for modals only"),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]},
            "no more than 20 items allowed",
        ),
    ],
)
def test_a_wrong_block_is_refused_with_its_place(block, fault):
    faults = check_blocks([block], "message")
    assert len(faults) == 1
    assert faults[0].startswith("[ERROR] ")
    assert fault in faults[0]


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "divider", "block_id": "d"}] * 2, "block_id must be unique, and d stands 2 times"),
        (
            [{"type": "markdown", "text": "x" * 6001}] * 2,
            "markdown blocks must be less than 12001 characters in all",
        ),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2,
            "no more than 1 table blocks",
        ),
        ({"type": "divider"}, "must be an array"),
    ],
)
def test_blocks_that_are_wrong_together_are_refused(blocks, fault):
    assert [found for found in check_blocks(blocks, "message") if fault in found]


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("modal", ["markdown", "table", "context_actions", "plan", "task_card", "data_visualization"]),
        ("home", ["markdown", "alert", "context_actions", "plan", "task_card"]),
        ("message", ["alert", "file"]),
    ],
)
def test_each_surface_has_its_own_blocks(kind, refused):
    for name in refused:
        assert any("unsupported type" in fault for fault in check_blocks([{"type": name}], kind))


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (modal({"type": "divider"}, title=plain("x" * 25)), "must be less than 25 characters"),
        (modal({"type": "divider"}, title=None), "missing required field: title"),
        (modal(ask(type="plain_text_input"), submit=None), "missing required field: submit"),
        (modal({"type": "divider"}, private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal({"type": "divider"}, callback_id="x" * 256), "must be less than 256 characters"),
        (modal({"type": "divider"}, id="V1"), "invalid additional property: id [json-pointer:/view]"),
        (modal(), "at least 1 items required [json-pointer:/view/blocks]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(*[ask(type="plain_text_input", focus_on_load=True)] * 2),
            "only one element may have focus_on_load",
        ),
        (
            {"type": "home", "blocks": [{"type": "divider"}], "title": plain()},
            "invalid additional property: title",
        ),
        ({"type": "sheet"}, "unsupported type: sheet [json-pointer:/view/type]"),
        ("view", "must provide an object"),
    ],
)
def test_a_wrong_view_is_refused_with_its_place(view, fault):
    faults = check_view(view)
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_hundred_blocks_and_a_file_input_fit_in_a_modal():
    assert check_view(modal(ask(type="file_input", max_files=10), *[{"type": "divider"}] * 99)) == []


def test_a_view_is_measured_in_bytes():
    heavy = [section(text=plain("é" * 3000))] * 45
    assert ["must be less than 250001 bytes" in fault for fault in check_view(modal(*heavy))] == [True]


def test_a_long_text_is_cut_with_a_warning_where_slack_cuts_it():
    assert cut_text("x" * 40_000) == ("x" * 40_000, [])
    assert cut_text("x" * 40_001) == ("x" * 40_000, ["message_truncated"])


def test_metadata_is_refused_when_it_is_large():
    metadata = {"event_type": "closeout", "event_payload": {"key": "INC-7/12"}}
    assert check_message(text="a", metadata=metadata) is None
    metadata["event_payload"]["key"] = "x" * 16_000
    assert check_message(text="a", metadata=metadata).code == "metadata_too_large"


def test_blocks_in_an_attachment_are_looked_at_too():
    problem = check_message(text="a", attachments=[{"color": "#fff", "blocks": [{"type": "header"}]}])
    assert "/attachments/0/blocks/0" in problem.messages[0]


@given(JUNK)
def test_junk_is_refused_and_breaks_nothing(junk):
    assert check_blocks([junk], "message") or isinstance(junk, dict)
    assert check_view(junk)
