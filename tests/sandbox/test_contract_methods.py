"""Calls that Slack takes and calls that it refuses, before it looks at the workspace."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.contract import COMMON_ERRORS, METHODS, allows, check_call, taken_args

JSON = "application/json;charset=utf-8"
FORM = "application/x-www-form-urlencoded"
TS = "1772452800.000100"
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Declare"}, "blocks": [{"type": "divider"}]}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
LONG = "x" * 4001


def call(method, content_type=JSON, scopes=None, strict=True, **args):
    return check_call(method, args, content_type=content_type, scopes=scopes, strict=strict)


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("auth.test", {}),
        ("api.test", {"anything": "at all"}),
        ("conversations.create", {"name": "inc-7-checkout-is-down", "is_private": False}),
        ("conversations.invite", {"channel": "C1", "users": "U1,U2", "force": True}),
        ("conversations.setTopic", {"channel": "C1", "topic": ""}),
        ("conversations.history", {"channel": "C1", "oldest": TS, "latest": "0", "limit": 999}),
        ("conversations.open", {"users": "U1"}),
        ("chat.postMessage", {"channel": "C1", "text": "Hello", "thread_ts": TS, "unfurl_links": False}),
        ("chat.postMessage", {"channel": "C1", "text": LONG, "blocks": json.dumps([{"type": "divider"}])}),
        ("chat.postMessage", {"channel": "C1", "markdown_text": "**Hello**"}),
        ("chat.update", {"channel": "C1", "ts": TS, "text": "Hello", "blocks": [], "metadata": {}}),
        ("reactions.add", {"channel": "C1", "timestamp": TS, "name": "+1::skin-tone-2"}),
        (
            "bookmarks.add",
            {"channel_id": "C1", "title": "Runbook", "type": "link", "link": "https://a.example"},
        ),
        ("views.open", {"trigger_id": "1.2.a", "view": MODAL}),
        ("views.publish", {"user_id": "U1", "view": json.dumps(HOME), "hash": "1.a"}),
        ("files.completeUploadExternal", {"files": [{"id": "F1", "title": "Log"}], "channel_id": "C1"}),
    ],
)
def test_a_proper_call_passes(method, args):
    assert call(method, **args) is None


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("conversations.create", {}, "invalid_name_required"),
        ("conversations.create", {"name": "Inc 7"}, "invalid_name_specials"),
        ("conversations.rename", {"channel": "C1", "name": "x" * 81}, "invalid_name_maxlength"),
        ("conversations.invite", {"channel": "C1"}, "no_user"),
        ("conversations.invite", {"channel": "C1", "users": ""}, "no_user"),
        ("conversations.invite", {"channel": "C1", "users": "U1," * 101}, "invalid_arguments"),
        ("conversations.setTopic", {"channel": "C1", "topic": "x" * 251}, "too_long"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U1,U2,U3,U4,U5,U6,U7,U8,U9"}, "too_many_users"),
        ("conversations.history", {"channel": "C1", "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C1", "limit": 1000}, "invalid_arguments"),
        ("conversations.kick", {"channel": "C1"}, "user_not_found"),
        ("chat.postMessage", {"text": "Hello"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1"}, "no_text"),
        ("chat.postMessage", {"channel": "C1", "text": " "}, "no_text"),
        ("chat.postMessage", {"channel": "C1", "text": "a", "markdown_text": "a"}, "markdown_text_conflict"),
        ("chat.postMessage", {"channel": "C1", "markdown_text": "a" * 12001}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": "a", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "C1", "text": "a", "blocks": {}}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "C1", "text": "a", "blocks": [{"type": "alert"}]}, "invalid_blocks"),
        (
            "chat.postMessage",
            {"channel": "C1", "text": "a", "attachments": [{}] * 101},
            "too_many_attachments",
        ),
        ("chat.postMessage", {"channel": "C1", "text": "a", "thread_ts": "177"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": "a", "metadata": []}, "invalid_metadata_format"),
        (
            "chat.postMessage",
            {"channel": "C1", "text": "a", "metadata": {"id": 1}},
            "invalid_metadata_schema",
        ),
        ("chat.update", {"channel": "C1", "ts": TS, "text": LONG}, "msg_too_long"),
        ("pins.add", {"channel": "C1"}, "no_item_specified"),
        ("pins.add", {"channel": "C1", "timestamp": "1"}, "bad_timestamp"),
        ("reactions.add", {"channel": "C1", "timestamp": TS, "name": ":eyes:"}, "invalid_name"),
        ("bookmarks.add", {"channel_id": "C1", "title": "a", "type": "file"}, "invalid_bookmark_type"),
        ("bookmarks.add", {"channel_id": "C1", "title": "a", "type": "link"}, "invalid_link"),
        ("bookmarks.add", {"title": "a", "type": "link", "link": "https://a.example"}, "channel_not_found"),
        ("bookmarks.remove", {"channel_id": "C1"}, "not_found"),
        ("views.open", {"view": MODAL}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.a", "view": HOME}, "invalid_arguments"),
        ("views.update", {"view": MODAL}, "invalid_arguments"),
        (
            "views.publish",
            {"user_id": "U1", "view": HOME | {"private_metadata": "x" * 250_000}},
            "view_too_large",
        ),
        ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
    ],
)
def test_an_improper_call_gets_a_code_that_slack_documents(method, args, code):
    problem = call(method, **args)
    assert problem.code == code
    assert allows(method, code)


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("conversations.list", {"types": "public"}, "invalid_types"),
        ("conversations.list", {"limit": "1000"}, "invalid_limit"),
        ("files.getUploadURLExternal", {"filename": "a.txt"}, "missing_argument"),
        (
            "files.getUploadURLExternal",
            {"filename": "a", "length": "3", "alt_txt": "x" * 1001},
            "alt_txt_too_large",
        ),
        ("users.info", {}, "invalid_arguments"),
    ],
)
def test_form_only_methods_refuse_what_slack_refuses(method, args, code):
    assert call(method, FORM, **args).code == code
    assert allows(method, code)


def test_a_json_body_is_lost_where_slack_takes_only_forms():
    assert call("users.info", FORM, user="U1") is None
    problem = call("users.info", JSON, user="U1")
    assert problem.messages[0] == "[ERROR] missing required field: user"
    assert "lost: user" in problem.messages[1]
    assert taken_args("users.info", {"user": "U1"}, JSON) == {}


def test_arguments_lost_without_being_required_are_refused_only_in_strict_mode():
    assert call("users.list", JSON, limit=200).code == "invalid_arguments"
    assert call("users.list", JSON, limit=200, strict=False) is None
    assert call("users.list", JSON) is None


def test_an_unknown_argument_is_refused_in_strict_mode_and_named():
    problem = call("chat.postMessage", channel="C1", text="a", thread="1")
    assert problem.messages == ("[ERROR] unknown argument: thread",)
    assert call("chat.postMessage", channel="C1", text="a", thread="1", strict=False) is None


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"users": ["U1"]}, "invalid_array_arg"),
        ({"users": "U1", "force": "maybe"}, "invalid_arguments"),
        ({"users": {"id": "U1"}}, "invalid_arguments"),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(args, code):
    assert call("conversations.invite", channel="C1", **args).code == code


def test_numbers_and_booleans_may_come_as_words_in_a_form():
    assert call("conversations.list", FORM, limit="200", exclude_archived="true") is None
    assert call("conversations.list", FORM, limit="many").code == "invalid_arguments"


def test_the_token_may_stand_among_the_arguments():
    assert call("auth.test", FORM, token="xoxb-1") is None
    assert "token" not in taken_args("auth.test", {"token": "xoxb-1"}, FORM)


def test_a_method_that_slack_does_not_have_is_unknown():
    assert call("chat.shout").code == "unknown_method"


def test_a_missing_scope_names_what_is_needed_and_what_is_there():
    problem = call("pins.add", scopes={"chat:write", "pins:read"})
    assert problem.answer() == {
        "ok": False,
        "error": "missing_scope",
        "needed": "pins:write",
        "provided": "chat:write,pins:read",
    }


def test_a_private_channel_needs_a_scope_of_its_own():
    assert call("conversations.create", name="a", scopes={"channels:manage"}) is None
    problem = call("conversations.create", name="a", is_private=True, scopes={"channels:manage"})
    assert problem.needed == "groups:write"


def test_invalid_blocks_are_explained_twice_as_slack_does():
    answer = call("chat.postMessage", channel="C1", text="a", blocks=[{"type": "header"}]).answer()
    assert answer["errors"] == ["missing required field: text [json-pointer:/blocks/0]"]
    assert answer["response_metadata"]["messages"] == ["[ERROR] " + answer["errors"][0]]


def test_every_method_is_told_whole():
    for method in METHODS.values():
        assert set(method.required) <= set(method.args)
        assert method.tier in {"2", "3", "4", "special"}
    assert "ratelimited" in COMMON_ERRORS


@given(st.sampled_from(sorted(METHODS)), st.data(), st.booleans())
def test_junk_in_arguments_breaks_nothing(method, data, strict):
    value = st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=3), max_size=2)
    names = st.sampled_from(sorted(METHODS[method].args) or ["strange"])
    args = data.draw(st.dictionaries(names, value | st.just("{}") | st.just({"type": "modal"})))
    problem = call(method, FORM, strict=strict, **args)
    assert problem is None or allows(method, problem.code)
