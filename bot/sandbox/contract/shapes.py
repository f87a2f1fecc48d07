"""Reads the Block Kit shapes in data/block_kit.json and says where a value differs from its shape.

A field is `name` or `name!` (required). A kind is a word with its bounds: `plain 75`, `text 3000`,
`string 1 255`, `integer 0 9`, `enum a b`, `list 1 10 <kind>`, `shape object/option`, and
`one element actions` (a namespace and a group of types).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.sandbox.contract.data import load

DATA: Final = load("block_kit.json")
GROUPS: Final[dict[str, list[str]]] = DATA["groups"]
SURFACES: Final[dict[str, list[str]]] = DATA["surfaces"]
SHAPES: Final[dict[str, dict[str, str] | None]] = DATA["shapes"]

Faults = Iterator[str]


def fault(pointer: str, reason: str) -> str:
    return f"[ERROR] {reason} [json-pointer:{pointer}]"


def check_shape(name: str, value: Any, pointer: str) -> Faults:
    """Faults of an object against the shape of this name; a shape of null is open."""
    fields = SHAPES[name]
    if not isinstance(value, dict):
        yield fault(pointer, "must provide an object")
        return
    if fields is None:
        return
    kinds = {field.rstrip("!"): kind for field, kind in fields.items()}
    for field in fields:
        if field.endswith("!") and value.get(field[:-1]) is None:
            yield fault(pointer, f"missing required field: {field[:-1]}")
    for field, inner in value.items():
        if field in kinds:
            yield from check_kind(kinds[field], inner, f"{pointer}/{field}")
        elif field != "type" or name.startswith("object/"):
            yield fault(pointer, f"invalid additional property: {field}")


def check_one(space: str, types: list[str], value: Any, pointer: str) -> Faults:
    """Faults of an object that names its own type, one of those given."""
    if not isinstance(value, dict):
        yield fault(pointer, "must provide an object")
    elif "type" not in value:
        yield fault(pointer, "missing required field: type")
    elif value["type"] not in types:
        yield fault(f"{pointer}/type", f"unsupported type: {value['type']}")
    else:
        yield from check_shape(f"{space}/{value['type']}", value, pointer)


def check_kind(kind: str, value: Any, pointer: str) -> Faults:
    word, _, bounds = kind.partition(" ")
    # A field that is null counts as absent, which only matters where it is required.
    if value is not None:
        yield from KINDS[word](bounds, value, pointer)


def _string(bounds: str, value: Any, pointer: str) -> Faults:
    least, most = map(int, bounds.split())
    if not isinstance(value, str):
        yield fault(pointer, "must be a string")
    elif len(value) < least:
        yield fault(pointer, f"must be more than {least - 1} characters")
    elif len(value) > most:
        yield fault(pointer, f"must be less than {most + 1} characters")


def _integer(bounds: str, value: Any, pointer: str) -> Faults:
    least, most = map(int, bounds.split())
    if isinstance(value, bool) or not isinstance(value, int):
        yield fault(pointer, "must be an integer")
    elif not least <= value <= most:
        yield fault(pointer, f"must be between {least} and {most}")


def _bool(bounds: str, value: Any, pointer: str) -> Faults:
    if not isinstance(value, bool):
        yield fault(pointer, "must be a boolean")


def _enum(bounds: str, value: Any, pointer: str) -> Faults:
    if value not in bounds.split():
        yield fault(pointer, f"must be a valid enum value: {', '.join(bounds.split())}")


def _list(bounds: str, value: Any, pointer: str) -> Faults:
    least, most, kind = bounds.split(" ", 2)
    if not isinstance(value, list):
        yield fault(pointer, "must be an array")
        return
    if len(value) < int(least):
        yield fault(pointer, f"at least {least} items required")
    if len(value) > int(most):
        yield fault(pointer, f"no more than {most} items allowed")
    for number, item in enumerate(value):
        if item is None:
            yield fault(f"{pointer}/{number}", "must not be null")
        yield from check_kind(kind, item, f"{pointer}/{number}")


def _text(types: tuple[str, ...]) -> Callable[[str, Any, str], Faults]:
    def check(most: str, value: Any, pointer: str) -> Faults:
        yield from check_one("element", list(types), value, pointer)
        words = value.get("text") if isinstance(value, dict) else None
        # The shape of a text object stops at 3000 by itself.
        if isinstance(words, str) and int(most) < len(words) <= 3000:
            yield fault(f"{pointer}/text", f"must be less than {int(most) + 1} characters")

    return check


def _match(pattern: str, what: str) -> Callable[[str, Any, str], Faults]:
    def check(bounds: str, value: Any, pointer: str) -> Faults:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield fault(pointer, f"must be {what}")

    return check


def _number(bounds: str, value: Any, pointer: str) -> Faults:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield fault(pointer, "must be a number")


def _one(bounds: str, value: Any, pointer: str) -> Faults:
    space, group = bounds.split()
    return check_one(space, GROUPS[group], value, pointer)


KINDS: dict[str, Callable[[str, Any, str], Faults]] = {
    "string": _string,
    "integer": _integer,
    "bool": _bool,
    "enum": _enum,
    "list": _list,
    "plain": _text(("plain_text",)),
    "text": _text(("plain_text", "mrkdwn")),
    "date": _match(r"\d{4}-\d{2}-\d{2}", "a date such as 2026-03-02"),
    "time": _match(r"([01]\d|2[0-3]):[0-5]\d", "a time such as 09:30"),
    "number": _match(r"-?\d+(\.\d+)?", "a number, written as a string"),
    "number_value": _number,
    "shape": lambda name, value, pointer: check_shape(name, value, pointer),
    "one": _one,
    "any": lambda bounds, value, pointer: iter(()),
}
