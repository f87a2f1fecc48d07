"""A PagerDuty on loopback: as strict as its OpenAPI, with users, incidents, and the faults of a bad day.

It sends its documented webhooks, signed. What it was asked stands in `calls`, what was wrong in `problems`.
"""

import hashlib
import hmac
import itertools
import json
import re
import socket
import threading
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema

OPERATIONS = json.loads((Path(__file__).parent / "data/pagerduty_operations.json").read_text())
OPERATIONS.pop("_origin")
PATTERNS = {name: re.compile(f"^{name.replace('{id}', '([A-Z0-9]+)')}$") for name in OPERATIONS}
TOKEN, SENDER, ROUTING_KEY, SECRET = "u+token", "bot@example.com", "R" * 32, "hook-secret"
BATCH = 250


@dataclass
class Call:
    operation: str
    path: str
    query: dict
    body: dict | None
    headers: dict = field(repr=False, default_factory=dict)


class No(Exception):
    """An answer that is no success."""

    def __init__(self, status, code=None, message="", headers=()):
        self.status, self.headers = status, dict(headers)
        self.body = {"error": {"message": message, "code": code, "errors": []}}


class PagerDuty:
    """Start it with `with`; its users are Ada (on call, level 1), Ben (level 2) and the bot."""

    def __init__(self):
        self.calls, self.problems, self.faults = [], [], defaultdict(deque)
        self.excused = []  # problems that a test asks for
        self.incidents, self.notes, self.rung = {}, defaultdict(list), defaultdict(list)
        self.users = {
            "PADA": {
                "id": "PADA",
                "type": "user",
                "name": "Ada",
                "summary": "Ada",
                "email": "ada@example.com",
            },
            "PBEN": {
                "id": "PBEN",
                "type": "user",
                "name": "Ben",
                "summary": "Ben",
                "email": "ben@example.com",
            },
            "PBOT": {
                "id": "PBOT",
                "type": "user",
                "name": "Closeout",
                "summary": "Closeout",
                "email": SENDER,
            },
        }
        self.on_call = [("PBEN", 2), ("PADA", 1)]
        self.services = {"PSVC001": "PPOL001"}
        self.priorities = {"P1", "P2", "P3"}
        self.secrets = [SECRET]
        self.ids = itertools.count(1)
        self.lock = threading.Lock()

    def __enter__(self):
        double = self

        class Door(BaseHTTPRequestHandler):
            def do_any(self):
                double.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def env(self):
        return {
            "PAGERDUTY_API_TOKEN": TOKEN,
            "PAGERDUTY_FROM": SENDER,
            "PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
            "PAGERDUTY_WEBHOOK_SECRET": ",".join(self.secrets),
            "PAGERDUTY_API_URL": self.url,
            "PAGERDUTY_EVENTS_URL": self.url,
        }

    # ---- what is asked of it

    def fail(self, operation, *faults):
        """Next it meets: 429, "bare 429", 500; before it acts: "cut", "hang"; after: "lost", "stuck"."""
        self.faults[operation].extend(faults)

    def made(self, operation):
        return [call for call in self.calls if call.operation == operation]

    def serve(self, door):
        length = int(door.headers.get("content-length") or 0)
        raw = door.rfile.read(length)
        with self.lock:
            try:
                call = self._understand(door, raw)
                fault = self.faults[call.operation].popleft() if self.faults[call.operation] else None
                self._misbehave_before(fault)
                status, body = self._act(call) if fault != "hang" else (None, None)
            except No as no:
                return answer(door, no.status, no.body, no.headers)
            except ConnectionAbortedError:
                return cut(door)
        if fault in ("hang", "stuck"):
            return keep_silent(door)
        return cut(door) if fault == "lost" else answer(door, status, body, {})

    def _misbehave_before(self, fault):
        if fault == "cut":
            raise ConnectionAbortedError
        if fault == 429:
            raise No(
                429, 2020, "Rate Limit Exceeded", {"ratelimit-limit": "960", "ratelimit-reset": "0"}.items()
            )
        if fault == "bare 429":
            raise No(429, 2020, "Rate Limit Exceeded")
        if isinstance(fault, int):
            raise No(fault, 2000, "Internal Server Error")

    def _understand(self, door, raw):
        parts = urlsplit(door.path)
        name = f"{door.command} {parts.path}"
        operation = next((each for each, pattern in PATTERNS.items() if pattern.match(name)), None)
        body = json.loads(raw) if raw else None
        call = Call(operation or name, parts.path, parse_qs(parts.query), body, dict(door.headers))
        self.calls.append(call)
        if operation is None:
            raise self._problem(404, 2100, f"{name}: no such operation")
        self._check(call, {key.lower(): value for key, value in door.headers.items()})
        return call

    def _check(self, call, headers):
        known = OPERATIONS[call.operation]
        self._check_key(call, headers)
        mails = {user["email"] for user in self.users.values()}
        if "From" in known["headers"] and headers.get("from") not in mails:
            raise self._problem(400, 1008, "Requester User Not Found")
        if unknown := set(call.query) - set(known["query"]):
            raise self._problem(400, 2001, f"{call.operation}: unknown parameters {unknown}")
        if known["body"] is not None:
            if "application/json" not in headers.get("content-type", ""):
                raise self._problem(400, 2001, f"{call.operation}: no JSON")
            for error in jsonschema.Draft202012Validator(known["body"]).iter_errors(call.body):
                raise self._problem(400, 2001, f"{call.operation}: {error.message}")

    def _check_key(self, call, headers):
        if call.operation == "POST /v2/enqueue":
            if call.body.get("routing_key") != ROUTING_KEY:
                raise self._problem(400, None, "Event object is invalid: routing_key")
        elif headers.get("authorization") != f"Token token={TOKEN}":
            raise self._problem(401, 2006, "Authentication failed")

    def _problem(self, status, code, message):
        self.problems.append(message)
        return No(status, code, message)

    # ---- what it does

    def _act(self, call):
        if call.operation == "POST /v2/enqueue":
            return self._ring(call.body)
        if call.operation == "PUT /incidents":
            return self._put_all(call.body["incidents"])
        id = found[1] if (found := re.match(r"^/\w+/([A-Z0-9]+)", call.path)) else ""
        acts = {
            "GET /incidents": self._list,
            "POST /incidents": self._create,
            "PUT /incidents/{id}": self._put,
            "POST /incidents/{id}/notes": self._add_note,
            "GET /incidents/{id}/notes": lambda call, id: (200, {"notes": self.notes[id]}),
            "GET /oncalls": self._on_calls,
            "GET /users/{id}": lambda call, id: (200, {"user": self._one(self.users, id)}),
            "GET /users": self._find_users,
            "GET /services/{id}": self._service,
        }
        return acts[call.operation](call, id)

    def _ring(self, event):
        if len(event["payload"]["summary"]) > 1024 or len(event.get("dedup_key", "")) > 255:
            raise self._problem(400, None, "Event object is invalid: too long")
        key = event.get("dedup_key") or f"made-{next(self.ids)}"
        self.rung[key].append(event)
        return 202, {"status": "success", "message": "Event processed", "dedup_key": key}

    def _put(self, call, id):
        self._change(self._one(self.incidents, id), call.body["incident"])
        return 200, {"incident": self.incidents[id]}

    def _put_all(self, changes):
        if len(changes) > BATCH:
            raise self._problem(413, 2001, "Too many incidents")
        for change in changes:
            self._change(self._one(self.incidents, change["id"]), change)
        return 200, {"incidents": [self.incidents[change["id"]] for change in changes]}

    def _change(self, incident, change):
        status = change.get("status")
        if status and status == incident["status"] and status != "triggered":
            code = {"acknowledged": 1002, "resolved": 1001}[status]
            raise No(400, code, f"Incident Already {status.capitalize()}")
        if status == "acknowledged" and incident["status"] == "resolved":
            raise No(400, 1001, "Incident Already Resolved")
        if "priority" in change and change["priority"] not in self.priorities:
            raise No(400, 1020, "Invalid Priority")
        incident["status"] = status or incident["status"]
        incident["priority"] = change.get("priority", incident["priority"])
        incident["resolution"] = change.get("resolution", "")

    def _add_note(self, call, id):
        self._one(self.incidents, id)
        note = {"id": f"PNOTE{next(self.ids)}", "user": reference(self.users["PBOT"]), **call.body["note"]}
        self.notes[id].append(note)
        return 200, {"note": note}

    def _list(self, call, _):
        keys = call.query.get("incident_key", [])
        return 200, {"incidents": [each for each in self.incidents.values() if each["incident_key"] in keys]}

    def _create(self, call, _):
        wanted = call.body["incident"]
        if any(each["incident_key"] == wanted.get("incident_key") for each in self.incidents.values()):
            raise No(400, 2001, "Open incident with matching dedup key already exists on this service")
        made = self.add(
            wanted["title"], service=wanted["service"]["id"], incident_key=wanted.get("incident_key", "")
        )
        made["assignments"] = wanted.get("assignments", [])
        return 201, {"incident": made}

    def _on_calls(self, call, _):
        if call.query.get("escalation_policy_ids[]", [None])[0] not in self.services.values():
            return 200, {"oncalls": []}
        full = "users" in call.query.get("include[]", [])
        people = [
            (self.users[id] if full else reference(self.users[id]), level) for id, level in self.on_call
        ]
        return 200, {
            "oncalls": [{"user": user, "escalation_level": level, "schedule": None} for user, level in people]
        }

    def _find_users(self, call, _):
        wanted = call.query.get("query", [""])[0].lower()
        return 200, {"users": [user for user in self.users.values() if wanted in user["email"]]}

    def _service(self, call, id):
        policy = self._one(self.services, id)
        return 200, {
            "service": {"id": id, "escalation_policy": {"id": policy, "type": "escalation_policy_reference"}}
        }

    def _one(self, place, id):
        if id not in place:
            raise No(404, 2100, "Not Found")
        return place[id]

    # ---- what it says

    def add(self, title="High latency", *, service="PSVC001", priority="P1", incident_key="", urgency="high"):
        """An incident at PagerDuty."""
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
        }
        return self.incidents[id]

    def hook(self, kind, incident, *, at, agent="", data=None):
        """The body of a webhook. Without data, the incident as it stands now."""
        user = reference(self.users[agent]) if agent else None
        event = {
            "id": f"01HOOK{next(self.ids):020d}",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "agent": user,
            "client": None,
            "data": data or self.snapshot(incident),
        }
        return json.dumps({"event": event})

    def snapshot(self, incident):
        id, service = incident["id"], incident["service"]
        priority = {"id": "PPRIO", "type": "priority_reference", "summary": incident["priority"]}
        return {
            "id": id,
            "type": "incident",
            "html_url": f"https://acme.pagerduty.com/incidents/{id}",
            "number": incident["number"],
            "status": incident["status"],
            "incident_key": incident["incident_key"],
            "created_at": "2026-03-02T12:00:00Z",
            "title": incident["title"],
            "service": {"id": service, "type": "service_reference", "summary": f"Service {service}"},
            "assignees": [reference(self.users["PADA"])],
            "escalation_policy": {
                "id": self.services.get(service, "PPOL001"),
                "type": "escalation_policy_reference",
            },
            "teams": [],
            "priority": priority if incident["priority"] else None,
            "urgency": incident["urgency"],
            "resolve_reason": None,
        }

    def note_hook(self, incident, content, *, at, agent="PADA", id=None):
        about = {"id": incident["id"], "type": "incident_reference", "summary": None}
        data = {"incident": about, "id": id or f"PNOTE{next(self.ids)}", "content": content, "trimmed": False}
        return self.hook(
            "incident.annotated", incident, at=at, agent=agent, data={**data, "type": "incident_note"}
        )

    def headers(self, body, *, delivery=None):
        """As a delivery carries them; every live secret signs."""
        signatures = [signature(body, secret) for secret in self.secrets]
        return {
            "content-type": "application/json",
            "user-agent": "PagerDuty-Webhook/V3.0",
            "x-pagerduty-signature": ",".join(signatures),
            "x-webhook-id": delivery or f"delivery-{next(self.ids)}",
            "x-webhook-subscription": "PSUB001",
        }


def signature(body, secret):
    raw = body if isinstance(body, bytes) else body.encode()
    return f"v1={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def reference(user):
    return {
        "id": user["id"],
        "type": "user_reference",
        "summary": user["name"],
        "self": None,
        "html_url": None,
    }


def answer(door, status, body, headers):
    raw = json.dumps(body).encode()
    door.send_response(status)
    for name, value in {
        "content-type": "application/json",
        "content-length": str(len(raw)),
        **headers,
    }.items():
        door.send_header(name, value)
    door.end_headers()
    door.wfile.write(raw)


def keep_silent(door):
    """Until the caller is gone."""
    door.close_connection = True
    door.connection.settimeout(60)
    with suppress(OSError):
        door.connection.recv(1)


def cut(door):
    """The connection ends without an answer."""
    door.close_connection = True
    door.connection.shutdown(socket.SHUT_RDWR)
