"""How a tracker is kept up: what happens here is sent, and what is sent there is asked for.

It knows no vendor: each brings a Far.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlmodel import Session

from bot.domain.trackers import health, persons, verbs
from bot.domain.trackers.facts import TrackingRefused
from bot.domain.trackers.hearing import hear
from bot.domain.trackers.model import Tracker, TrackerLink
from bot.domain.trackers.sides import Errand, Kept, Seen, Wanted
from bot.lib.courier import Courier
from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event

log = logging.getLogger(__name__)
T = TypeVar("T")
SKEW = timedelta(minutes=10)  # how far their clock may be from ours, when we ask what changed
LOOK_BACK = timedelta(days=1)  # the same when a second issue would be the price


class Rejected(DeliveryError):
    """They do not take this one change; the tracker itself is well."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Gone(DeliveryError):
    """That issue is not there any more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Far(Protocol):
    """What a vendor can do. Each raises DeliveryError; Rejected and Gone are about the one issue."""

    kept: Kept

    async def create(self, wanted: Wanted) -> Seen: ...

    async def seek(self, wanted: Wanted, since: datetime) -> Seen | None:
        """What an earlier try, whose answer was missed, has created."""

    async def change(self, errand: Errand) -> Seen: ...

    async def comment(self, far_id: str, key: str, text: str) -> None: ...

    async def has_comment(self, far_id: str, key: str, text: str) -> bool: ...

    def changed_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Seen]]:
        """Page by page, in any order."""

    async def look(self) -> None:
        """Raises where we may not see anything there."""

    async def account_of(self, email: str) -> str:
        """Empty where nobody of that address is known there."""


class Following:
    """One tracker, followed both ways. All that goes out for an incident goes in its order, one at a time."""

    def __init__(self, far: Far, courier: Courier, clock: Callable[[], datetime]) -> None:
        self.far, self.kept, self.courier, self.clock = far, far.kept, courier, clock
        self.door = Door(far.kept.label, first_wait=5, longest_wait=300)

    async def follow(self, events: list[Event]) -> None:
        """Send what differs now, however many facts led to it; then say what was put back, and why."""
        for id in dict.fromkeys(int(event.data["item"]) for event in events):
            key = f"{events[-1].key}/{self.kept.name}/A-{id}"
            await self._try(key, partial(self._push, id, events[-1].incident_id))
        for event in events:
            if isinstance(fact := event.fact, TrackingRefused) and fact.tracker == self.kept.name:
                await self._explain(event, fact)

    async def _try(
        self, key: str, act: Callable[[], Awaitable[Any]], seek: Callable[[], Awaitable[Any]] | None = None
    ) -> None:
        try:
            await effect(self.door, key, act, seek)
        except DeliveryError as error:
            # It is noted where people look; the next fact, and the sweep, may fare better.
            log.warning("%s was not taken: %s", key, error)

    async def _push(self, id: int, incident_id: int) -> dict[str, str]:
        errand = await self.courier.run(verbs.errand, self.kept, id, now=self.clock())
        if errand is None:
            return {}
        try:
            errand = await self._with_account(errand)
            seen = await self._watched(self._send(errand), incident_id)
        except Rejected as error:
            await self.courier.run(verbs.refused, self.kept, errand, str(error))
            raise
        except Gone:
            # To who lost the right to look everything seems gone.
            await self._watched(self.far.look(), incident_id)
            await self.courier.run(verbs.lost, self.kept, id, now=self.clock())
            return {"gone": errand.key}
        await self.courier.run(verbs.sent, self.kept, errand, seen, now=self.clock())
        return {"key": seen.key}

    async def _send(self, errand: Errand) -> Seen:
        if errand.far_id:
            return await self.far.change(errand)
        if errand.tried and (found := await self.far.seek(errand.wanted, errand.since - LOOK_BACK)):
            return found
        return await self.far.create(errand.wanted)

    async def _with_account(self, errand: Errand) -> Errand:
        wanted = errand.wanted
        if "owner" not in errand.fields or wanted.account or not wanted.owner_email:
            return errand
        account = await self._watched(self.far.account_of(wanted.owner_email), wanted.incident_id)
        if not account:
            return errand
        await self.courier.run(persons.learn, self.kept.name, account, wanted.owner)
        return replace(errand, wanted=replace(wanted, account=account))

    async def _explain(self, event: Event, fact: TrackingRefused) -> None:
        link = await self.courier.ask(_link, fact.item, self.kept.name)
        if link is None or link.gone_at is not None:
            return
        text = f"Closeout put this back as it was. {fact.said}"

        async def act() -> str:
            await self._watched(self.far.comment(link.far_id, link.key, text), event.incident_id)
            return "said"

        async def seek() -> bool | None:
            return await self.far.has_comment(link.far_id, link.key, text) or None

        await self._try(f"{event.key}/{self.kept.name}/comment", act, seek)

    async def _watched(self, call: Awaitable[T], incident_id: int | None) -> T:
        """A failure of the tracker itself is noted, and so is its end; a wish for quiet is no failure."""
        try:
            answer = await call
        except (Rejected, Gone):
            await self._is_well()
            raise
        except DeliveryError as error:
            if error.retry_after is None:
                await self._is_ill(error, incident_id)
            raise
        await self._is_well()
        return answer

    async def _is_ill(self, error: DeliveryError, incident_id: int | None) -> None:
        where, now = incident_id, self.clock()
        for_good = error.permanent
        await self.courier.run(
            health.failed, self.kept, str(error), for_good=for_good, incident_id=where, now=now
        )

    async def _is_well(self) -> None:
        if await self.courier.ask(health.fails, self.kept.name):
            await self.courier.run(health.works, self.kept, now=self.clock())

    async def sweep(self, at: datetime) -> None:
        """Ask what changed there since the last time. What fails, or would disturb, the next one does."""

        if self.door.wants_quiet():
            return

        async def act() -> dict[str, str]:
            since = await self.courier.run(health.sweep_from, self.kept, now=at)
            if since is None:
                return {}
            try:
                await self._watched(self._hear_since(since - SKEW, at), None)
            except DeliveryError as error:
                if error.retry_after is not None:
                    self.door.hush("", error.retry_after)
                return {"failed": str(error)}
            await self.courier.run(health.swept, self.kept, at)
            return {"swept": at.isoformat()}

        await effect(self.door, f"{self.kept.name}/sweep/{at.isoformat()}", act, method="sweep")

    async def _hear_since(self, since: datetime, now: datetime) -> None:
        async for page in self.far.changed_since(since, now):
            await self.courier.run(_hear_all, self.kept, page, self.clock())

    async def trouble(self) -> Tracker | None:
        """What `closeout check` says of it."""
        return await self.courier.ask(health.fails, self.kept.name)


def _hear_all(session: Session, kept: Kept, page: list[Seen], now: datetime) -> None:
    for seen in page:
        hear(session, kept, seen, now=now, swept=True)


def _link(session: Session, item_id: int, tracker: str) -> TrackerLink | None:
    return session.get(TrackerLink, (item_id, tracker))
