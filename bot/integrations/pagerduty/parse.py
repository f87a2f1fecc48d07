"""PagerDuty's v3 webhooks in our words. Whatever a payload lacks or adds, nothing here raises."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.domain.alerts import Agent, AlertStatus, Kind, Message, Snapshot

KINDS = {
    "incident.triggered": Kind.OPENED,
    "incident.acknowledged": Kind.ACKNOWLEDGED,
    "incident.unacknowledged": Kind.UNACKNOWLEDGED,
    "incident.resolved": Kind.RESOLVED,
    "incident.reopened": Kind.REOPENED,
    "incident.escalated": Kind.ESCALATED,
    "incident.delegated": Kind.REASSIGNED,
    "incident.reassigned": Kind.REASSIGNED,
    "incident.priority_updated": Kind.PRIORITY,
}
Reader = Callable[[dict[str, Any]], dict[str, Any]]


def message(body: str) -> Message | None:
    """What the delivery says about an alert; None where it says nothing that we keep."""
    try:
        event = _map(_map(json.loads(body)).get("event"))
        at = _in_utc(datetime.fromisoformat(_text(event.get("occurred_at"))))
    except (ValueError, OverflowError):
        return None
    data, kind, id = _map(event.get("data")), _text(event.get("event_type")), _text(event.get("id"))
    id = id or hashlib.sha256(body.encode()).hexdigest()
    common = {"id": id, "at": at, "agent": _agent(event.get("agent"))}
    if data.get("type") == "incident":
        return _about_incident(data, KINDS.get(kind, Kind.CHANGED), common)
    return _about_more(data, kind, common)


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _about_incident(data: dict[str, Any], kind: Kind, common: dict[str, Any]) -> Message | None:
    key, status = _text(data.get("id")), _text(data.get("status"))
    if not key or status not in list(AlertStatus):
        return None
    service = _map(data.get("service"))
    seen = Snapshot(
        title=" ".join(_text(data.get("title")).split()),
        status=status,
        source_service=_text(service.get("id")),
        service_name=_text(service.get("summary")),
        incident_key=_text(data.get("incident_key")),
        urgency=_text(data.get("urgency")),
        priority=_text(_map(data.get("priority")).get("summary")),
        url=_text(data.get("html_url")),
        escalation_policy=_text(_map(data.get("escalation_policy")).get("id")),
        assignees=tuple(agent for each in _list(data.get("assignees")) if (agent := _agent(each))),
    )
    return Message(kind=kind, key=key, snapshot=seen, **common)


def _about_more(data: dict[str, Any], kind: str, common: dict[str, Any]) -> Message | None:
    """What is no incident itself refers to one."""
    key = _text(_map(data.get("incident")).get("id"))
    if not key or kind not in READERS:
        return None
    return Message(key=key, **{**common, **READERS[kind](data)})


def _note(data: dict[str, Any]) -> dict[str, Any]:
    # The note's own id: two subscriptions deliver one note as two events.
    id = {"id": f"note/{note_id}"} if (note_id := _text(data.get("id"))) else {}
    return {"kind": Kind.NOTED, "text": _trimmed(data, "content"), **id}


def _update(data: dict[str, Any]) -> dict[str, Any]:
    id = {"id": f"update/{update_id}"} if (update_id := _text(data.get("id"))) else {}
    return {"kind": Kind.UPDATED, "text": _trimmed(data, "message"), **id}


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    who = _agent(data.get("user")) or _agent(data.get("escalation_policy"), "escalation_policy")
    return {"kind": Kind.ASKED, "who": who, "text": _text(data.get("message"))}


def _answered(data: dict[str, Any]) -> dict[str, Any]:
    return {"kind": Kind.ANSWERED, "who": _agent(data.get("user")), "text": _text(data.get("state"))}


def _bridge(data: dict[str, Any]) -> dict[str, Any]:
    numbers = [_text(_map(each).get("number")) for each in _list(data.get("conference_numbers"))]
    return {
        "kind": Kind.BRIDGE,
        "text": " ".join(part for part in (_text(data.get("conference_url")), *numbers) if part),
    }


READERS: dict[str, Reader] = {
    "incident.annotated": _note,
    "incident.status_update_published": _update,
    "incident.responder.added": _asked,
    "incident.responder.replied": _answered,
    "incident.conference_bridge.updated": _bridge,
}


def _trimmed(data: dict[str, Any], name: str) -> str:
    return _text(data.get(name)) + ("… (cut by PagerDuty)" if data.get("trimmed") is True else "")


def _agent(value: object, prefix: str = "user") -> Agent | None:
    """A person; a service or an integration that acts is nobody whom one could ask."""
    them = _map(value)
    key, name = _text(them.get("id")), _text(them.get("summary"))
    if not key or not _text(them.get("type")).startswith(prefix):
        return None
    return Agent(key, name or key)


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """What a database can hold: no NUL, no half of a surrogate pair. And nothing that reads as a person."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace").decode().replace("\x00", "").replace("@{p:", "@ {p:")
