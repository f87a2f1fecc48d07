"""One account of PagerDuty: its people, services and incidents, and what each operation does with them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.answers import Json
from bot.sandbox.pager import hooks
from bot.sandbox.pager.hooks import reference
from bot.sandbox.pager.rules import ENQUEUE, Call, No

TOKEN, SENDER, ROUTING_KEY, SECRET = "u+token", "bot@example.com", "R" * 32, "hook-secret"
BATCH = 250
ALREADY = {"acknowledged": 1002, "resolved": 1001}
Told = tuple[int, Json]


@dataclass(frozen=True)
class Change:
    """What an operation did; `agent` is the id of the user who did it, `data` what is told instead of it."""

    kind: str
    incident: Json
    agent: str = ""
    data: Json | None = None


def user(id: str, name: str, email: str) -> Json:
    return {"id": id, "type": "user", "name": name, "summary": name, "email": email}


@dataclass
class Account:
    """Its users are Ada (on call, level 1), Ben (level 2) and the bot, unless others are put in."""

    users: dict[str, Json] = field(default_factory=dict)
    on_call: list[tuple[str, int]] = field(default_factory=lambda: [("PBEN", 2), ("PADA", 1)])
    rota: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # escalation policy -> who, at last
    services: dict[str, str] = field(default_factory=lambda: {"PSVC001": "PPOL001"})  # -> escalation policy
    names: dict[str, str] = field(default_factory=dict)  # of services
    priorities: set[str] = field(default_factory=lambda: {"P1", "P2", "P3"})
    secrets: list[str] = field(default_factory=lambda: [SECRET])
    sender: str = SENDER
    incidents: dict[str, Json] = field(default_factory=dict)
    notes: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    rung: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    listeners: list[Callable[[Change], object]] = field(default_factory=list)
    subscriptions: list[Json] = field(default_factory=list)
    sends_to: Callable[[], str] = lambda: ""  # where the practice workspace sends its webhooks
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        if not self.users:
            for each in ("Ada", "Ben"):
                self.join(user(f"P{each.upper()}", each, f"{each.lower()}@example.com"))
        self.join(user("PBOT", "Closeout", self.sender))

    def join(self, one: Json) -> None:
        self.users[one["id"]] = one

    def act(self, call: Call) -> Told:
        """Does what an understood call asks; raises No where PagerDuty would refuse."""
        if call.operation == ENQUEUE:
            return self.ring(call.body)
        if call.operation == "PUT /incidents":
            return self._put_all(call.body["incidents"])
        id = found[1] if (found := re.match(r"^/\w+/([A-Z0-9]+)", call.path)) else ""
        acts: dict[str, Callable[[Call, str], Told]] = {
            "GET /incidents": self._list,
            "POST /incidents": self._create,
            "PUT /incidents/{id}": self._put,
            "POST /incidents/{id}/notes": self._add_note,
            "GET /incidents/{id}/notes": self._notes,
            "GET /oncalls": self._on_calls,
            "GET /users/{id}": self._user,
            "GET /users": self._find_users,
            "GET /services/{id}": self._service,
            "GET /webhook_subscriptions": self._subscriptions,
        }
        return acts[call.operation](call, id)

    def ring(self, event: Json) -> Told:
        """Takes an event of the Events API."""
        if len(event["payload"]["summary"]) > 1024 or len(event.get("dedup_key", "")) > 255:
            raise No(400, None, "Event object is invalid: too long")
        key = event.get("dedup_key") or f"made-{next(self.ids)}"
        self.rung[key].append(event)
        return 202, {"status": "success", "message": "Event processed", "dedup_key": key}

    def _put(self, call: Call, id: str) -> Told:
        self.change(_one(self.incidents, id), call.body["incident"])
        return 200, {"incident": self.incidents[id]}

    def _put_all(self, changes: list[Json]) -> Told:
        if len(changes) > BATCH:
            raise No(413, 2001, "Too many incidents")
        for each in changes:
            self.change(_one(self.incidents, each["id"]), each)
        return 200, {"incidents": [self.incidents[each["id"]] for each in changes]}

    def change(self, incident: Json, wanted: Json, *, agent: str = "PBOT") -> None:
        """Moves an incident; raises No where it cannot be moved so."""
        status, before = wanted.get("status"), incident["status"]
        if status and status == before and status != "triggered":
            raise No(400, ALREADY[status], f"Incident Already {status.capitalize()}")
        if status == "acknowledged" and before == "resolved":
            raise No(400, 1001, "Incident Already Resolved")
        if "priority" in wanted and wanted["priority"] not in self.priorities:
            raise No(400, 1020, "Invalid Priority")
        incident["status"] = status or before
        incident["priority"] = wanted.get("priority", incident["priority"])
        incident["resolution"] = wanted.get("resolution", "")
        if status:
            self._tell(Change(f"incident.{status}", incident, agent))
        if "priority" in wanted:
            self._tell(Change("incident.priority_updated", incident, agent))

    def _add_note(self, call: Call, id: str) -> Told:
        _one(self.incidents, id)
        note = {"id": f"PNOTE{next(self.ids)}", "user": reference(self.users["PBOT"]), **call.body["note"]}
        self.notes[id].append(note)
        said = self._note_data(self.incidents[id], note["content"], note["id"])
        self._tell(Change("incident.annotated", self.incidents[id], "PBOT", said))
        return 200, {"note": note}

    def _notes(self, call: Call, id: str) -> Told:
        return 200, {"notes": self.notes[id]}

    def _list(self, call: Call, id: str) -> Told:
        keys = call.query.get("incident_key", [])
        return 200, {"incidents": [each for each in self.incidents.values() if each["incident_key"] in keys]}

    def _create(self, call: Call, id: str) -> Told:
        wanted = call.body["incident"]
        if any(each["incident_key"] == wanted.get("incident_key") for each in self.incidents.values()):
            raise No(400, 2001, "Open incident with matching dedup key already exists on this service")
        made = self.add(
            wanted["title"],
            service=wanted["service"]["id"],
            incident_key=wanted.get("incident_key", ""),
            assignments=wanted.get("assignments", []),
        )
        self._tell(Change("incident.triggered", made, "PBOT"))
        return 201, {"incident": made}

    def _on_calls(self, call: Call, id: str) -> Told:
        policy = call.query.get("escalation_policy_ids[]", [""])[0]
        if policy not in self.services.values():
            return 200, {"oncalls": []}
        full = "users" in call.query.get("include[]", [])
        shown = [(self.users[one], level) for one, level in self.on_call_for(policy)]
        return 200, {
            "oncalls": [
                {"user": one if full else reference(one), "escalation_level": level, "schedule": None}
                for one, level in shown
            ]
        }

    def on_call_for(self, policy: str) -> list[tuple[str, int]]:
        return self.rota.get(policy, self.on_call)

    def _user(self, call: Call, id: str) -> Told:
        return 200, {"user": _one(self.users, id)}

    def _find_users(self, call: Call, id: str) -> Told:
        wanted = call.query.get("query", [""])[0].lower()
        return 200, {"users": [one for one in self.users.values() if wanted in one["email"]]}

    def _service(self, call: Call, id: str) -> Told:
        policy = {"id": _one(self.services, id), "type": "escalation_policy_reference"}
        return 200, {"service": {"id": id, "escalation_policy": policy}}

    def _subscriptions(self, call: Call, id: str) -> Told:
        """Those that were made, and the practice workspace's own."""
        address = self.sends_to()
        found = [*self.subscriptions, *([hooks.subscription(address)] if address else [])]
        first, most = int(call.query.get("offset", ["0"])[0]), int(call.query.get("limit", ["25"])[0])
        more = len(found) > first + most
        shown = {"webhook_subscriptions": found[first : first + most], "limit": most, "offset": first}
        return 200, {**shown, "more": more, "total": None}

    def _tell(self, change: Change) -> None:
        for listener in self.listeners:
            listener(change)

    def add(
        self,
        title: str = "High latency",
        *,
        service: str = "PSVC001",
        priority: str = "P1",
        incident_key: str = "",
        urgency: str = "high",
        assignments: list[Json] | None = None,
    ) -> Json:
        """Opens an incident here without a word to anyone."""
        number = next(self.ids)
        id = f"PINC{number:06d}"
        self.incidents[id] = {
            "id": id,
            "number": number,
            "title": title,
            "service": service,
            "status": "triggered",
            "priority": priority,
            "urgency": urgency,
            "incident_key": incident_key or f"key-{number}",
            "assignments": assignments or [],
            "created_at": hooks.stamp(self.now()),
        }
        return self.incidents[id]

    def hook(
        self, kind: str, incident: Json, *, at: datetime, agent: str = "", data: Json | None = None
    ) -> str:
        """Returns the body of a webhook. Without data, it tells the incident as it stands now."""
        who = reference(self.users[agent]) if agent else None
        id = f"01HOOK{next(self.ids):020d}"
        return hooks.envelope(id, kind, data or self.snapshot(incident), at=at, agent=who)

    def snapshot(self, incident: Json) -> Json:
        id, service = incident["id"], incident["service"]
        policy = self.services.get(service, "PPOL001")
        priority = {"id": "PPRIO", "type": "priority_reference", "summary": incident["priority"]}
        name = self.names.get(service, f"Service {service}")
        return {
            "id": id,
            "type": "incident",
            "html_url": f"https://acme.pagerduty.com/incidents/{id}",
            "number": incident["number"],
            "status": incident["status"],
            "incident_key": incident["incident_key"],
            "created_at": incident["created_at"],
            "title": incident["title"],
            "service": {"id": service, "type": "service_reference", "summary": name},
            "assignees": [reference(self.users[one]) for one in self._assignees(incident)],
            "escalation_policy": {"id": policy, "type": "escalation_policy_reference"},
            "teams": [],
            "priority": priority if incident["priority"] else None,
            "urgency": incident["urgency"],
            "resolve_reason": None,
        }

    def _assignees(self, incident: Json) -> list[str]:
        """Who was asked for by name, else who is on call at the first level."""
        named = [one["assignee"]["id"] for one in incident["assignments"]]
        policy = self.services.get(incident["service"], "")
        first = [one for one, level in self.on_call_for(policy) if level == 1]
        return [one for one in named or first if one in self.users]

    def note_hook(
        self, incident: Json, content: str, *, at: datetime, agent: str = "PADA", id: str | None = None
    ) -> str:
        data = self._note_data(incident, content, id or f"PNOTE{next(self.ids)}")
        return self.hook("incident.annotated", incident, at=at, agent=agent, data=data)

    def _note_data(self, incident: Json, content: str, id: str) -> Json:
        about = {"id": incident["id"], "type": "incident_reference", "summary": None}
        return {"incident": about, "id": id, "content": content, "trimmed": False, "type": "incident_note"}

    def headers(self, body: str, *, delivery: str | None = None) -> dict[str, str]:
        """As a delivery carries them; every live secret signs."""
        return hooks.headers(body, self.secrets, delivery or f"delivery-{next(self.ids)}")


def _one(place: dict[str, Any], id: str) -> Any:
    if id not in place:
        raise No(404, 2100, "Not Found")
    return place[id]
