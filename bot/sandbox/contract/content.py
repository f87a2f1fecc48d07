"""What Slack refuses in the messages and views that a call carries."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.sandbox.contract.blocks import (
    LONGEST_TEXT,
    LONGEST_UPDATE,
    check_blocks,
    check_message,
    check_view,
    is_too_large,
)
from bot.sandbox.contract.problem import Problem, invalid
from bot.sandbox.contract.shapes import fault

Args = Mapping[str, Any]

# Where Slack refuses a long text; elsewhere it cuts it at 40,000 characters and warns.
LONGEST: Final = {"chat.update": LONGEST_UPDATE, "chat.postEphemeral": LONGEST_TEXT}
# What Slack says when a JSON argument came as a string that is no JSON.
NOT_JSON: Final = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
}


class NotJson(ValueError):
    """This argument is a string, and it holds no JSON."""


def check_content(method: str, args: Args) -> Problem | None:
    """The first thing that Slack would refuse in the blocks, text, metadata or view of a call."""
    check = CHECKS.get(method)
    if check is None:
        return None
    try:
        return check(method, args)
    except NotJson as broken:
        argument = str(broken)
        code = NOT_JSON.get(argument)
        return Problem(code) if code else invalid(argument, "must be valid JSON")


def decoded(args: Args, name: str) -> Any:
    """A JSON argument, which callers may send as JSON or as a string that holds it."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except ValueError:
        raise NotJson(name) from None


def _message(method: str, args: Args) -> Problem | None:
    markdown = args.get("markdown_text")
    files = decoded(args, "file_ids") if method == "chat.update" else None
    return check_message(
        text=_text(args) or (" files" if files else None),
        blocks=decoded(args, "blocks"),
        attachments=decoded(args, "attachments"),
        markdown_text=None if markdown is None else str(markdown),
        metadata=decoded(args, "metadata"),
        longest=LONGEST.get(method),
    )


def _text(args: Args) -> str | None:
    text = args.get("text")
    return None if text is None else str(text)


def _view(method: str, args: Args) -> Problem | None:
    view = decoded(args, "view")
    if is_too_large(view):
        return Problem("view_too_large")
    wanted = VIEW_TYPES.get(method)
    if wanted and isinstance(view, dict) and view.get("type") not in (None, wanted):
        message = fault("/view/type", f"unsupported type: {view['type']}, this method takes a {wanted}")
        return Problem("invalid_arguments", (message,))
    faults = check_view(view)
    return Problem("invalid_arguments", tuple(faults)) if faults else None


def _upload(method: str, args: Args) -> Problem | None:
    files = decoded(args, "files")
    if not isinstance(files, list) or not files:
        return invalid("files", "at least 1 items required")
    for number, file in enumerate(files):
        if not isinstance(file, dict) or not file.get("id"):
            return invalid(f"files/{number}", "missing required field: id")
        if strange := set(file) - {"id", "title", "highlight_type"}:
            return invalid(f"files/{number}", f"invalid additional property: {min(strange)}")
    faults = check_blocks(decoded(args, "blocks") or [], "message")
    return Problem("invalid_blocks", tuple(faults)) if faults else None


CHECKS: dict[str, Callable[[str, Args], Problem | None]] = {
    "chat.postMessage": _message,
    "chat.update": _message,
    "chat.postEphemeral": _message,
    "chat.scheduleMessage": _message,
    "views.open": _view,
    "views.push": _view,
    "views.update": _view,
    "views.publish": _view,
    "files.completeUploadExternal": _upload,
}
VIEW_TYPES: Final = {"views.open": "modal", "views.push": "modal", "views.publish": "home"}
