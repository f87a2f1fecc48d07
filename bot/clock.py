"""The clock's front door: APScheduler on every replica. What must happen once is keyed, not guarded here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.lib import slots
from bot.lib.errors import Refused

log = logging.getLogger(__name__)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Tick = Callable[[], Awaitable[Any]]


class BadTime(Refused):
    """Write a weekly time as `mon 09:00`, a monthly one as `1 09:00`."""


class Clock:
    """Ticks are harmless when they come twice; slots carry their own id."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.scheduler = AsyncIOScheduler(timezone=UTC)
        self.first: list[Callable[[], Awaitable[None]]] = []

    def every(self, seconds: float, tick: Tick) -> None:
        """Call it again and again; a tick that fails is logged, and the next one comes."""

        async def safely() -> None:
            try:
                await tick()
            except asyncio.CancelledError:  # the house closes; nobody waits for this tick
                return
            except Exception:
                log.exception("A tick failed; the next one tries again")

        self.scheduler.add_job(safely, "interval", seconds=seconds, coalesce=True, misfire_grace_time=None)

    def at(self, when: str, zone: str, name: str, job: slots.Job) -> None:
        """Run the job once for each slot of `mon 09:00` or `1 09:00`, also the last one before the start."""
        trigger = cron(when, zone)
        slots.jobs[name] = job

        async def strike() -> None:
            await slots.strike(name, previous(trigger, self.now()))

        self.scheduler.add_job(strike, trigger, coalesce=True, misfire_grace_time=None)
        self.first.append(strike)

    def each(
        self,
        minutes: int,
        name: str,
        job: slots.Job,
        wanted: Callable[[], Awaitable[bool]] | None = None,
        *,
        at_start: bool = False,
    ) -> None:
        """Run the job once for each slot of so many minutes, on one replica, and only where it is wanted."""
        slots.jobs[name] = job

        async def strike() -> None:
            if wanted is None or await wanted():
                now = self.now()
                await slots.strike(name, now - timedelta(minutes=now.minute % minutes))

        self.every(minutes * 60, strike)
        if at_start:
            self.first.append(strike)

    async def start(self) -> None:
        self.scheduler.start()
        for strike in self.first:
            await strike()

    def stop(self) -> None:
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)


def cron(when: str, zone: str) -> CronTrigger:
    """`mon 09:00` is weekly, `1 09:00` monthly, `daily 03:15` each day. Raises BadTime."""
    day, _, time = when.strip().lower().partition(" ")
    hour, _, minute = time.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise BadTime(f"{when!r} is no time. Write a weekly time as `mon 09:00`, a monthly one as `1 09:00`.")
    at = {"hour": int(hour), "minute": int(minute), "timezone": ZoneInfo(zone)}
    if day in DAYS:
        return CronTrigger(day_of_week=day, **at)
    if day == "daily":
        return CronTrigger(**at)
    if day.isdigit() and 1 <= int(day) <= 28:
        return CronTrigger(day=int(day), **at)
    raise BadTime(f"{day!r} is no day. Write mon to sun, or a day of the month from 1 to 28.")


def previous(trigger: CronTrigger, now: datetime) -> datetime:
    """The newest slot that is not in the future: the one to run now, also after a night without us."""
    for days in (2, 9, 40):
        last, fire = None, trigger.get_next_fire_time(None, now - timedelta(days=days))
        while fire is not None and fire <= now:
            last, fire = fire, trigger.get_next_fire_time(fire, fire + timedelta(seconds=1))
        if last is not None:
            moment: datetime = last.astimezone(UTC)
            return moment
    raise BadTime
