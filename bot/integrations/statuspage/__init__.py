"""Atlassian Statuspage: what we tell customers stands there too, in the same order."""

from collections.abc import Mapping
from typing import Any

from bot.domain import mirrors
from bot.domain.components import ComponentState
from bot.domain.mirrors import Mirror, Words
from bot.domain.updates import UpdatePublished
from bot.integrations.statuspage import checking
from bot.integrations.statuspage.line import NAME_MAX, Answer, Gone, Line
from bot.integrations.statuspage.settings import read
from bot.lib.effects import effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding
from bot.lib.vendors import Deps
from bot.lib.words import cut

__all__ = ["Statuspage", "connect"]
PAGE = "Statuspage"
MARK = "closeout"  # under it we keep in an incident's metadata which of ours it is, and how far it has come


class Statuspage:
    """A mirror of our own page. While it is away its updates wait; nothing else waits for it."""

    def __init__(self, line: Line, deps: Deps) -> None:
        self.line, self.courier, self.clock = line, deps.courier, deps.clock
        self.company = deps.company
        self.ids: dict[str, str] = {}  # component's name in small letters -> its id there

    @on(UpdatePublished, name="statuspage", folds=True)
    async def tell(self, events: list[Event]) -> None:
        """All in order. Of what had to wait, subscribers are sent the last word alone."""
        for event in events:
            fact = event.fact
            assert isinstance(fact, UpdatePublished)
            words = await self.courier.ask(mirrors.words_of, fact.update)
            if words is not None:
                await self._publish(event, words, is_last=event is events[-1])

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`."""
        return await checking.check(self.line, self.company, patience)

    async def _publish(self, event: Event, words: Words, *, is_last: bool) -> None:
        try:
            mirror = await self.courier.ask(mirrors.at, words.incident_id, PAGE)
            if mirror is None or not await self._change(event, words, mirror, is_last):
                await self._create(event, words, is_last)
        except DeliveryError as error:
            about = words.incident_id, PAGE, words.update_id, str(error)
            await self.courier.run(mirrors.refused, *about, now=self.clock())

    async def _create(self, event: Event, words: Words, is_last: bool) -> None:
        async def act() -> Answer:
            wanted = await self._incident(words, is_last)
            return _kept(await self.line.create({"name": cut(words.title, NAME_MAX), **wanted}))

        async def seek() -> Answer | None:
            newest = await self.line.newest()
            mine = [one for one in newest if _mark(one).get("incident") == words.incident_id]
            return _kept(mine[0]) if mine else None

        made = await effect(self.line.door, f"{event.key}/statuspage/create", act, seek)
        here = words.incident_id, PAGE, made["id"], made["url"]
        await self.courier.run(mirrors.stands, *here, now=self.clock())

    async def _change(self, event: Event, words: Words, mirror: Mirror, is_last: bool) -> bool:
        """False where somebody deleted it there: then it is put there anew."""

        async def act() -> str:
            try:
                await self.line.change(mirror.far_id, await self._incident(words, is_last))
            except Gone:
                return "gone"
            return "told"

        async def seek() -> str | None:
            try:
                has_come = _mark(await self.line.incident(mirror.far_id)).get("update", 0)
            except Gone:
                return "gone"
            return "told" if isinstance(has_come, int) and has_come >= words.update_id else None

        if await effect(self.line.door, f"{event.key}/statuspage", act, seek) == "told":
            return True
        await self.courier.run(mirrors.gone, words.incident_id, PAGE)
        return False

    async def _incident(self, words: Words, is_last: bool) -> Answer:
        """Resolving an incident there leaves its components as they are, so they are always named."""
        known = await self._known(words)
        states = {known[name]: state for name, state in words.states.items() if name in known}
        body = {
            "status": words.phase,
            "body": words.body,
            "deliver_notifications": words.is_announced and is_last,
            "metadata": {MARK: {"incident": words.incident_id, "update": words.update_id}},
        }
        if not states:
            return {**body, "impact_override": "minor"}
        down = [id for id, state in states.items() if state != ComponentState.OPERATIONAL]
        return {**body, "components": states, "component_ids": down or list(states)}

    async def _known(self, words: Words) -> dict[str, str]:
        """Name -> id there, of those components that stand there; asked again for a name that is new."""
        if any(name.lower() not in self.ids for name in words.states):
            self.ids = checking.ids_of(await self.line.components())
        return {name: self.ids[name.lower()] for name in words.states if name.lower() in self.ids}


def _mark(incident: Answer) -> dict[str, Any]:
    metadata = incident.get("metadata")
    found = metadata.get(MARK) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _kept(incident: Answer) -> Answer:
    url = incident.get("shortlink")
    return {"id": incident["id"], "url": url if isinstance(url, str) and url.startswith("http") else ""}


def connect(env: Mapping[str, str], deps: Any) -> Statuspage | None:
    """None without STATUSPAGE_API_TOKEN. Raises BadStatuspage for what cannot work."""
    settings = read(env)
    return Statuspage(Line(settings, deps.http), deps) if settings else None
