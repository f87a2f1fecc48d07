"""Speaks to a sandbox in people's name: `guest.person("ada").says("/incident new", in_="general")`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

from bot.sandbox.answers import Json

Found = TypeVar("Found")
# The longest that the sandbox itself waits for a bot, and some seconds more.
PATIENCE = 15.0


class NotPossibleHere(Exception):
    """The sandbox refused; its words say what is there instead."""


@dataclass(frozen=True)
class Answer:
    """What came back: the bot's ack, Slack's own word when it failed, or the ts of a message."""

    status: int | None = None
    body: Any = None
    ms: float = 0
    error: str = ""
    trigger_id: str = ""
    errors: Json | None = None
    view: Json | None = None
    ts: str = ""
    channel: str = ""
    options: list[Json] | None = None

    @property
    def text(self) -> str:
        """Returns the words of a command's answer."""
        return str(self.body.get("text", "")) if isinstance(self.body, dict) else str(self.body or "")


class Guest:
    """A connection to a sandbox; speaks for anyone in it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # Without certificates to load a client is there at once; a sandbox speaks plain HTTP anyway.
        self._http = httpx.Client(
            base_url=f"{self.url}/sandbox", timeout=PATIENCE, trust_env=False, verify=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def act(self, verb: str, **what: Any) -> Json:
        return self._read(self._http.post(f"/{verb}", json=what))

    def look(self, path: str, **query: str | None) -> Json:
        params = {name: value for name, value in query.items() if value is not None}
        return self._read(self._http.get(f"/{path}", params=params))

    def _read(self, response: httpx.Response) -> Json:
        if response.status_code == 400:
            raise NotPossibleHere(response.json()["error"])
        response.raise_for_status()
        answer: Json = response.json()
        return answer

    def person(self, name: str) -> Hand:
        return Hand(self, name)

    def channels(self) -> list[Json]:
        return list(self.look("channels")["channels"])

    def channel_names(self) -> list[str]:
        return [channel["name"] for channel in self.channels()]

    def channel(self, name: str, *, as_: str | None = None) -> Json:
        return self.look(f"channels/{name.removeprefix('#')}", **{"as": as_})

    def messages(self, channel: str, *, as_: str | None = None) -> list[Json]:
        return list(self.channel(channel, as_=as_)["messages"])

    def transcript(self, channel: str, *, as_: str | None = None) -> str:
        params = {"channel": channel} | ({"as": as_} if as_ else {})
        response = self._http.get("/transcript", params=params)
        if response.status_code == 400:
            raise NotPossibleHere(response.json()["error"])
        return response.text

    def traffic(self, since: int = 0) -> list[Json]:
        return list(self.look("traffic", since=str(since))["calls"])

    def calls(self, method: str, since: int = 0) -> list[Json]:
        """Returns the traffic of one method, either way."""
        return [call for call in self.traffic(since) if call["method"] == method]

    def forget_traffic(self) -> None:
        self._read(self._http.delete("/traffic"))

    def conditions(self, **wanted: Any) -> Json:
        """Changes the named conditions and returns all of them."""
        return self.act("conditions", **wanted) if wanted else self.look("conditions")

    def fails(self, method: str, kind: str, **more: Any) -> None:
        """Adds a fault after those that are there already."""
        faults = self.conditions()["faults"]
        self.conditions(faults=[*faults, {"method": method, "kind": kind} | more])

    def connect(self, url: str, signing_secret: str | None = None, **more: Any) -> Json:
        secret = {"signing_secret": signing_secret} if signing_secret else {}
        return self.act("connect", url=url, **secret, **more)

    def advances(self, seconds: float) -> float:
        return float(self.act("clock", advance=seconds)["now"])


class Hand:
    """One person, with verbs for what a person can do; `in_` names a channel, "dm" the one with the bot."""

    def __init__(self, guest: Guest, name: str) -> None:
        self.guest = guest
        self.name = name

    def _act(self, verb: str, **what: Any) -> Answer:
        given = {name: value for name, value in what.items() if value is not None}
        answer = self.guest.act(verb, user=self.name, **given)
        return Answer(**{name: value for name, value in answer.items() if name in Answer.__annotations__})

    def says(self, text: str, *, in_: str = "general", thread: str | None = None, **more: Any) -> Answer:
        """Writes a message, or runs a command when the words begin with a slash."""
        if text.startswith("/"):
            return self._act("command", channel=in_, text=text)
        return self._act("message", channel=in_, text=text, thread_ts=thread, **more)

    def clicks(
        self, text: str = "", *, in_: str | None = None, action: str | None = None,
        message: str | None = None, selected: Any = None, home: bool = False,
        view: str | None = None, block: str | None = None,
    ) -> Answer:  # fmt: skip
        """Clicks what says `text` or has the action_id: an open view first, then the newest message."""
        return self._act(
            "click", text=text, action_id=action, channel=in_, ts=message, selected=selected,
            home=home or None, view_id=view, block_id=block,
        )  # fmt: skip

    def chooses(self, selected: Any, *, from_: str, in_: str | None = None, **more: Any) -> Answer:
        """Chooses in a menu; `from_` is its action_id."""
        return self.clicks(action=from_, selected=selected, in_=in_, **more)

    def types(self, letters: str, *, into: str, **more: Any) -> list[Json]:
        """Types into a menu that the bot fills, named by its action_id; returns what it offers."""
        return self._act("suggest", value=letters, action_id=into, **more).options or []

    def submits(self, values: Json | None = None, /, *, view: str | None = None, **named: Any) -> Answer:
        """Fills the top view in, by label, and sends it."""
        return self._act("submit", values=(values or {}) | named, view_id=view)

    def closes(self, *, all_views: bool = False) -> Answer:
        return self._act("close_view", clear=all_views)

    def uses(self, shortcut: str, *, on: str | None = None, in_: str | None = None) -> Answer:
        """Uses a shortcut, on a message if it is of that kind."""
        return self._act("shortcut", callback_id=shortcut, ts=on, channel=in_)

    def edits(self, message: str, text: str, *, in_: str) -> Answer:
        return self._act("edit", ts=message, text=text, channel=in_)

    def deletes(self, message: str, *, in_: str) -> Answer:
        return self._act("delete", ts=message, channel=in_)

    def reacts(self, name: str, message: str, *, in_: str) -> Answer:
        return self._act("react", name=name, ts=message, channel=in_)

    def unreacts(self, name: str, message: str, *, in_: str) -> Answer:
        return self._act("unreact", name=name, ts=message, channel=in_)

    def pins(self, message: str, *, in_: str) -> Answer:
        return self._act("pin", ts=message, channel=in_)

    def unpins(self, message: str, *, in_: str) -> Answer:
        return self._act("unpin", ts=message, channel=in_)

    def joins(self, channel: str) -> Answer:
        return self._act("join", channel=channel)

    def leaves(self, channel: str) -> Answer:
        return self._act("leave", channel=channel)

    def invites(self, who: str, *, to: str) -> Answer:
        return self._act("invite", who=who, channel=to)

    def kicks(self, who: str, *, from_: str) -> Answer:
        return self._act("kick", who=who, channel=from_)

    def archives(self, channel: str) -> Answer:
        return self._act("archive", channel=channel)

    def opens_home(self) -> None:
        self._act("home")

    def home(self) -> Json | None:
        view: Json | None = self.guest.look("home", user=self.name)["view"]
        return view

    def views(self) -> list[Json]:
        return list(self.guest.look("views", user=self.name)["views"])

    @property
    def view(self) -> Json | None:
        """Returns the view on top, or None."""
        views = self.views()
        return views[-1] if views else None

    def dms(self) -> list[Json]:
        return list(self.guest.look("dms", user=self.name)["messages"])

    def sees(self, channel: str) -> list[Json]:
        """Returns the messages of a channel, with what only this person sees."""
        return self.guest.messages(channel, as_=self.name)

    def reads(self, channel: str) -> str:
        """Returns a channel as plain text, as this person reads it."""
        return self.guest.transcript(channel, as_=self.name)


def wait_for(find: Callable[[], Found], timeout: float = 5.0, *, every: float = 0.01) -> Found:
    """Asks again and again until there is something, and says what was there last when time is up."""
    deadline = time.monotonic() + timeout
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Nothing came within {timeout} s; the last answer was {found!r}.")
        time.sleep(every)
