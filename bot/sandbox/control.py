"""The doors through which tests and pages act in people's name: everything a hand or a keyboard can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox import acts
from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.api import parsed
from bot.sandbox.channels import Channel, Message
from bot.sandbox.finding import Wish
from bot.sandbox.hands import Hands, escaped_names
from bot.sandbox.people import Person
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

Verb = Callable[["Control", Json], Awaitable[Json]]
VERBS: dict[str, Verb] = {}
LONGEST = 40_000  # characters of a message, as at Slack


def verb(function: Verb) -> Verb:
    """Opens POST /sandbox/<name of the function>."""
    VERBS[function.__name__] = function
    return function


class Control:
    """Reads what a control call says, and finds the people and things that it names."""

    def __init__(self, workspace: Workspace, hands: Hands) -> None:
        self.workspace = workspace
        self.hands = hands

    async def act(self, request: Request) -> Response:
        _check_origin(request)
        wanted = parsed(await request.body() or b"{}")
        if wanted is None:
            raise NotPossible("Send a JSON object.")
        name = request.path_params["verb"]
        if name not in VERBS:
            raise NotPossible(f"There is no verb {name!r}. There are: {', '.join(sorted(VERBS))}.")
        return JSONResponse(await VERBS[name](self, wanted))

    def person(self, wanted: Json) -> Person:
        person = self.workspace.person(needed(wanted, "user"))
        if not person.is_active:
            raise NotPossible(f"{person.first_name} has left the company.")
        return person

    def channel(self, wanted: Json) -> Channel:
        """Returns the named channel, which the person must be in."""
        person = self.person(wanted)
        channel = self.workspace.channel(needed(wanted, "channel"), person.id)
        if person.id not in channel.members:
            raise NotPossible(f"{person.first_name} is not in #{channel.name}.")
        return channel

    def message(self, wanted: Json) -> tuple[Person, Channel, Message]:
        channel = self.channel(wanted)
        message = channel.by_ts.get(needed(wanted, "ts"))
        if message is None:
            raise NotPossible(f"There is no message {wanted['ts']} in #{channel.name}.")
        return self.person(wanted), channel, message

    def own_message(self, wanted: Json) -> tuple[Person, Channel, Message]:
        person, channel, message = self.message(wanted)
        if message.user != person.id:
            raise NotPossible(f"{person.first_name} did not write that message.")
        return person, channel, message

    def top_view(self, wanted: Json) -> View:
        person = self.person(wanted)
        stack = self.workspace.stacks.get(person.id, [])
        id = wanted.get("view_id")
        for view in reversed(stack):
            if id in (None, view.id):
                return view
        raise NotPossible(f"{person.first_name} has no {'such ' if id else ''}view open.")

    def writable(self, wanted: Json) -> Channel:
        channel = self.channel(wanted)
        if channel.is_archived:
            raise NotPossible(f"#{channel.name} is archived.")
        return channel

    def typed(self, text: str) -> str:
        """Returns what Slack makes of typed words: escapes, mentions and channels."""
        if len(text) > LONGEST:
            raise NotPossible(
                f"A message has {LONGEST:,} characters at the most; this one has {len(text):,}."
            )
        is_raw = "<@" in text or "<#" in text or "<!" in text
        if not is_raw:
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return escaped_names(self.workspace, text)


def _check_origin(request: Request) -> None:
    """A page from elsewhere, open in some browser on this machine, must not act here."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotPossible(f"A page of {origin} may not act in this sandbox.")


def needed(wanted: Json, name: str) -> Any:
    if wanted.get(name) in (None, ""):
        raise NotPossible(f"Say {name}.")
    return wanted[name]


@verb
async def command(control: Control, wanted: Json) -> Json:
    person = control.person(wanted)
    channel = control.workspace.channel(wanted.get("channel", "general"), person.id)
    if (channel.is_private or channel.is_im) and person.id not in channel.members:
        raise NotPossible(f"{person.first_name} is not in that channel.")
    return await control.hands.command(person, channel, needed(wanted, "text"))


@verb
async def click(control: Control, wanted: Json) -> Json:
    person = control.person(wanted)
    wish = Wish(wanted.get("text", ""), wanted.get("action_id", ""), wanted.get("block_id", ""))
    found = control.hands.find(person, wish, wanted)
    value = wanted.get("selected", wanted.get("value"))
    is_word_of_option = value is None and found.element["type"] != "button"
    meant = wish.text or None if is_word_of_option else value
    return await control.hands.click(person, found, meant, wanted.get("state") or {})


@verb
async def suggest(control: Control, wanted: Json) -> Json:
    """Types into a menu whose options come from the bot; answers with the options."""
    person = control.person(wanted)
    wish = Wish(wanted.get("text", ""), wanted.get("action_id", ""), wanted.get("block_id", ""))
    found = control.hands.find(person, wish, wanted)
    return await control.hands.suggest(person, found, wanted.get("value", ""), wanted.get("state") or {})


@verb
async def submit(control: Control, wanted: Json) -> Json:
    """Sends a form: `values` by label, block_id or action_id; `state` as {block_id: {action_id: value}}."""
    person = control.person(wanted)
    values, state = wanted.get("values") or {}, wanted.get("state") or {}
    return await control.hands.submit(person, control.top_view(wanted), values, state)


@verb
async def close_view(control: Control, wanted: Json) -> Json:
    return await control.hands.close_view(control.person(wanted), is_cleared=bool(wanted.get("clear")))


@verb
async def shortcut(control: Control, wanted: Json) -> Json:
    person = control.person(wanted)
    on = control.message(wanted)[1:] if wanted.get("ts") else None
    return await control.hands.shortcut(person, needed(wanted, "callback_id"), on)


@verb
async def home(control: Control, wanted: Json) -> Json:
    person = control.person(wanted)
    control.hands.open_home(person)
    view = control.workspace.homes.get(person.id)
    return {"view": view.shown() if view else None}


@verb
async def message(control: Control, wanted: Json) -> Json:
    person, channel = control.person(wanted), control.writable(wanted)
    files: list[Json] = [{"id": control.workspace.next_id("F")} | one for one in wanted.get("files") or []]
    said = Message(
        control.workspace.stamp(),
        person.id,
        control.typed(wanted.get("text", "")),
        thread_ts=wanted.get("thread_ts"),
        subtype="file_share" if files else None,
        files=files,
        extra={"client_msg_id": control.workspace.next_id("M")},
    )
    acts.post(control.workspace, channel, said)
    return {"channel": channel.id, "ts": said.ts}


@verb
async def edit(control: Control, wanted: Json) -> Json:
    person, channel, message = control.own_message(wanted)
    changes = {"text": control.typed(needed(wanted, "text"))}
    acts.edit(control.workspace, channel, message, changes, by=person.id)
    return {"ts": message.ts}


@verb
async def unfurl(control: Control, wanted: Json) -> Json:
    """Lets Slack add a link's preview: the message changes though its text does not."""
    _, channel, message = control.message(wanted)
    preview = [{"id": 1, "title": "A page", "title_link": "https://example.com", "fallback": "A page"}]
    acts.edit(control.workspace, channel, message, {"attachments": preview}, by="USLACKBOT")
    return {"ts": message.ts}


@verb
async def delete(control: Control, wanted: Json) -> Json:
    """An admin may delete anyone's message."""
    is_admin = control.person(wanted).is_admin
    _, channel, message = control.message(wanted) if is_admin else control.own_message(wanted)
    acts.delete(control.workspace, channel, message)
    return {"ts": message.ts}


@verb
async def react(control: Control, wanted: Json) -> Json:
    person, channel, message = control.message(wanted)
    name = needed(wanted, "name").strip(":")
    return {"changed": acts.react(control.workspace, channel, message, name, by=person.id)}


@verb
async def unreact(control: Control, wanted: Json) -> Json:
    person, channel, message = control.message(wanted)
    name = needed(wanted, "name").strip(":")
    return {"changed": acts.unreact(control.workspace, channel, message, name, by=person.id)}


@verb
async def pin(control: Control, wanted: Json) -> Json:
    person, channel, message = control.message(wanted)
    if not message.is_pinned:
        acts.pin(control.workspace, channel, message, by=person.id)
    return {"pins": len(channel.pins)}


@verb
async def unpin(control: Control, wanted: Json) -> Json:
    person, channel, message = control.message(wanted)
    if message.is_pinned:
        acts.unpin(control.workspace, channel, message, by=person.id)
    return {"pins": len(channel.pins)}
