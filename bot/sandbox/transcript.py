"""A channel as people read it: names instead of ids, blocks as text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.answers import Json
from bot.sandbox.channels import Channel, Message
from bot.sandbox.workspace import Workspace

MARKUP = re.compile(r"<([^<>]+)>")


def transcript(workspace: Workspace, channel: Channel, messages: list[Message]) -> str:
    """Returns one paragraph a message, replies indented under what they answer."""
    return "\n".join(_paragraph(workspace, one) for one in _threaded(channel, messages))


def _threaded(channel: Channel, messages: list[Message]) -> Iterator[Message]:
    shown = {one.ts for one in messages}
    for message in messages:
        if message.thread_ts in (None, message.ts) or message.thread_ts not in shown:
            yield message
            yield from (reply for reply in channel.replies.get(message.ts, []) if reply.ts in shown)


def _paragraph(workspace: Workspace, message: Message) -> str:
    indent = "    " if message.thread_ts and message.thread_ts != message.ts else ""
    person = workspace.people.get(message.user)
    name = message.extra.get("username") or (person.name if person else message.user)
    only = f" (only {workspace.people[message.ephemeral_to].first_name})" if message.ephemeral_to else ""
    lines = read(workspace, message).split("\n")
    rest = "".join(f"\n{indent}    {line}" for line in lines[1:])
    return f"{indent}{name}{only}: {lines[0]}{rest}"


def read(workspace: Workspace, message: Message) -> str:
    """Returns what a person reads in a message: its blocks, or its text when it has none."""
    blocks = [line for block in message.blocks or [] for line in _block(block)]
    attached = [
        line
        for one in message.attachments or []
        for line in ([str(one["text"])] if one.get("text") else [])
        + [line for block in one.get("blocks", []) for line in _block(block)]
    ]
    lines = [*(blocks or [message.text]), *attached, *(f"[file {file['name']}]" for file in message.files)]
    return resolved(workspace, "\n".join(lines))


def read_view(workspace: Workspace, body: Json) -> str:
    """Returns what a person reads in a view, its title first."""
    title = [body["title"]["text"]] if body.get("title") else []
    lines = [line for block in body.get("blocks", []) for line in _block(block)]
    return resolved(workspace, "\n".join([*title, *lines]))


def _block(block: Json) -> Iterator[str]:
    """Yields the lines of one block, controls in square brackets."""
    kind = block.get("type")
    if kind == "divider":
        yield "---"
    elif kind == "actions":
        yield " ".join(f"[{_control(one)}]" for one in block["elements"])
    elif kind in ("context", "context_actions"):
        yield " ".join(_any_text(one) for one in block["elements"])
    elif kind == "input":
        yield f"{_any_text(block['label'])}: [{block['element']['type']}]"
    elif kind == "table":
        yield from (" | ".join(_any_text(cell) for cell in row) for row in block.get("rows", []))
    else:
        yield from _text_block(block)


def _text_block(block: Json) -> Iterator[str]:
    text = _any_text(block)
    control = f" [{_control(block['accessory'])}]" if "accessory" in block else ""
    if text or control:
        yield text + control
    yield from (_any_text(field) for field in block.get("fields") or [])


def _control(element: Json) -> str:
    if element.get("type") == "overflow":
        return " / ".join(one["text"]["text"] for one in element["options"])
    return _any_text(element.get("text") or element.get("placeholder") or element) or str(element.get("type"))


def _any_text(thing: Any) -> str:
    """Returns the words in a text object, a rich text, an image, or anything that holds them."""
    if not isinstance(thing, dict):
        return str(thing or "")
    for name in ("text", "alt_text"):
        if thing.get(name):
            return _any_text(thing[name])
    if thing.get("user_id"):
        return f"<@{thing['user_id']}>"
    separator = "" if thing.get("type") in ("rich_text_section", "rich_text_preformatted") else "\n"
    return separator.join(_any_text(one) for one in thing.get("elements", []))


def resolved(workspace: Workspace, text: str) -> str:
    """Returns mrkdwn with names for ids, labels for links, and its three escapes undone."""
    return html.unescape(MARKUP.sub(lambda match: _link(workspace, match[1]), text))


def _link(workspace: Workspace, inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        person = workspace.people.get(target[1:])
        return f"@{person.name}" if person else f"@{label or target[1:]}"
    if target.startswith("#"):
        channel = workspace.channels.get(target[1:])
        return f"#{channel.name if channel else label}"
    if target.startswith("!date"):
        return label
    if target.startswith("!subteam^"):
        group = next((one for one in workspace.groups if one.id == target[9:]), None)
        return f"@{group.handle}" if group else label
    if target.startswith("!"):
        return f"@{target[1:]}"
    return f"{label} ({target})" if label and label != target else target
