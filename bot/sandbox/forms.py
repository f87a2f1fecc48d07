"""How a person's words become the state of an element: options by their words, people by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.contract import NotOffered, fields_of, state_of
from bot.sandbox.contract.submission import Field
from bot.sandbox.methods_files import described
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace


def fill(workspace: Workspace, view: View, values: Json) -> None:
    """Types the values into a view; each is named by its label, block_id or action_id."""
    for name, value in values.items():
        one = find_field(view, name)
        held = chosen(workspace, one.element, value, label=one.label)
        view.typed.setdefault(one.block_id, {})[one.action_id] = held


def typed(workspace: Workspace, body: Json, state: Any) -> dict[str, dict[str, Json]]:
    """Returns what a page's fields hold, by block_id and action_id; fields that are gone are left out."""
    if not isinstance(state, dict):
        raise NotPossible("Say state as {block_id: {action_id: value}}.")
    found: dict[str, dict[str, Json]] = {}
    for one in fields_of(body):
        values = state.get(one.block_id)
        if isinstance(values, dict) and one.action_id in values:
            held = chosen(workspace, one.element, values[one.action_id], label=one.label)
            found.setdefault(one.block_id, {})[one.action_id] = held
    return found


def take(workspace: Workspace, view: View, state: Any) -> None:
    """Puts what a page's fields hold into a view, so that the bot is told of it."""
    for block_id, held in typed(workspace, view.body, state).items():
        view.typed.setdefault(block_id, {}).update(held)


def find_field(view: View, name: str) -> Field:
    """Finds a field; Python names do for labels: Customer_impact for "Customer impact"."""
    fields = list(fields_of(view.body))
    for same in (str, _plain):
        for kind in ("block_id", "label", "action_id"):
            for one in fields:
                if same(name) == same(getattr(one, kind)):
                    return one
    known = ", ".join(one.label or one.block_id for one in fields)
    raise NotPossible(f"The form has no field {name!r}. It has: {known}.")


def _plain(name: str) -> str:
    return name.lower().replace("_", " ").strip(" :?*")


def meant(workspace: Workspace, kind: str, value: Any) -> Any:
    """Returns the ids that Slack holds for the names that a person chose."""
    if isinstance(value, list):
        return [meant(workspace, kind, one) for one in value]
    if value in (None, ""):
        return value
    if kind == "file_input" and isinstance(value, dict):
        return value if value.get("id") in workspace.files else _uploaded(workspace, value)
    if kind.endswith("users_select"):
        return workspace.person(value).id
    if kind.endswith(("channels_select", "conversations_select")):
        return workspace.channel(value).id
    if kind == "datetimepicker" and isinstance(value, str) and not value.isdecimal():
        return int(datetime.fromisoformat(value).timestamp())
    if kind.endswith("external_select") and not isinstance(value, dict):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    return int(value) if kind == "datetimepicker" else value


def _uploaded(workspace: Workspace, file: Json) -> Json:
    """Keeps a file's name and size; what is in it, no bot of a practice workspace reads."""
    id = workspace.next_id("F")
    name, size = str(file.get("name") or "file"), int(file.get("size") or 0)
    kept = described(workspace, id, name, size, "") | {"mimetype": str(file.get("mimetype") or "")}
    workspace.files[id] = kept
    return kept


def chosen(workspace: Workspace, element: Json, value: Any, *, label: str = "") -> Json:
    """Returns what one element holds after a person chose this in it."""
    if element["type"] == "overflow":
        element = element | {"type": "static_select"}
    block = {"block_id": "only", "type": "input", "label": {"text": label}, "element": element}
    given = {"only": meant(workspace, element["type"], value)}
    try:
        return state_of({"blocks": [block]}, given)["only"][element["action_id"]]
    except NotOffered as problem:
        raise NotPossible(str(problem)) from None


def response_urls(view: View) -> list[Json]:
    """Returns the inputs whose chosen channel gets a response_url on submission."""
    found, state = [], view.state()
    for one in fields_of(view.body):
        held = state[one.block_id][one.action_id]
        channel = held.get("selected_conversation") or held.get("selected_channel")
        if one.is_input and one.element.get("response_url_enabled") and channel:
            about = {"block_id": one.block_id, "action_id": one.action_id}
            found.append(about | {"channel_id": channel})
    return found
