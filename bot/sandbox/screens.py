"""What the control API shows: channels, views, homes, direct messages, traffic and a stream of changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.channels import Channel, Message
from bot.sandbox.finding import sees
from bot.sandbox.people import Person
from bot.sandbox.transcript import read, read_view, transcript
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace


class Screens:
    """Read-only doors; `as` or `user` says through whose eyes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.watching: set[asyncio.Queue[Json]] = set()
        workspace.listeners.append(self._tell)

    async def people(self, request: Request) -> Response:
        shown = [person.shown() for person in self.workspace.people.values()]
        return JSONResponse({"people": shown})

    async def channels(self, request: Request) -> Response:
        person = self._person(request, "as")
        shown = [
            one.shown(count=True) | {"message_count": len(one.messages)}
            for one in self.workspace.channels.values()
            if not one.is_im and _may_see(person, one)
        ]
        return JSONResponse({"channels": shown})

    async def channel(self, request: Request) -> Response:
        person = self._person(request, "as")
        channel = self.workspace.channel(request.path_params["channel"], person.id if person else None)
        if not _may_see(person, channel):
            raise NotPossible(f"{person.first_name if person else 'Nobody'} cannot see #{channel.name}.")
        return JSONResponse(self._shown(channel, person))

    def _shown(self, channel: Channel, person: Person | None) -> Json:
        shown = channel.shown() | {
            "members": [self.workspace.people[id].handle for id in channel.members],
            "topic": channel.topic,
            "purpose": channel.purpose,
            "pins": [ts for ts, _, _ in channel.pins],
            "bookmarks": [one.shown() for one in channel.bookmarks],
        }
        return shown | {"messages": [self._message(channel, one) for one in _visible(channel, person)]}

    def _message(self, channel: Channel, message: Message) -> Json:
        """Adds what only the sandbox knows: who alone sees it, and how it reads."""
        shown = channel.shown_message(message, metadata=True)
        shown |= {"ephemeral_to": message.ephemeral_to, "channel": channel.id}
        return shown | {"reads": read(self.workspace, message)}

    async def views(self, request: Request) -> Response:
        stack = self.workspace.stacks.get(self._needed(request).id, [])
        return JSONResponse({"views": [self._view(view) for view in stack]})

    async def home(self, request: Request) -> Response:
        view = self.workspace.homes.get(self._needed(request).id)
        return JSONResponse({"view": self._view(view) if view else None})

    def _view(self, view: View) -> Json:
        return view.shown() | {"reads": read_view(self.workspace, view.body)}

    async def dms(self, request: Request) -> Response:
        person = self._needed(request)
        channel = self.workspace.dm(person.id)
        messages = [self._message(channel, one) for one in _visible(channel, person)]
        return JSONResponse({"channel": channel.id, "messages": messages})

    async def transcript(self, request: Request) -> Response:
        person = self._person(request, "as")
        wanted = request.query_params.get("channel", "")
        channel = self.workspace.channel(wanted, person.id if person else None)
        text = transcript(self.workspace, channel, _visible(channel, person))
        return PlainTextResponse(text)

    async def traffic(self, request: Request) -> Response:
        since = int(request.query_params.get("since", "0"))
        calls = [call.shown() for call in self.workspace.traffic.since(since)]
        return JSONResponse({"calls": calls, "last": self.workspace.traffic.counted})

    async def forget_traffic(self, request: Request) -> Response:
        self.workspace.traffic.calls.clear()
        return JSONResponse({"last": self.workspace.traffic.counted})

    async def events(self, request: Request) -> Response:
        """Streams every change as a server-sent event; for one person's eyes when `as` names somebody."""
        if person := self._person(request, "as"):
            return self._followed(request, person)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    def _followed(self, request: Request, person: Person) -> Response:
        """A browser that comes back says where it was; a new page says where its drawing ended."""
        after = request.headers.get("last-event-id") or request.query_params.get("since", "")
        lines = self.workspace.stream.follow(person.id, after)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self.watching.add(queue)
        try:
            yield ": welcome\n\n"
            while True:
                event = await queue.get()
                yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        finally:
            self.watching.discard(queue)

    def _tell(self, event: Json, channel: Channel | None) -> None:
        for queue in self.watching:
            queue.put_nowait(event)

    def _person(self, request: Request, name: str) -> Person | None:
        wanted = request.query_params.get(name)
        return self.workspace.person(wanted) if wanted else None

    def _needed(self, request: Request) -> Person:
        person = self._person(request, "user") or self._person(request, "as")
        if person is None:
            raise NotPossible("Say who: ?user=ada.")
        return person


def _may_see(person: Person | None, channel: Channel) -> bool:
    return person is None or not (channel.is_private or channel.is_im) or person.id in channel.members


def _visible(channel: Channel, person: Person | None) -> list[Message]:
    """Returns what a person sees there; without a person, everything."""
    return [one for one in channel.messages if person is None or sees(person, one)]
