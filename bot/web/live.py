"""Live pages: a browser hears that something changed, and fetches what it may see.

Nothing of an incident is on the wire, only that its page is out of date. What changed is read from the rows,
so that every replica tells its own watchers, whoever wrote; one look twice a second serves all of them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Event
from bot.web.api.problems import status_of
from bot.web.visits import Doorman, NotSignedIn

log = logging.getLogger(__name__)
EVERY = 0.5  # seconds between two looks at the rows
PING = 15.0  # seconds of silence after which a proxy might think that the line is dead
MOST, MOST_EACH = 500, 20  # watchers of one process, and of one person
WINDOW = 500  # newest facts by which a list notices that something happened
FULL = "Too many pages are open. This one still works; reload it to see what is new."
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
ALL = ""  # the reference of the list


@dataclass(eq=False)
class Watcher:
    """One open page: whose it is, of what, and the last that it was told."""

    person_id: int
    ref: str
    mark: str = ""
    told: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)  # None: it is over

    def tell(self, mark: str | None) -> None:
        if mark != self.mark:
            self.mark = mark or ""
            self.told.put_nowait(mark)


class Live:
    """One for each process. It looks while somebody watches, and lets all go when the house closes."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.watchers: set[Watcher] = set()
        self.is_closed = False
        self._looking: asyncio.Task[None] | None = None
        self._seen: object = None

    def has_room(self, person_id: int) -> bool:
        own = sum(watcher.person_id == person_id for watcher in self.watchers)
        return not self.is_closed and len(self.watchers) < MOST and own < MOST_EACH

    async def events(self, watcher: Watcher) -> AsyncIterator[str]:
        """The lines of one stream, until the page is left, may be seen no longer, or the house closes."""
        if not self.has_room(watcher.person_id):
            return
        self.watchers.add(watcher)
        self._seen = None  # what happened while the page came in was perhaps looked at without it
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield "retry: 2000\n\n"
            while not self.is_closed:
                try:
                    mark = await asyncio.wait_for(watcher.told.get(), PING)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if mark is None:
                    if not self.is_closed:  # else the browser comes back when the house is open again
                        yield "event: gone\ndata: {}\n\n"
                    return
                yield f"event: changed\nid: {mark}\ndata: {{}}\n\n"
        finally:
            self._leave(watcher)

    def _leave(self, watcher: Watcher) -> None:
        self.watchers.discard(watcher)
        if not self.watchers and self._looking:
            self._looking.cancel()
            self._looking = None

    def close(self) -> None:
        """Let everybody go: a server waits for its open lines before it ends."""
        self.is_closed = True
        for watcher in self.watchers:
            watcher.told.put_nowait(None)
        if self._looking:
            self._looking.cancel()

    async def _look(self) -> None:
        while True:
            try:
                await self.look()
            except OperationalError:
                pass  # the database is away: the pages say so themselves
            except Exception:  # whoever watches shall hear what comes after it
                log.exception("A look at what is new failed")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Tell those whose page is out of date."""
        seen = await self.courier.ask(newest)
        if seen != self._seen:
            self._seen = seen
            watching = list(self.watchers)
            try:
                marks = await self.courier.ask(_marks, {(one.person_id, one.ref) for one in watching})
            except Exception:
                self._seen = None  # it was not told yet
                raise
            for watcher in watching:
                watcher.tell(marks[watcher.person_id, watcher.ref])


def _marks(session: Session, asked: set[tuple[int, str]]) -> dict[tuple[int, str], str | None]:
    return {(person, ref): mark(session, person, ref) for person, ref in asked}


def newest(session: Session, *only: Any) -> str:
    """Changes with every fact, also where a lower number is written after a higher one."""
    top = select(sa.func.coalesce(sa.func.max(Event.id), 0)).scalar_subquery()
    asked = select(sa.func.count(), sa.func.max(Event.id)).where(col(Event.id) > top - WINDOW, *only)
    count, last = session.exec(asked).one()
    return f"{last or 0}-{count}"


def mark(session: Session, person_id: int, ref: str) -> str | None:
    """What the person's view of this page is up to; None when they may not see it any more."""
    person = people.get(session, person_id)
    if not person.is_active:
        return None
    if ref == ALL:
        seen = select(Incident.id).where(incidents.seen_by(person))
        return newest(session, col(Event.incident_id).in_(seen))
    try:
        incident = incidents.find(session, ref, as_=person)
    except Refused:
        return None
    last = select(sa.func.max(Event.id)).where(Event.incident_id == incident.id)
    return str(session.exec(last).one() or 0)


class LivePages:
    """The doors of the streams; who knocks is known, and may see what they ask for."""

    def __init__(self, doorman: Doorman, live: Live) -> None:
        self.doorman, self.live = doorman, live

    def routes(self) -> list[Route]:
        return [
            Route("/incidents/live", self._stream(lambda _: ALL)),
            Route("/incidents/{ref}/live", self._stream(lambda request: request.path_params["ref"])),
        ]

    def _stream(self, of: Callable[[Request], str]) -> Callable[[Request], Any]:
        async def stream(request: Request) -> Response:
            try:
                watcher = await self._admit(request, of(request))
            except Refused as refusal:
                status = 401 if isinstance(refusal, NotSignedIn) else status_of(refusal)
                return PlainTextResponse(str(refusal), status, HEADERS)
            if not self.live.has_room(watcher.person_id):
                return PlainTextResponse(FULL, 503, {**HEADERS, "Retry-After": "30"})
            return StreamingResponse(self.live.events(watcher), 200, HEADERS, "text/event-stream")

        return stream

    async def _admit(self, request: Request, ref: str) -> Watcher:
        holder = self.doorman.passes.read(request, self.doorman.clock())
        if holder is None:
            raise NotSignedIn
        known = await self.live.courier.ask(mark, holder.person_id, ref)
        if known is None:
            raise incidents.NoSuchIncident(f"There is no incident {ref}.")
        since = request.headers.get("last-event-id") or request.query_params.get("since")
        watcher = Watcher(holder.person_id, ref, since or known)
        watcher.tell(known)  # what happened between the page and its stream
        return watcher
