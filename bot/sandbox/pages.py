"""The doors of the page in the browser: its files, what it starts with, and messages by the page."""

from __future__ import annotations

import itertools
import mimetypes
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.channels import Channel, Message
from bot.sandbox.eyes import is_on_main_screen, may_look, shown_channel, shown_message
from bot.sandbox.finding import sees
from bot.sandbox.people import BOT_USER, Person
from bot.sandbox.workspace import Workspace

FILES = Path(__file__).parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Asked for anew each time, and answered with 304: nobody is shown half of an older version.
    "Cache-Control": "no-cache",
}
MOST = 1000
mimetypes.add_type("text/javascript", ".js")


class PageFiles(StaticFiles):
    """Static files with the page's headers."""

    def file_response(self, full_path: Any, stat_result: os.stat_result, *args: Any, **more: Any) -> Response:
        response = super().file_response(full_path, stat_result, *args, **more)
        response.headers.update(HEADERS)
        return response


class Pages:
    """Read-only doors for a page that is somebody's: `as` says whose."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.index),
            Route("/world", self.world),
            Route("/archives/{channel}/{message}", self.permalink),
            Mount("/page", PageFiles(directory=FILES)),
            Route("/sandbox/boot", self.boot),
            Route("/sandbox/channels/{channel}/messages", self.messages),
            Route("/sandbox/channels/{channel}/replies", self.replies),
            Route("/sandbox/channels/{channel}/pins", self.pins),
        ]

    async def index(self, request: Request) -> Response:
        return _file("index.html")

    async def world(self, request: Request) -> Response:
        response = _file("world.html")
        # Mail is read in a frame, whose own policy lets nothing run in it.
        response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
        return response

    async def permalink(self, request: Request) -> Response:
        """Slack's link to a message, which chat.getPermalink gives away, opens the page on it."""
        found = re.fullmatch(r"p(\d{1,12})(\d{6})", request.path_params["message"])
        channel = self.workspace.channels.get(request.path_params["channel"])
        if found is None or channel is None:
            return RedirectResponse("/")
        thread = request.query_params.get("thread_ts", "")
        is_reply = re.fullmatch(r"\d{1,12}\.\d{6}", thread)
        place = f"thread/{thread}" if is_reply else f"at/{found[1]}.{found[2]}"
        return RedirectResponse(f"/#/ada/{channel.id}/{place}")

    async def boot(self, request: Request) -> Response:
        """Answers with everything that a page needs before it follows the stream from `last` on."""
        me, workspace = self._person(request), self.workspace
        workspace.dm(me.id)
        last = workspace.stream.last
        rooms = [one for one in workspace.channels.values() if may_look(me, one)]
        return JSONResponse(
            {
                "last": last,
                "now": workspace.now(),
                "me": me.shown(),
                "people": [one.shown() for one in workspace.people.values()],
                "groups": [one.shown(with_users=True, with_count=True) for one in workspace.groups],
                "channels": [shown_channel(one) | {"is_member": me.id in one.members} for one in rooms],
                "bot": self._bot(),
                "links": self._links(),
            }
            | workspace.installed.offered()
        )

    def _bot(self) -> Json:
        """Returns the app as it stands; `address` is where it takes commands, if it said so."""
        account, address = self.workspace.people[BOT_USER], self.workspace.installed.bot_url
        is_connected = bool(address) or self.workspace.is_linked()
        shown = {"user_id": BOT_USER, "name": account.name, "is_connected": is_connected}
        return shown | ({"address": address} if address else {})

    def _links(self) -> Json:
        """Returns the pages of the bot itself, on the same host as its door for commands."""
        to = urlsplit(self.workspace.installed.bot_url)
        if not to.netloc:
            return {"status": "", "web": ""} | self.workspace.links
        web = f"{to.scheme}://{to.netloc}/"
        return {"status": f"{web}status", "web": web} | self.workspace.links

    async def messages(self, request: Request) -> Response:
        """Answers with the last `limit` messages before a ts, oldest first, as that person sees them."""
        me, channel = self._room(request)
        before, limit = request.query_params.get("before", ""), _limit(request)
        found = list(itertools.islice(backwards(channel, me, before), limit + 1))
        shown = [shown_message(channel, one) for one in found[:limit][::-1]]
        return JSONResponse({"channel": channel.id, "messages": shown, "has_more": len(found) > limit})

    async def replies(self, request: Request) -> Response:
        """Answers with a thread, its first message on top."""
        me, channel = self._room(request)
        ts = request.query_params.get("ts", "")
        thread = [channel.by_ts.get(ts), *channel.replies.get(ts, [])]
        shown = [shown_message(channel, one) for one in thread if one and sees(me, one)]
        return JSONResponse({"channel": channel.id, "ts": ts, "messages": shown})

    async def pins(self, request: Request) -> Response:
        """Answers with what is pinned, newest pin first, and who pinned it."""
        _, channel = self._room(request)
        shown = [
            {"message": shown_message(channel, channel.by_ts[ts]), "by": by, "at": at}
            for ts, by, at in channel.pins
            if ts in channel.by_ts
        ]
        return JSONResponse({"channel": channel.id, "pins": shown})

    def _person(self, request: Request) -> Person:
        return self.workspace.person(request.query_params.get("as") or "ada")

    def _room(self, request: Request) -> tuple[Person, Channel]:
        me = self._person(request)
        channel = self.workspace.channel(request.path_params["channel"], me.id)
        if not may_look(me, channel):
            raise NotPossible(f"{me.first_name} cannot see that channel.")
        return me, channel


def backwards(channel: Channel, person: Person, before: str = "") -> Iterator[Message]:
    """Yields what a person sees in the channel itself, newest first, from before a ts."""
    for one in reversed(channel.messages):
        if sees(person, one) and is_on_main_screen(one) and not (before and one.ts >= before):
            yield one


def _limit(request: Request) -> int:
    wanted = request.query_params.get("limit", "200")
    if not wanted.isdecimal() or not 0 < int(wanted[:6]) <= MOST:
        raise NotPossible(f"limit is a number from 1 to {MOST}.")
    return int(wanted)


def _file(name: str) -> Response:
    if not (FILES / name).is_file():
        return PlainTextResponse("There is no such page yet.", 404, HEADERS)
    return FileResponse(FILES / name, headers=HEADERS)
