"""What Slack itself does when a person fills in a view and submits it."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.sandbox.contract.rules import elements_of, offered_options

Json = dict[str, Any]
View = Mapping[str, Any]
State = dict[str, dict[str, Json]]

LONGEST_INPUT: Final = 3000
REQUIRED: Final = "Please complete this required field."


class NotOffered(ValueError):
    """A person cannot do this in the view: no such field, or no such choice in it."""


@dataclass(frozen=True)
class Field:
    """One element of a view that holds a value."""

    block_id: str
    action_id: str
    label: str
    element: Json
    is_input: bool
    is_optional: bool

    @property
    def kind(self) -> str:
        return str(self.element["type"])


# For each element: the key of its value, the key of what is filled in at first, and the value when empty.
HOLDS: Final[dict[str, tuple[str, str, Any]]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "file_input": ("files", "", []),
}


def with_ids(view: Json, prefix: str = "sb") -> Json:
    """A copy with a block_id and an action_id wherever the app gave none, as Slack makes them up."""
    named = copy.deepcopy(view)
    for number, block in enumerate(named.get("blocks") or []):
        block.setdefault("block_id", f"{prefix}{number}")
        for place, element in elements_of(block):
            if element.get("type") not in ("image", "plain_text", "mrkdwn"):
                element.setdefault("action_id", f"{prefix}{number}.{place}")
    return named


def fields_of(view: View) -> Iterator[Field]:
    """The elements of a view that hold a value, in its order; ids must be there, see with_ids."""
    for block in view.get("blocks") or []:
        for _, element in elements_of(block):
            if element.get("type") in HOLDS:
                yield Field(
                    block["block_id"],
                    element["action_id"],
                    (block.get("label") or {}).get("text", ""),
                    element,
                    block["type"] == "input",
                    bool(block.get("optional")),
                )


def state_of(view: View, given: Mapping[str, Any] | None = None, before: State | None = None) -> State:
    """`view.state.values` for what a person gave, by label, block_id or action_id; options by text or value.

    What was not given keeps its value of before, or its initial one.
    """
    fields = list(fields_of(view))
    state: State = {}
    for field in fields:
        kept = (before or {}).get(field.block_id, {}).get(field.action_id)
        state.setdefault(field.block_id, {})[field.action_id] = kept or _held(field, _initial(field))
    for name, value in (given or {}).items():
        field = find_field(fields, name)
        state[field.block_id][field.action_id] = _held(field, choose(field, value))
    return state


def find_field(fields: list[Field], name: str) -> Field:
    for key in ("block_id", "label", "action_id"):
        for field in fields:
            if getattr(field, key) == name:
                return field
    raise NotOffered(
        f"There is no field {name!r}. Choose one of: {', '.join(f.label or f.block_id for f in fields)}."
    )


def _held(field: Field, value: Any) -> Json:
    return {"type": field.kind, HOLDS[field.kind][0]: value}


def _initial(field: Field) -> Any:
    _, initial, empty = HOLDS[field.kind]
    value = field.element.get(initial)
    return copy.deepcopy(empty if value in (None, "") else value)


def choose(field: Field, value: Any) -> Any:
    """What an element holds when a person gives this value to it."""
    key, _, empty = HOLDS[field.kind]
    if value in (None, "", []):
        return copy.deepcopy(empty)
    if key == "selected_option":
        return _option(field, value)
    if key == "selected_options":
        return [_option(field, one) for one in _many(value)]
    if empty == []:
        return _many(value)
    if key == "rich_text_value" and isinstance(value, str):
        return rich_text(value)
    return value if key in ("selected_date_time", "rich_text_value") else str(value)


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _option(field: Field, wanted: Any) -> Json:
    # What an external menu offers comes from the app, so whole options are taken as they are.
    if isinstance(wanted, dict) and field.kind.endswith("external_select"):
        return wanted
    offered = offered_options(field.element)
    for option in offered:
        if wanted in (option, option.get("value"), option["text"]["text"]):
            return {name: option[name] for name in ("text", "value", "description") if name in option}
    names = ", ".join(option["text"]["text"] for option in offered)
    said = wanted.get("value") if isinstance(wanted, dict) else wanted
    raise NotOffered(f"{field.label or field.block_id} does not offer {said!r}. It offers: {names}.")


def rich_text(text: str) -> Json:
    """Plain words as a rich text editor would send them."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def check_submission(view: View, state: State) -> dict[str, str]:
    """Slack's own refusals by block_id; the app hears nothing of a view that is refused."""
    refusals: dict[str, str] = {}
    for field in fields_of(view):
        if field.is_input:
            held = state.get(field.block_id, {}).get(field.action_id) or {}
            refusal = _refusal(field, held.get(HOLDS[field.kind][0]))
            if refusal:
                refusals[field.block_id] = refusal
    return refusals


def _refusal(field: Field, value: Any) -> str | None:
    if value in (None, "", []):
        return None if field.is_optional else REQUIRED
    check = CHECKS.get(field.kind, _too_many)
    return check(field.element, value)


def _too_many(element: Json, value: Any) -> str | None:
    most = (
        element.get("max_files", 10) if element["type"] == "file_input" else element.get("max_selected_items")
    )
    if most is None or not isinstance(value, list) or len(value) <= most:
        return None
    return f"Please choose no more than {most} items."


def _text(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", LONGEST_INPUT)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(value) > most else None


def _number(element: Json, value: str) -> str | None:
    form = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number of at most {most}."
    return None


def _date(element: Json, value: Any) -> str | None:
    try:
        is_real = date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        is_real = False
    return None if is_real else "Please enter a valid date."


def _matches(pattern: str, what: str) -> Callable[[Json, Any], str | None]:
    return lambda element, value: (
        None if re.fullmatch(pattern, str(value)) else f"Please enter a valid {what}."
    )


CHECKS: dict[str, Callable[[Json, Any], str | None]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "email address"),
    "url_text_input": _matches(r"[a-z][a-z0-9+.-]*://\S+", "URL"),
    "datepicker": _date,
    "timepicker": _matches(r"([01]\d|2[0-3]):[0-5]\d", "time"),
    "datetimepicker": _matches(r"\d{10}", "date and time"),
}
