"""Modals and home tabs that people have in front of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.answers import Json
from bot.sandbox.people import APP_ID, BOT_ID, TEAM_ID

KEPT = ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id")


@dataclass
class View:
    id: str
    user: str
    body: Json
    root_view_id: str
    previous_view_id: str | None = None
    hash: str = ""
    typed: dict[str, Json] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        return list(self.body.get("blocks", []))

    @property
    def notifies_on_close(self) -> bool:
        return bool(self.body.get("notify_on_close"))

    def replace(self, body: Json, stamp: str) -> None:
        """Puts new content in; what was typed stays where block_id and action_id are the same."""
        self.body = with_ids(body)
        self.hash = f"{stamp}.{secrets.token_hex(4)}"
        kept = {(block["block_id"], element.get("action_id")) for block, element in elements(self.blocks)}
        self.typed = {
            block_id: {name: state for name, state in states.items() if (block_id, name) in kept}
            for block_id, states in self.typed.items()
        }

    def shown(self) -> Json:
        shown: Json = {name: self.body.get(name) for name in KEPT}
        return shown | {
            "id": self.id,
            "team_id": TEAM_ID,
            "private_metadata": self.body.get("private_metadata") or "",
            "callback_id": self.body.get("callback_id") or "",
            "external_id": self.body.get("external_id") or "",
            "state": {"values": self.state()},
            "hash": self.hash,
            "clear_on_close": bool(self.body.get("clear_on_close")),
            "notify_on_close": self.notifies_on_close,
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }

    def state(self) -> dict[str, Json]:
        """Returns `state.values`: every element that holds an answer, null where there is none."""
        values: dict[str, Json] = {}
        for block, element in elements(self.blocks):
            empty = initial_state(element)
            if empty is None:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            typed = self.typed.get(block_id, {}).get(action_id)
            values.setdefault(block_id, {})[action_id] = typed if typed is not None else empty
        return values


# element type -> (key in the state, the element's field it starts with)
STATE_OF = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
LISTS = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")


def initial_state(element: Json) -> Json | None:
    """Returns what an untouched element holds, or None for one that holds nothing (a button)."""
    if element["type"] not in STATE_OF:
        return None
    key, initial = STATE_OF[element["type"]]
    value = element.get(initial)
    return {"type": element["type"], key: [] if value is None and key in LISTS else value}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yields each interactive element with the block it stands in."""
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        if isinstance(block.get("child_blocks"), list):
            yield from elements(block["child_blocks"])


def with_ids(body: Json) -> Json:
    return body | {"blocks": blocks_with_ids(body.get("blocks") or [])}


def blocks_with_ids(blocks: list[Json]) -> list[Json]:
    """Returns the blocks with the ids that Slack makes up where the app gave none."""
    return [_block_with_ids(block) for block in blocks]


def _block_with_ids(block: Json) -> Json:
    given: Json = {"block_id": secrets.token_urlsafe(3)} | block
    if block.get("type") in ("actions", "context_actions"):
        given["elements"] = [_element_with_id(one) for one in block.get("elements", [])]
    for place in ("accessory", "element"):
        if isinstance(block.get(place), dict):
            given[place] = _element_with_id(block[place])
    return given


def _element_with_id(element: Json) -> Json:
    if element.get("type") == "image":
        return element
    return {"action_id": secrets.token_urlsafe(3)} | element
