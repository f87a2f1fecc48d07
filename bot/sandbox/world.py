"""The world outside of the practice workspace: a PagerDuty that rings, and the mail that arrives."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Protocol
from urllib.parse import urlsplit

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.pager import Change, No, PagerDuty
from bot.sandbox.pager.practice import practice_account
from bot.sandbox.pager.webhooks import Delivery, Webhooks
from bot.sandbox.people import Person
from bot.sandbox.traffic import Traffic

SECRET = "sandbox-pagerduty-secret"
LONGEST_TITLE = 1024  # PagerDuty's own limit
URGENCIES = ("high", "low")
WORDS = {"incident.priority_updated": "given another priority", "incident.annotated": "noted"}


class Place(Protocol):
    """What the world needs of the workspace."""

    base_url: str
    traffic: Traffic

    @property
    def bot_url(self) -> str: ...
    def now(self) -> float: ...
    def tell(self, kind: str, data: Json, *, to: set[str] | None = None) -> None: ...
    def person(self, wanted: str) -> Person: ...


class World:
    """What people do out there, and what became of it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.pager: PagerDuty = practice_account(SECRET)
        self.mailbox = Mailbox(place.now, lambda kind, data: place.tell(kind, data))
        self.webhooks = Webhooks(self.pager, place.traffic, place.now, self.webhook_url)
        self.webhooks.done = self._delivered
        self.pager.sends_to = self.webhook_url
        self.deliveries: dict[str, Delivery] = {}  # the last one of each incident
        self.logs: dict[str, list[Json]] = defaultdict(list)
        self._sent: dict[str, asyncio.Future[Delivery]] = {}
        self.pager.listeners.append(self._changed)

    def webhook_url(self) -> str:
        """Returns where the bot takes webhooks: on the same host as its door for commands."""
        to = urlsplit(self.place.bot_url)
        return f"{to.scheme}://{to.netloc}/webhooks/pagerduty" if to.netloc else ""

    def settings(self) -> dict[str, str]:
        """Returns what a bot needs to know of this world, by the names of its environment."""
        mail = {"SMTP_URL": self.mailbox.url, "MAIL_FROM": "Closeout <closeout@example.com>"}
        pager = self.pager.settings(f"{self.place.base_url}/pagerduty")
        return pager | (mail if self.mailbox.url else {})

    async def start(self) -> None:
        await self.mailbox.start()

    async def close(self) -> None:
        await self.webhooks.close()
        await self.mailbox.close()

    async def alert(self, wanted: Json) -> Json:
        """A monitor finds something wrong: PagerDuty opens an incident and tells the bot."""
        service, title = self._service(_text(wanted, "service")), _text(wanted, "title")
        if len(title) > LONGEST_TITLE:
            raise NotPossible(f"A title at PagerDuty has at most {LONGEST_TITLE} characters.")
        priority = _one_of("priority", wanted.get("priority") or "", ("", *sorted(self.pager.priorities)))
        urgency = _one_of("urgency", wanted.get("urgency") or "high", URGENCIES)
        made = self.pager.add(title, service=service, priority=priority, urgency=urgency)
        return await self._told(made, self._changed(Change("incident.triggered", made)))

    async def move(self, wanted: Json, status: str) -> Json:
        """Somebody acknowledges or resolves in PagerDuty's own app."""
        incident, agent = self._incident(wanted), self._agent(wanted)
        try:
            self.pager.change(incident, {"status": status}, agent=agent)
        except No as no:
            raise NotPossible(f"PagerDuty says: {no}.") from None
        return await self._told(incident, self._sent[incident["id"]])

    async def _told(self, incident: Json, sent: asyncio.Future[Delivery]) -> Json:
        """Waits until the bot was told, or could not be."""
        delivery = await asyncio.shield(sent)
        return {"incident": self.shown(incident), "delivery": _told(delivery)}

    def _changed(self, change: Change) -> asyncio.Future[Delivery]:
        """The bot is told everything, also what it did itself through the API; so does PagerDuty."""
        self._log(change)
        sent = self._sent[change.incident["id"]] = self.webhooks.send(change)
        return sent

    def _log(self, change: Change) -> None:
        what = WORDS.get(change.kind, change.kind.removeprefix("incident."))
        who = self.pager.users[change.agent]["name"] if change.agent else ""
        words = (change.data or {}).get("content", "")
        id = change.incident["id"]
        self.logs[id].append({"at": self.place.now(), "what": what, "by": who, "text": words})
        self.place.tell("pager", {"incident": self.shown(change.incident)})

    def _delivered(self, delivery: Delivery) -> None:
        self.deliveries[delivery.incident] = delivery
        self.place.tell("pager", {"incident": self.shown(self.pager.incidents[delivery.incident])})

    def shown(self, incident: Json) -> Json:
        """Returns an incident of PagerDuty's with its story; `is_page` says that the bot asked for it."""
        told = self.pager.snapshot(incident)
        log = self.logs[incident["id"]]
        delivery = self.deliveries.get(incident["id"])
        return {
            "id": told["id"],
            "title": told["title"],
            "status": told["status"],
            "urgency": told["urgency"],
            "priority": incident["priority"],
            "service": told["service"]["summary"],
            "for": [one["summary"] for one in told["assignees"]],
            "log": log,
            "is_page": bool(log) and log[0]["what"] == "triggered" and bool(log[0]["by"]),
            "delivery": _told(delivery) if delivery else None,
        }

    def incidents(self, *, pages: bool | None = None) -> list[Json]:
        """Returns them newest first; `pages` chooses those that the bot rang, or the others."""
        shown = [self.shown(one) for one in reversed(self.pager.incidents.values())]
        return [one for one in shown if pages is None or one["is_page"] is pages]

    def services(self) -> list[Json]:
        return [
            {"id": id, "name": self.pager.names[id], "on_call": self._on_call(policy)}
            for id, policy in self.pager.services.items()
        ]

    def _on_call(self, policy: str) -> list[str]:
        ranked = sorted(self.pager.on_call_for(policy), key=lambda one: one[1])
        return [self.pager.users[id]["name"] for id, _ in ranked]

    def _service(self, wanted: str) -> str:
        for id, name in self.pager.names.items():
            if wanted.lower() in (id.lower(), name.lower()):
                return id
        known = ", ".join(self.pager.names.values())
        raise NotPossible(f"PagerDuty knows no service {wanted!r}. It knows: {known}.")

    def _incident(self, wanted: Json) -> Json:
        id = _text(wanted, "id")
        if id not in self.pager.incidents:
            raise NotPossible(f"There is no incident {id!r} at PagerDuty.")
        return self.pager.incidents[id]

    def _agent(self, wanted: Json) -> str:
        person = self.place.person(_text(wanted, "user"))
        for id, one in self.pager.users.items():
            if one["email"] == person.email:
                return id
        raise NotPossible(f"{person.name} has no account at PagerDuty.")


def _text(wanted: Json, name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotPossible(f"Say {name}.")
    return value.strip()


def _one_of(name: str, value: object, choices: tuple[str, ...]) -> str:
    if value not in choices:
        known = ", ".join(one for one in choices if one)
        raise NotPossible(f"{value!r} is no {name}. Choose one of: {known}.")
    return str(value)


def _told(delivery: Delivery) -> Json:
    return {
        "kind": delivery.kind,
        "status": delivery.status,
        "ms": delivery.ms,
        "error": delivery.error,
        "tries": delivery.tries,
    }
