"""Block Kit: what Slack refuses in blocks, views and messages."""

import json
import re
from typing import Any, Final, Literal

from bot.sandbox.contract.problem import Problem, invalid
from bot.sandbox.contract.rules import check_rules
from bot.sandbox.contract.shapes import SURFACES, check_one, check_shape, fault

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS: Final = {"message": 50, "modal": 100, "home": 100}
MOST_ATTACHMENTS: Final = 100
MOST_MARKDOWN: Final = 12_000
LONGEST_UPDATE: Final = 4_000
LONGEST_TEXT: Final = 40_000
# Slack writes "250kb"; the limit is on the view as the app sends it.
LARGEST_VIEW: Final = 250_000
# Slack publishes no figure for metadata; others measured about 16 kB.
LARGEST_METADATA: Final = 16_000


def check_blocks(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """Slack's messages about these blocks; none when it would take them."""
    if not isinstance(blocks, list):
        return [fault(pointer, "must be an array")]
    faults: list[str] = []
    if len(blocks) > MOST_BLOCKS[surface]:
        faults.append(fault(pointer, f"no more than {MOST_BLOCKS[surface]} items allowed"))
    for number, block in enumerate(blocks):
        faults += check_one("block", SURFACES[surface], block, f"{pointer}/{number}")
    whole = [block if isinstance(block, dict) else {} for block in blocks]
    return faults + list(check_rules(whole, pointer)) + _file_inputs(whole, surface, pointer)


def _file_inputs(blocks: list[dict[str, Any]], surface: Surface, pointer: str) -> list[str]:
    if surface == "modal":
        return []
    return [
        fault(f"{pointer}/{number}/element", "file_input is for modals only")
        for number, block in enumerate(blocks)
        if isinstance(block.get("element"), dict) and block["element"].get("type") == "file_input"
    ]


def check_view(view: Any) -> list[str]:
    """Slack's messages about a modal or a Home tab; none when it would take it."""
    if not isinstance(view, dict):
        return [fault("/view", "must provide an object")]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [fault("/view/type", f"unsupported type: {kind}")]
    faults = list(check_shape(f"view/{kind}", view, "/view"))
    blocks = view.get("blocks")
    if blocks == []:
        faults.append(fault("/view/blocks", "at least 1 items required"))
    if blocks is not None:
        faults += check_blocks(blocks, kind, "/view/blocks")
    if kind == "modal" and view.get("submit") is None and _has_inputs(blocks):
        faults.append(fault("/view", "missing required field: submit, since the view has input blocks"))
    if is_too_large(view):
        faults.append(fault("/view", f"must be less than {LARGEST_VIEW + 1} bytes"))
    return faults


def _has_inputs(blocks: Any) -> bool:
    listed = blocks if isinstance(blocks, list) else []
    return any(isinstance(block, dict) and block.get("type") == "input" for block in listed)


def is_too_large(view: Any) -> bool:
    return len(json.dumps(view, separators=(",", ":"), ensure_ascii=False).encode()) > LARGEST_VIEW


def check_message(
    *,
    text: str | None = None,
    blocks: Any = None,
    attachments: Any = None,
    markdown_text: str | None = None,
    metadata: Any = None,
    longest: int | None = None,
) -> Problem | None:
    """The first thing that Slack would refuse in a message, or None; with no `longest` a text is cut."""
    return (
        _check_text(text, blocks, attachments, markdown_text)
        or (Problem("msg_too_long") if longest is not None and len(text or "") > longest else None)
        or _check_message_blocks(blocks)
        or _check_attachments(attachments)
        or _check_metadata(metadata)
    )


def cut_text(text: str) -> tuple[str, list[str]]:
    """The text as Slack keeps it, and its warnings: what is too long is cut without an error."""
    if len(text) <= LONGEST_TEXT:
        return text, []
    return text[:LONGEST_TEXT], ["message_truncated"]


def _check_text(text: str | None, blocks: Any, attachments: Any, markdown: str | None) -> Problem | None:
    if markdown and (text or blocks):
        return Problem("markdown_text_conflict")
    if len(markdown or "") > MOST_MARKDOWN:
        return invalid("markdown_text", f"must be less than {MOST_MARKDOWN + 1} characters")
    if not ((text or "").strip() or markdown or blocks or attachments):
        return Problem("no_text")
    return None


def _check_message_blocks(blocks: Any) -> Problem | None:
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        return Problem("invalid_blocks_format")
    faults = check_blocks(blocks, "message")
    return Problem("invalid_blocks", tuple(faults)) if faults else None


def _check_attachments(attachments: Any) -> Problem | None:
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        return invalid("attachments", "must be an array of objects")
    if len(attachments) > MOST_ATTACHMENTS:
        return Problem("too_many_attachments")
    for number, attachment in enumerate(attachments):
        faults = check_blocks(attachment.get("blocks") or [], "message", f"/attachments/{number}/blocks")
        if faults:
            return Problem("invalid_blocks", tuple(faults))
    return None


def _check_metadata(metadata: Any) -> Problem | None:
    # An empty object takes the metadata off a message.
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata, dict):
        return Problem("invalid_metadata_format")
    if set(metadata) - {"event_type", "event_payload", "entities"}:
        return Problem("invalid_metadata_schema")
    named = re.fullmatch(r"[\w.:-]{1,255}", str(metadata.get("event_type", "")))
    if "entities" not in metadata and not (named and isinstance(metadata.get("event_payload"), dict)):
        return Problem("invalid_metadata_format")
    return Problem("metadata_too_large") if len(json.dumps(metadata)) > LARGEST_METADATA else None
