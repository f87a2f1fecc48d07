"""The status page as a whole: what is shown where, made once for each change, and kept when we are down.

Asked for most when all else is on fire. The rows are looked at four times a second at the most, however many
ask; what has not changed is not made again, and while the database is away the last good copy is shown.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.web.look import Look
from bot.web.status_page import feeds, pages, shapes
from bot.web.status_page.bodies import Body, body
from bot.web.status_page.hearing import Heard, publications
from bot.web.status_page.links import API, FEEDS, Links
from bot.web.status_page.picture import Picture, month, picture

log = logging.getLogger(__name__)
FRESH = 0.25  # seconds between two looks at the rows
HURRY = 0.05  # seconds between two looks, when this process has just changed something
OLD = 4  # times FRESH: then whoever asks waits for a look; until then they get what is kept
PATIENCE = 0.5  # seconds to wait for a look, where there is a copy to show instead
MONTH = re.compile(rb"month=(\d{4}-\d{2})")
HTML, ATOM, RSS, JSON = "text/html", "application/atom+xml", "application/rss+xml", "application/json"
KINDS = {"feed.atom": ATOM, "history.atom": ATOM, "history.rss": RSS}


@dataclass
class Kept:
    """What is known by now, and the bytes that were made of it."""

    heard: Heard
    picture: Picture
    bodies: dict[str, Body]
    one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)


class StatusSite:
    """One for each process. `fresh` is 0 where everybody shall see what was written a moment ago."""

    def __init__(
        self,
        courier: Courier,
        clock: Clock,
        look: Look,
        public_url: str,
        *,
        elsewhere: str = "",
        fresh: float = FRESH,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.courier, self.clock, self.look, self.fresh = courier, clock, look, fresh
        self.seconds, self.elsewhere = seconds, elsewhere.encode()
        self.is_https = public_url.startswith("https://")
        self.links = Links(f"{public_url.rstrip('/')}/status")
        self.paths = frozenset(
            _path(name) for name in ("", "history", *FEEDS, *(f"api/v2/{n}.json" for n in API))
        )
        self.readers = frozenset((_path(""), _path("history")))
        self.kept: Kept | None = None
        self._looked = 0.0  # on the clock of `seconds`
        self._is_stirred = False
        self._looking: asyncio.Task[None] | None = None

    def offer(self, paths: Collection[str]) -> None:
        """Which addresses there are: a link to a form is shown where the form is."""
        forms = (name for name in ("subscribe", "report") if _path(name) in paths)
        self.links = Links(self.links.base, forms=frozenset(forms))

    def stir(self) -> None:
        """This process has written something: whoever asks next waits for a look."""
        self._is_stirred = True

    async def answer(self, path: str, query: bytes = b"") -> Body | None:
        """What stands there now; None while nothing was ever known."""
        await self._freshen()
        if self.kept is None:
            return None
        asked = MONTH.fullmatch(query) if path == _path("history") else None  # elsewhere it says nothing
        key = f"{path}?{asked[1].decode()}" if asked else path
        there = self.kept.bodies.get(key)
        return there or await self._make(self.kept, key)

    async def _make(self, kept: Kept, key: str) -> Body | None:
        async with kept.one_by_one:
            if there := kept.bodies.get(key):
                return there  # somebody else has waited for the same
            return await self._made(kept, key)

    async def _made(self, kept: Kept, key: str) -> Body | None:
        try:
            made = await self.courier.ask(self._body, kept.picture, key)
        except SQLAlchemyError as error:
            log.warning("A status page cannot be made: no database (%s)", type(error).__name__)
            return None
        if made.status == 200:
            kept.bodies[key] = made
        return made

    # ---- looking

    async def _freshen(self) -> None:
        age = self.seconds() - self._looked
        must_wait = self.kept is None or age >= OLD * self.fresh or (self._is_stirred and age > HURRY)
        if not must_wait and age < self.fresh:
            return
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        if must_wait:
            with suppress(TimeoutError):
                patience = PATIENCE if self.kept else None
                await asyncio.wait_for(asyncio.shield(self._looking), patience)

    async def _look(self) -> None:
        self._is_stirred = False
        self._looked = self.seconds()
        try:
            await self._renew()
        except SQLAlchemyError as error:
            log.warning("The status page shows its last copy: no database (%s)", type(error).__name__)

    async def _renew(self) -> None:
        now, kept = self.clock(), self.kept
        heard = await self.courier.ask(publications, kept.heard.newest if kept else 0)
        if kept and heard.ids <= kept.heard.ids and kept.picture.at <= now < kept.picture.stale_at:
            kept.heard = heard
            return
        seen, bodies = await self.courier.ask(self._draw, now, set(kept.bodies) if kept else set())
        self.kept = Kept(heard, seen, bodies)

    def _draw(self, session: Session, now: datetime, asked: set[str]) -> tuple[Picture, dict[str, Body]]:
        """What was asked for before is made at once; who asks for it next does not wait."""
        seen = picture(session, now)
        return seen, {key: self._body(session, seen, key) for key in asked if "?" not in key}

    # ---- making

    def _body(self, session: Session, seen: Picture, key: str) -> Body:
        path, _, name = key.partition("?")
        if path == _path("history"):
            return self._history(session, seen, name or seen.months[0])
        kind, text = self._text(seen, path.removeprefix(_path("")).lstrip("/"), self.links)
        return body(kind, text, is_https=self.is_https)

    def _history(self, session: Session, seen: Picture, name: str) -> Body:
        if name not in seen.months:
            return body(HTML, pages.missing(self.look, seen, self.links), is_https=self.is_https, status=404)
        text = pages.month(self.look, month(session, name, seen.at), self.links, name)
        return body(HTML, text, is_https=self.is_https)

    def _text(self, seen: Picture, name: str, links: Links) -> tuple[str, str]:
        """Media type and text of a page, a feed, or an answer of the API."""
        if not name:
            return HTML, pages.page(self.look, seen, links)
        if name == "feed.atom":
            return ATOM, feeds.updates(self.look, seen, links)
        if name in FEEDS:
            return KINDS[name], feeds.history(self.look, seen, links, name.rpartition(".")[2])
        return JSON, shapes.answer(seen, links, name.removeprefix("api/v2/").removesuffix(".json"))

    # ---- files

    def files(self, base: str = "") -> dict[str, bytes]:
        """The whole as files with links among themselves, in the order in which they are to be put.

        `base` is the address at which they are read. The first page comes last: what it links to is there.
        """
        with self.courier.reading() as session:
            return self._files(session, picture(session, self.clock()), base)

    def _files(self, session: Session, seen: Picture, base: str) -> dict[str, bytes]:
        links = Links(base.rstrip("/") or self.links.base, "", is_static=bool(base))
        inner = Links(links.base, "../", is_static=True)
        here = Links(links.base, "", is_static=True)
        made: dict[str, str] = {}
        for name in seen.months:
            made[f"history/{name}.html"] = pages.month(self.look, month(session, name, seen.at), inner, name)
        for name in (*(f"api/v2/{each}.json" for each in API), *FEEDS):
            made[name] = self._text(seen, name, links)[1]
        made["index.html"] = self._text(seen, "", here)[1]
        return {name: text.encode() for name, text in made.items()}


def _path(name: str) -> str:
    return f"/status/{name}" if name else "/status"
