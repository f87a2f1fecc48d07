"""What PagerDuty takes: its operations, the shapes of their bodies, and how it says no."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.answers import Json

OPERATIONS: Json = json.loads((Path(__file__).parent / "operations.json").read_text(encoding="utf-8"))
OPERATIONS.pop("_origin")
PATTERNS = {name: re.compile(f"^{name.replace('{id}', '([A-Z0-9]+)')}$") for name in OPERATIONS}
ENQUEUE = "POST /v2/enqueue"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


@dataclass
class Call:
    """One request, as far as it was understood; an unknown operation keeps its method and path."""

    operation: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str] = field(repr=False, default_factory=dict)


class No(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: int | None = None, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body: Json = {"error": {"message": message, "code": code, "errors": []}}


def operation_of(method: str, path: str) -> str | None:
    """Returns the name of the operation, or None when there is no such."""
    asked = f"{method} {path}"
    return next((name for name, pattern in PATTERNS.items() if pattern.match(asked)), None)


def misfits(value: Any, shape: Json, at: str = "body") -> Iterator[str]:
    """Says where a body leaves its schema; reads the words that PagerDuty's documents use."""
    if problem := _wrong_kind(value, shape):
        yield f"{at} {problem}"
        return
    for part in shape.get("allOf", ()):
        yield from misfits(value, part, at)
    choices = shape.get("oneOf")
    if choices and sum(not list(misfits(value, one, at)) for one in choices) != 1:
        yield f"{at} is none of the allowed shapes"
    if isinstance(value, dict):
        yield from _wrong_parts(value, shape, at)
    if isinstance(value, list) and "items" in shape:
        for number, one in enumerate(value):
            yield from misfits(one, shape["items"], f"{at}[{number}]")


def _wrong_kind(value: Any, shape: Json) -> str:
    if "enum" in shape and value not in shape["enum"]:
        return f"must be one of {', '.join(shape['enum'])}"
    kind = shape.get("type")
    if kind == "integer":
        return "" if isinstance(value, int) and not isinstance(value, bool) else "must be of type integer"
    return f"must be of type {kind}" if kind in TYPES and not isinstance(value, TYPES[kind]) else ""


def _wrong_parts(value: Json, shape: Json, at: str) -> Iterator[str]:
    for name in shape.get("required", ()):
        if name not in value:
            yield f"{at} lacks {name}"
    for name, inner in shape.get("properties", {}).items():
        if name in value:
            yield from misfits(value[name], inner, f"{at}.{name}")
