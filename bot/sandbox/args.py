"""The arguments of one Web API call, whether they came as JSON, as a form or in the query."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.answers import ApiError, Json

NO = {"", "0", "false", "none", "null"}


def missing(name: str) -> ApiError:
    return ApiError(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
    )


class Args:
    """What a caller passed, read in the type that a method wants."""

    def __init__(self, given: Json) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def has(self, name: str) -> bool:
        return name in self.given

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name, default)
        return value if isinstance(value, str) else str(value)

    def need(self, name: str) -> str:
        if self.given.get(name) in (None, ""):
            raise missing(name)
        return self.text(name)

    def flag(self, name: str, default: bool = False) -> bool:
        if name not in self.given:
            return default
        return str(self.given[name]).lower() not in NO

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.given.get(name, default))
        except (TypeError, ValueError):
            raise ApiError("invalid_limit" if name == "limit" else "invalid_arguments") from None

    def ids(self, name: str) -> list[str]:
        value = self.given.get(name, [])
        if isinstance(value, str):
            value = json.loads(value) if value.startswith("[") else value.split(",")
        return [str(one).strip() for one in value if str(one).strip()]

    def data(self, name: str, error: str = "invalid_arguments") -> Any:
        """Returns a structured argument; in forms it arrives as JSON text."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None


async def read_args(request: Request) -> Json:
    """Returns every argument of a call; `token` in the body counts as well as the header."""
    given: Json = dict(request.query_params)
    kind = content_type(request)
    if kind == "application/json":
        given.update(_json_body(await request.body()))
    elif kind == "multipart/form-data":
        form = await request.form()
        given.update({name: value for name, value in form.items() if isinstance(value, str)})
    else:
        text = (await request.body()).decode("utf-8", "replace")
        given.update(dict(parse_qsl(text, keep_blank_values=True)))
    return given


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _json_body(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise ApiError("json_not_object")
    return parsed
