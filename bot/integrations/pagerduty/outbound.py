"""What people do here goes back to PagerDuty: acknowledged, resolved, priority, notes."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.domain import alerts, incidents, people
from bot.domain.alerts import PAGERDUTY, AlertStatus
from bot.domain.company import company_of
from bot.domain.incidents import Status
from bot.domain.incidents.facts import Acknowledged, SeverityChanged, StatusChanged
from bot.integrations.pagerduty.line import ALREADY, Answered, Line
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.effects import effect
from bot.lib.errors import DeliveryError, Refused
from bot.lib.facts import Event
from bot.lib.words import cut

BATCH = 250  # incidents in one PUT; more are refused with 413
NOTE_MAX = 4000
RESOLUTION_MAX = 1000
PERSON = re.compile(r"@\{p:(\d{1,9})\}")
OPEN = (AlertStatus.TRIGGERED, AlertStatus.ACKNOWLEDGED)


@dataclass(frozen=True)
class Errand:
    """What is known when a fact is carried to PagerDuty."""

    lead: str = ""  # the id of the PagerDuty incident that speaks for ours
    priority: str = ""  # which it has there
    wanted: str | None = None  # which it should have
    words: str = ""  # the fact's sentence, with names
    keys: tuple[str, ...] = ()  # PagerDuty incidents whose status must move
    is_private: bool = False


class Outbound:
    """Each fact goes out once; what PagerDuty has caused does not."""

    def __init__(self, line: Line, courier: Courier, clock: Clock) -> None:
        self.line, self.courier, self.clock = line, courier, clock

    async def tell(self, event: Event) -> None:
        errand = await self.courier.ask(errand_of, event)
        if errand is None:
            return
        match event.fact:
            case Acknowledged():
                await self._move(event, errand, AlertStatus.ACKNOWLEDGED)
            case StatusChanged(new=Status.RESOLVED, note=note):
                await self._move(event, errand, AlertStatus.RESOLVED, note)
            case SeverityChanged() if errand.wanted:
                await self._prioritise(event, errand)
            case _:
                await self._note(event, errand)

    async def _move(self, event: Event, errand: Errand, status: str, resolution: str = "") -> None:
        await self._expect(errand.keys, f"status={status}")
        change = {"type": "incident_reference", "status": status}
        if resolution and status == AlertStatus.RESOLVED and not errand.is_private:
            change["resolution"] = cut(resolution, RESOLUTION_MAX)
        for part in chunks(errand.keys, BATCH):
            if len(part) == 1 or not await self._move_all(event, part, change):
                for key in part:
                    await self._change(event, key, change, _words_for(status))

    async def _move_all(self, event: Event, keys: tuple[str, ...], change: dict[str, str]) -> bool:
        """Many in one call; False where PagerDuty refuses one of them, and with it all."""
        body = {"incidents": [{"id": key, **change} for key in keys]}

        async def act() -> bool:
            await self.line.put("/incidents", body)
            return True

        name = f"{event.key}/pagerduty/{change['status']}/{keys[0]}+{len(keys)}"
        try:
            await effect(self.line.rest_door, name, act)
        except DeliveryError:
            return False
        return True

    async def _change(self, event: Event, key: str, change: dict[str, str], what: str) -> None:
        async def act() -> bool:
            try:
                await self.line.put(f"/incidents/{key}", {"incident": change})
            except Answered as error:
                if error.code not in ALREADY:
                    raise
            return True

        field = "status" if "status" in change else "priority"
        await self._try(event, f"{event.key}/pagerduty/{field}/{key}", act, what=what)

    async def _prioritise(self, event: Event, errand: Errand) -> None:
        if not errand.lead or errand.wanted is None or errand.priority == errand.wanted:
            return
        await self._expect((errand.lead,), f"priority={errand.wanted}")
        change = {"type": "incident_reference", "priority": errand.wanted}
        await self._change(event, errand.lead, change, f"set the priority to {errand.wanted}")

    async def _note(self, event: Event, errand: Errand) -> None:
        if not errand.lead or errand.is_private:
            return
        path = f"/incidents/{errand.lead}/notes"
        content = alerts.rules.ours(event.key, cut(errand.words, NOTE_MAX))

        async def act() -> bool:
            await self.line.post(path, {"note": {"content": content}})
            return True

        async def seek() -> bool | None:
            notes = (await self.line.get(path)).get("notes") or []
            mark = alerts.rules.ours(event.key, "")
            return any(str(note.get("content", "")).startswith(mark) for note in notes) or None

        await self._try(event, f"{event.key}/pagerduty/note", act, seek, what="take a note")

    async def _expect(self, keys: tuple[str, ...], said: str) -> None:
        if keys:
            await self.courier.run(alerts.expect, PAGERDUTY, keys, said, now=self.clock())

    async def _try(
        self,
        event: Event,
        key: str,
        act: Callable[[], Awaitable[Any]],
        seek: Callable[[], Awaitable[Any]] | None = None,
        *,
        what: str,
    ) -> Any:
        """What is refused for good stands in the timeline."""
        try:
            return await effect(self.line.rest_door, key, act, seek)
        except DeliveryError as error:
            about = event.incident_id, key, what, str(error)
            await self.courier.run(alerts.refused, *about, source=PAGERDUTY, now=self.clock())
            return None


def errand_of(session: Session, event: Event) -> Errand | None:
    """All that is needed to carry this fact; None where PagerDuty knows it, or has no part in it."""
    if alerts.was_caused(session, event.id, PAGERDUTY):
        return None
    incident = incidents.get(session, event.incident_id)
    lead, fact = alerts.lead(session, incident), event.fact
    keys: list[str] = []
    if isinstance(fact, Acknowledged):
        keys = alerts.keys_in(session, incident, (AlertStatus.TRIGGERED,))
    elif isinstance(fact, StatusChanged) and fact.new is Status.RESOLVED:
        keys = alerts.keys_in(session, incident, OPEN)
    wanted = None
    if isinstance(fact, SeverityChanged):
        wanted = alerts.rules.priority_of(company_of(session), fact.new)
    return Errand(
        lead=lead.key if lead else "",
        priority=lead.priority if lead else "",
        wanted=wanted,
        words=words_of(session, event),
        keys=tuple(keys),
        is_private=incident.private,
    )


def words_of(session: Session, event: Event) -> str:
    """The sentence with its subject, people by name."""
    sentence = f"@{{p:{event.by}}} {event.fact}"
    return PERSON.sub(lambda found: _name(session, found), sentence)


def _name(session: Session, found: re.Match[str]) -> str:
    """Somebody may have typed what looks like one of our people."""
    try:
        return people.get(session, int(found[1])).name
    except Refused:
        return found[0]


def chunks(keys: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _words_for(status: str) -> str:
    return {"acknowledged": "acknowledge the alert", "resolved": "resolve the alert"}[status]
