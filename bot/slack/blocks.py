"""Small builders of Block Kit that keep Slack's limits: what is longer is split, shortened, or refused."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.lib.errors import Refused
from bot.lib.words import cut
from bot.slack.words import link, shorten

Block = dict[str, Any]
TEXT, FIELD, LABEL, OPTION, VALUE, TITLE = 3000, 2000, 75, 75, 150, 24
MESSAGE_BLOCKS, VIEW_BLOCKS, BUTTONS, IN_CONTEXT = 50, 100, 25, 10
FALLBACK, METADATA, VIEW_BYTES, OPTIONS = 3000, 3000, 250_000, 100


class TooBig(Refused):
    """That is more than Slack can show. Make it shorter, or open the page."""


def plain(text: str, length: int) -> Block:
    return {"type": "plain_text", "text": cut(text, length) or " ", "emoji": True}


def mrkdwn(text: str, length: int = TEXT) -> Block:
    return {"type": "mrkdwn", "text": shorten(text, length) or " "}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def section(text: str, accessory: Block | None = None, *, id: str = "") -> Block:
    """One section; what is too long for it is shortened."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return _with_id(block, id)


def sections(text: str) -> list[Block]:
    """As many sections as the text needs, parted between lines where it can be."""
    return [section(part) for part in split(text, TEXT)]


def fields(*texts: str) -> list[Block]:
    """Pairs beside each other, ten to a section."""
    return [
        {"type": "section", "fields": [mrkdwn(text, FIELD) for text in part]}
        for part in chunks(texts, IN_CONTEXT)
    ]


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:IN_CONTEXT]]}


def actions(elements: Sequence[Block], *, id: str = "") -> list[Block]:
    """Rows of buttons, 25 to a row; none where there is nothing to press."""
    rows = [{"type": "actions", "elements": list(part)} for part in chunks(elements, BUTTONS)]
    return [_with_id(row, f"{id}/{n}" if id and n else id) for n, row in enumerate(rows)]


def button(
    label: str, action: str, value: str = "", *, style: str = "", url: str = "", confirm: Block | None = None
) -> Block:
    """`action` is `<command>.<verb>`, with `/more` behind it where one row holds several of a kind."""
    made: Block = {"type": "button", "text": plain(label, LABEL), "action_id": whole(action, 255)}
    given = {
        "value": value and whole(value, 2000),
        "style": style,
        "url": url and whole(url, 3000),
        "confirm": confirm,
    }
    return made | {key: one for key, one in given.items() if one}


def confirm(title: str, text: str, yes: str, no: str = "Not now") -> Block:
    return {
        "title": plain(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(value: str, label: str, description: str = "") -> Block:
    made: Block = {"text": plain(label, OPTION), "value": whole(value, VALUE)}
    return made | ({"description": plain(description, OPTION)} if description else {})


def overflow(action: str, options: Sequence[tuple[str, str]]) -> Block:
    """Three dots that hold up to five more things to do, each a value and its label."""
    if len(options) > 5:
        raise TooBig
    shown = [option(value, label) for value, label in options]
    return {"type": "overflow", "action_id": whole(action, 255), "options": shown}


def checkboxes(action: str, options: Sequence[Block], chosen: Sequence[Block] = ()) -> Block:
    """At most ten options; Slack knows no more in one group."""
    if len(options) > 10:
        raise TooBig
    made: Block = {"type": "checkboxes", "action_id": whole(action, 255), "options": list(options)}
    return made | ({"initial_options": list(chosen)} if chosen else {})


def message(text: str, blocks: Sequence[Block] = (), *, more: str = "") -> dict[str, Any]:
    """Text and blocks of a message. Blocks beyond the limit give way to a link to the whole."""
    made: dict[str, Any] = {"text": shorten(text, FALLBACK) or " "}
    if blocks:
        made["blocks"] = fit(blocks, MESSAGE_BLOCKS, more)
    return made


def said(text: str) -> dict[str, Any]:
    """A message of words alone, in as many blocks as it needs."""
    return message(text, sections(text) if len(text) > FALLBACK else ())


def modal(
    title: str, blocks: Sequence[Block], *, callback: str = "", submit: str = "", **given: Any
) -> dict[str, Any]:
    """A view; `meta`, `external_id` and `more` may be given too."""
    made: dict[str, Any] = {"type": "modal", "title": plain(title, TITLE), "close": plain("Close", TITLE)}
    made["blocks"] = fit(blocks, VIEW_BLOCKS, given.get("more", ""))
    if submit:
        made["submit"], made["close"] = plain(submit, TITLE), plain("Cancel", TITLE)
    if meta := given.get("meta"):
        made["private_metadata"] = whole(json.dumps(meta, separators=(",", ":")), METADATA)
    extra = {"callback_id": callback, "external_id": given.get("external_id", "")}
    return _in_bounds(made | {key: whole(value, 255) for key, value in extra.items() if value})


def home(blocks: Sequence[Block], *, more: str = "") -> dict[str, Any]:
    return _in_bounds({"type": "home", "blocks": fit(blocks, VIEW_BLOCKS, more)})


def fit(blocks: Sequence[Block], most: int, more: str = "") -> list[Block]:
    if len(blocks) <= most:
        return list(blocks)
    left = len(blocks) - most + 1
    where = link(more, "See all of it") if more else "There is more than fits here"
    return [*blocks[: most - 1], context(f"{where} ({left} parts are not shown)")]


def whole(text: str, most: int) -> str:
    """For what would be wrong when it is cut: an address, a value, an id."""
    if len(text) > most:
        raise TooBig
    return text


def split(text: str, length: int) -> list[str]:
    """Parts of at most that length, parted at the end of a line, else at a space, else where it must be."""
    parts, left = [], text
    while len(left) > length:
        room = left[:length]
        at = (
            max(room.rfind("\n"), 0)
            or max(room.rfind(" "), 0)
            or len(shorten(left, length + 1)) - 1
            or length
        )
        parts.append(left[:at])
        left = left[at:].lstrip("\n ")
    return [part for part in (*parts, left) if part.strip()]


def chunks(items: Iterable[Any], size: int) -> list[list[Any]]:
    whole_list = list(items)
    return [whole_list[n : n + size] for n in range(0, len(whole_list), size)]


def _with_id(block: Block, id: str) -> Block:
    return block | {"block_id": whole(id, 255)} if id else block


def _in_bounds(view: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise TooBig
    return view
