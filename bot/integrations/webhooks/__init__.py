"""Webhooks: programs outside that subscribed to the status are called, each with a signature of its own."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from bot.domain import mailings, subscribers
from bot.domain.mailings import WEBHOOK, Parcel
from bot.integrations.webhooks.signing import id_of, signed
from bot.integrations.webhooks.targets import Answer, Caller
from bot.lib.alone import alone
from bot.lib.errors import DeliveryError, Refused
from bot.lib.findings import PATIENCE, Finding
from bot.lib.vendors import Deps

__all__ = ["Webhooks", "connect"]
log = logging.getLogger(__name__)
CALLING = 0xCA11  # the advisory lock of who calls
SECONDS, AT_ONCE, GONE = 1.0, 8, 410


class BadAllow(Refused):
    """WEBHOOKS_ALLOW names hosts with their port, comma-separated, like 10.0.0.5:8080."""


class Webhooks:
    """`tick` it each second: while something waits, endpoints are called, several at once."""

    def __init__(self, deps: Deps, allowed: frozenset[str], caller: Caller | None = None) -> None:
        self.courier, self.clock, self.here = deps.courier, deps.clock, deps.public_url.rstrip("/")
        self.courier.info["webhooks_allow"] = allowed
        self.caller = caller or Caller(allowed)
        self.ticks = [(SECONDS, self.tick)]
        self._working: asyncio.Task[None] | None = None

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """Nothing: who subscribed, and whom we cannot reach, stands with the subscribers."""
        return []

    async def tick(self) -> None:
        """Begin to call where something waits and nobody calls."""
        if self._working and not self._working.done():
            return
        if self._working and (error := self._working.exception()):
            log.error("The endpoints that wait could not be called; we try again", exc_info=error)
        self._working = None
        if await self.courier.ask(mailings.is_due, WEBHOOK, self.clock()):
            self._working = asyncio.create_task(self.work())

    async def close(self) -> None:
        if self._working:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
        await self.caller.close()

    async def work(self) -> None:
        """Call all that wait. What a dead process left is called again: an endpoint knows the id."""
        lock = alone(self.courier.engine, CALLING)
        if not await asyncio.to_thread(lock.__enter__):
            return
        try:
            await self.courier.run(mailings.take_up, WEBHOOK, now=self.clock(), is_unsent=lambda *_: True)
            while found := await self.courier.run(mailings.batch, WEBHOOK, self.clock(), AT_ONCE):
                await asyncio.gather(*map(self._call, found))
        finally:
            await asyncio.to_thread(lock.__exit__, None, None, None)

    async def _call(self, parcel: Parcel) -> None:
        subscriber = await self.courier.run(_begin, parcel, self.courier.life, self.clock())
        if subscriber is None:
            return
        text = mailings.filled(
            json.dumps(parcel.mailing.data, ensure_ascii=False), parcel.delivery, self.here
        )
        body, id = text.encode(), id_of(parcel.mailing.key, parcel.delivery.recipient)
        headers, begun = signed(subscriber.secret, id, self.clock(), body), time.monotonic()
        try:
            answer = await self.caller.post(subscriber.address, body, headers)
        except DeliveryError as error:
            await self.courier.run(_note_failure, parcel, str(error), error.permanent, self.clock())
            return
        log.info("Delivery %s: %s after %.1f s", parcel.id, answer.status, time.monotonic() - begun)
        await self.courier.run(_note, parcel, answer, self.courier.life, self.clock())


def _begin(session: Session, parcel: Parcel, life: str, now: Any) -> subscribers.Subscriber | None:
    found = subscribers.of_recipient(session, parcel.delivery.recipient)
    if found is None:
        mailings.fail(session, parcel.id, "nobody subscribes there any more", now=now)
        return None
    return found if mailings.begin(session, parcel.id, by=life) else None


def _note(session: Session, parcel: Parcel, answer: Answer, life: str, now: Any) -> None:
    to = parcel.delivery.recipient
    if not 200 <= answer.status < 300:
        said = f"it answered {answer.status}"
        return _note_failure(session, parcel, said, answer.status == GONE, now)
    if parcel.mailing.kind == "challenge":
        challenge = parcel.mailing.data["data"]["challenge"]
        if challenge not in answer.text:
            return _note_failure(session, parcel, "it did not give the challenge back", True, now)
        subscribers.answered(session, to, now=now)
    else:
        subscribers.took(session, to)
    return mailings.sent(session, parcel.id, by=life, now=now)


def _note_failure(session: Session, parcel: Parcel, why: str, is_gone: bool, now: Any) -> None:
    if parcel.mailing.kind == "challenge":
        mailings.fail(session, parcel.id, why, now=now)
        subscribers.unanswered(session, parcel.delivery.recipient, why)
    else:
        if is_gone:
            mailings.fail(session, parcel.id, why, now=now)
        else:
            mailings.put_off(session, parcel.id, why, now=now)
        subscribers.failing(session, parcel.delivery.recipient, why, now=now, is_gone=is_gone)


def connect(env: Mapping[str, str], deps: Any) -> Webhooks:
    """Always on: it is configured by who subscribes."""
    allowed = frozenset(
        each.strip().lower() for each in env.get("WEBHOOKS_ALLOW", "").split(",") if each.strip()
    )
    if not all(":" in each and each.rpartition(":")[2].isdigit() for each in allowed):
        raise BadAllow
    return Webhooks(deps, allowed)
