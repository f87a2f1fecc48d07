"""The register of Web API methods that the sandbox answers; each methods_*.py adds its own."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TypeVar

from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.workspace import Workspace

Method = Callable[[Workspace, Args], Json]
SERVED: dict[str, Method] = {}
One = TypeVar("One")


def method(name: str) -> Callable[[Method], Method]:
    """Registers a function as the answer to a Web API method; its result is sent with ok:true."""

    def register(function: Method) -> Method:
        SERVED[name] = function
        return function

    return register


def page(found: list[One], args: Args, *, default: int, most: int = 1000) -> tuple[list[One], Json]:
    """Returns the page that the cursor points to, with the response_metadata to send along."""
    limit = args.number("limit", default)
    if not 1 <= limit <= most:
        raise ApiError("invalid_limit")
    start = _start(args.text("cursor"))
    after = start + limit
    cursor = base64.b64encode(f"next:{after}".encode()).decode() if after < len(found) else ""
    return found[start:after], {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except ValueError:
        pass
    raise ApiError("invalid_cursor")
