"""What an app may say back: the answer to a submission, to a command, and to a response_url."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.contract.blocks import check_message, check_view
from bot.sandbox.contract.problem import Problem
from bot.sandbox.contract.shapes import fault
from bot.sandbox.contract.submission import View

RESPONSE_TYPES: Final = ("ephemeral", "in_channel")
RESPONSE_FIELDS: Final = frozenset(
    {
        "response_type",
        "replace_original",
        "delete_original",
        "text",
        "blocks",
        "attachments",
        "thread_ts",
        "metadata",
        "unfurl_links",
        "unfurl_media",
        "mrkdwn",
        "parse",
        "link_names",
    }
)


def check_submission_answer(view: View, body: Any) -> list[str]:
    """Why Slack would show "We had some trouble connecting" instead of this answer to a submission."""
    if body in (None, "", {}):
        return []
    if not isinstance(body, dict):
        return [fault("", "must provide an object")]
    action = body.get("response_action")
    if action == "errors":
        return _check_errors(view, body.get("errors"))
    if action in ("update", "push"):
        return check_view(body.get("view"))
    return [] if action == "clear" else [fault("/response_action", f"unsupported type: {action}")]


def _check_errors(view: View, errors: Any) -> list[str]:
    if not isinstance(errors, dict) or not errors:
        return [fault("/errors", "must provide an object with at least one error")]
    inputs = {block.get("block_id") for block in view.get("blocks") or [] if block.get("type") == "input"}
    faults = [
        fault("/errors", f"{key} is no block_id of an input block") for key in errors if key not in inputs
    ]
    wordless = [key for key, text in errors.items() if not isinstance(text, str) or not text]
    return faults + [fault(f"/errors/{key}", "must be more than 0 characters") for key in wordless]


def check_response(body: Any) -> Problem | None:
    """What a response_url, or the answer to a slash command, would refuse; its body is JSON."""
    if not isinstance(body, Mapping):
        return Problem("invalid_payload")
    strange = sorted(set(body) - RESPONSE_FIELDS)
    if strange:
        return Problem("invalid_payload", tuple(f"[ERROR] unknown argument: {name}" for name in strange))
    if body.get("response_type", "ephemeral") not in RESPONSE_TYPES:
        return Problem("invalid_payload", (fault("/response_type", "must be a valid enum value"),))
    if body.get("delete_original"):
        alone = set(body) == {"delete_original"}
        return None if alone else Problem("invalid_payload", ("[ERROR] delete_original must stand alone",))
    text = body.get("text")
    return check_message(
        text=None if text is None else str(text),
        blocks=body.get("blocks"),
        attachments=body.get("attachments"),
        metadata=body.get("metadata"),
    )
