"""How a person's words become the state of an element: options by their words, people by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.views import LISTS, STATE_OF, View, elements
from bot.sandbox.workspace import Workspace


def fill(workspace: Workspace, view: View, values: Json) -> None:
    """Types the values into a view; each is named by its label, block_id or action_id."""
    for name, value in values.items():
        block, element = find_input(view, name)
        state = state_for(workspace, element, value)
        view.typed.setdefault(block["block_id"], {})[element["action_id"]] = state


def find_input(view: View, name: str) -> tuple[Json, Json]:
    for exact in (True, False):
        for block, element in elements(view.blocks):
            names = [block["block_id"], element["action_id"], _label(block)]
            if element["type"] in STATE_OF and any(_same(name, one, exact) for one in names):
                return block, element
    known = ", ".join(_label(block) or block["block_id"] for block, one in elements(view.blocks)
                      if one["type"] in STATE_OF)  # fmt: skip
    raise NotPossible(f"The form has no field {name!r}. It has: {known}.")


def _same(wanted: str, name: str, exact: bool) -> bool:
    """Labels may be given as Python names: Customer_impact for "Customer impact"."""
    return wanted == name if exact else _plain(wanted) == _plain(name)


def _plain(name: str) -> str:
    return name.lower().replace("_", " ").strip(" :?*")


def _label(block: Json) -> str:
    label = block.get("label") or block.get("text") or {}
    return str(label.get("text", ""))


def state_for(workspace: Workspace, element: Json, value: Any) -> Json:
    """Returns the state that an element has when a person chose or typed this."""
    kind = element["type"]
    key = STATE_OF[kind][0]
    if value is None or value == "":
        return {"type": kind, key: [] if key in LISTS else None}
    if key in LISTS:
        many = value if isinstance(value, list) else [value]
        return {"type": kind, key: [_chosen(workspace, element, one) for one in many]}
    return {"type": kind, key: _chosen(workspace, element, value)}


def _chosen(workspace: Workspace, element: Json, value: Any) -> Any:
    kind = element["type"].removeprefix("multi_")
    if kind in ("static_select", "radio_buttons", "checkboxes", "overflow"):
        return option(element, value)
    if kind == "external_select" and not isinstance(value, dict):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    if kind == "users_select":
        return workspace.person(value).id
    if kind in ("channels_select", "conversations_select"):
        return workspace.channel(value).id
    if kind == "datetimepicker":
        return int(datetime.fromisoformat(value).timestamp()) if isinstance(value, str) else int(value)
    return value if kind in ("rich_text_input", "file_input", "external_select") else str(value)


def option(element: Json, wanted: Any) -> Json:
    """Returns the option that says this, or has this value."""
    wanted = wanted.get("value") if isinstance(wanted, dict) else str(wanted)
    for one in options(element):
        if wanted in (one.get("value"), one["text"]["text"]):
            return one
    offered = ", ".join(one["text"]["text"] for one in options(element))
    raise NotPossible(f"{wanted!r} is not offered. Offered are: {offered}.")


def options(element: Json) -> Iterator[Json]:
    yield from element.get("options") or []
    for group in element.get("option_groups") or []:
        yield from group.get("options", [])


def response_urls(view: View) -> list[Json]:
    """Returns the inputs whose chosen channel gets a response_url on submission."""
    found = []
    for block, element in elements(view.blocks):
        if element.get("response_url_enabled") and block.get("type") == "input":
            state = view.state()[block["block_id"]][element["action_id"]]
            channel = state.get("selected_conversation") or state.get("selected_channel")
            if channel:
                about = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append(about | {"channel_id": channel})
    return found
