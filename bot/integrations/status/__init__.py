"""The copy of the status page that stays up when we are down: pushed with every publication."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from bot.domain import maintenance
from bot.domain.incidents.facts import Cancelled, Merged, Reopened
from bot.domain.postmortems.summaries import SummaryPublished, SummaryWithdrawn
from bot.domain.updates import UpdatePublished
from bot.integrations.status.targets import Bucket, Files, Folder, Target
from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError, Refused
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding, bad, off, ok, within
from bot.lib.vendors import Deps

__all__ = ["StatusPush", "connect"]
WHAT = "Status copy"
EVERY = 5  # minutes: days pass and promises run out without a publication
ROUNDS = 5  # another replica may have put an older picture over ours; then it is put once more
SHOWN = (UpdatePublished, Cancelled, Merged, Reopened, SummaryPublished, SummaryWithdrawn)


class BadPush(Refused):
    """STATUS_PUSH cannot be used. Mend it, then start again."""


class StatusPush:
    """Draws the static pages and puts them where they are read, the first page last."""

    def __init__(self, target: Target, draw: Callable[[str], Files], base: str, deps: Deps) -> None:
        self.target, self.draw, self.base, self.courier = target, draw, base, deps.courier
        self.door = Door("the status copy")
        self.jobs = ((EVERY, "status-push", self.renew),)
        self._one_by_one = asyncio.Lock()

    @on(*SHOWN, *maintenance.FACTS, name="status-push", folds=True)
    async def push(self, events: list[Event]) -> None:
        """What happened is not looked at: the copy shows what is true when it is put."""
        await effect(self.door, f"{events[-1].key}/status-push", self.put)

    async def renew(self, at: datetime) -> None:
        await effect(self.door, f"status-push/{at:%Y%m%dT%H%M}", self.put)

    async def put(self) -> str:
        """Answers how many files were new. Raises DeliveryError."""
        async with self._one_by_one:
            files, count = await self._drawn(), 0
            for _ in range(ROUNDS):
                count += await self.target.put(files)
                if (now := await self._drawn()) == files:
                    break
                files = now
            return f"{count} files"

    async def _drawn(self) -> Files:
        return await self.courier.aside(self.draw, self.base)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; nothing is put."""
        return await within(patience, WHAT, self._look())

    async def _look(self) -> list[Finding]:
        try:
            newest = await self.target.look()
        except DeliveryError as error:
            return [bad(WHAT, str(error), "Mend STATUS_PUSH or what it names. It is tried until it works.")]
        if not newest:
            return [off(WHAT, f"nothing lies at {self.target.name} yet; the next publication puts it there")]
        return [ok(WHAT, f"lies at {self.target.name}")]


def connect(env: Mapping[str, str], deps: Deps) -> StatusPush | None:
    """None without STATUS_PUSH: a folder, or an https:// address that takes PUT."""
    where = env.get("STATUS_PUSH", "").strip()
    if not where:
        return None
    base = env.get("STATUS_URL", "").strip().rstrip("/") or f"{deps.public_url.rstrip('/')}/status"
    if urlsplit(base).scheme not in ("http", "https"):
        raise BadPush(f"STATUS_URL is {base!r}; it must be an address like https://status.example.com.")
    return StatusPush(_target(where, env.get("STATUS_PUSH_TOKEN", ""), deps), deps.extra["site"], base, deps)


def _target(where: str, token: str, deps: Deps) -> Target:
    if "://" not in where:
        return Folder(where)
    parts = urlsplit(where)
    is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        raise BadPush("STATUS_PUSH must be a folder, or begin with https://. Mend it, then start again.")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise BadPush("STATUS_PUSH holds more than an address. Put the token into STATUS_PUSH_TOKEN.")
    return Bucket(deps.http, where, token)
