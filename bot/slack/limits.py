"""Slack's limits on what leaves us: the last look at a call, so that nothing over a limit goes out."""

from collections.abc import Mapping
from typing import Any

from bot.slack.words import shorten

LONGEST_POST = 4000  # more is taken, and split or cut by Slack as it likes
LONGEST_LINE = 250  # topics and purposes
MOST_BLOCKS = 50
SECTION, FIELD, HEADER, BUTTON, VALUE = 3000, 2000, 150, 75, 2000
MOST_FIELDS, MOST_ELEMENTS, MOST_BUTTONS = 10, 10, 25

Json = dict[str, Any]


def fit(args: Mapping[str, Any]) -> Json:
    """The arguments of a call as Slack will take them."""
    fitting = dict(args)
    for name, length in (("text", LONGEST_POST), ("topic", LONGEST_LINE), ("purpose", LONGEST_LINE)):
        if isinstance(fitting.get(name), str):
            fitting[name] = shorten(fitting[name], length)
    if isinstance(fitting.get("blocks"), list):
        fitting["blocks"] = fit_blocks(fitting["blocks"])
    return fitting


def fit_blocks(blocks: list[Json], most: int = MOST_BLOCKS) -> list[Json]:
    """Too many are cut with a line that says so."""
    if len(blocks) > most:
        left = len(blocks) - most + 1
        more = {"type": "mrkdwn", "text": f"…and {left} more parts that do not fit into one message."}
        blocks = [*blocks[: most - 1], {"type": "context", "elements": [more]}]
    return [_fit_block(block) for block in blocks]


def _fit_block(block: Json) -> Json:
    fitting = dict(block)
    kind = block.get("type")
    if isinstance(block.get("text"), dict):
        fitting["text"] = _fit_text(block["text"], HEADER if kind == "header" else SECTION)
    if "fields" in block:
        fitting["fields"] = [_fit_text(field, FIELD) for field in block["fields"][:MOST_FIELDS]]
    if kind == "context":
        fitting["elements"] = [_fit_element(one) for one in block["elements"][:MOST_ELEMENTS]]
    if kind == "actions":
        fitting["elements"] = [_fit_element(one) for one in block["elements"][:MOST_BUTTONS]]
    if isinstance(block.get("accessory"), dict):
        fitting["accessory"] = _fit_element(block["accessory"])
    return fitting


def _fit_element(element: Json) -> Json:
    if element.get("type") in ("mrkdwn", "plain_text"):
        return _fit_text(element, SECTION)
    if element.get("type") != "button":
        return element
    fitting = element | {"text": _fit_text(element["text"], BUTTON)}
    return fitting | ({"value": element["value"][:VALUE]} if "value" in element else {})


def _fit_text(text: Json, length: int) -> Json:
    return text | {"text": shorten(text["text"], length)}
