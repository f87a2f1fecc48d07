"""Modals and home tabs that people have in front of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.answers import Json
from bot.sandbox.contract import fields_of, state_of
from bot.sandbox.contract import with_ids as named
from bot.sandbox.contract.rules import elements_of
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
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)

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
        kept = {(one.block_id, one.action_id): one.kind for one in fields_of(self.body)}
        self.typed = {
            block_id: {
                name: held for name, held in states.items() if kept.get((block_id, name)) == held["type"]
            }
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

    def state(self) -> dict[str, dict[str, Json]]:
        """Returns `state.values`: every element that holds an answer, null where there is none."""
        return state_of(self.body, before=self.typed)


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yields each interactive element with the block it stands in."""
    for block in blocks:
        for _, element in elements_of(block):
            if "action_id" in element:
                yield block, element


def with_ids(body: Json) -> Json:
    """Returns a copy with made-up ids where the app gave none; other ones each time, as at Slack."""
    return named(body, prefix=secrets.token_urlsafe(3))


def blocks_with_ids(blocks: list[Json]) -> list[Json]:
    return list(with_ids({"blocks": blocks})["blocks"])
