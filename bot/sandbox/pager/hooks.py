"""PagerDuty's v3 webhooks: their bodies, their headers, and the signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from bot.sandbox.answers import Json


def reference(user: Json) -> Json:
    return {
        "id": user["id"],
        "type": "user_reference",
        "summary": user["name"],
        "self": None,
        "html_url": None,
    }


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def envelope(id: str, kind: str, data: Json, *, at: datetime, agent: Json | None) -> str:
    """Returns the body of a delivery; `kind` is like incident.triggered."""
    event = {
        "id": id,
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": stamp(at),
        "agent": agent,
        "client": None,
        "data": data,
    }
    return json.dumps({"event": event})


KINDS = [
    f"incident.{each}"
    for each in (
        "acknowledged",
        "annotated",
        "delegated",
        "escalated",
        "priority_updated",
        "reassigned",
        "reopened",
        "resolved",
        "triggered",
        "unacknowledged",
    )
]


def subscription(url: str) -> Json:
    """Returns a webhook subscription as the list of them shows it; its secret is shown at its making only."""
    method: Json = {
        "id": "PDELIV1",
        "secret": None,
        "temporarily_disabled": False,
        "type": "http_delivery_method",
        "url": url,
        "custom_headers": [],
    }
    return {
        "id": "PSUB001",
        "type": "webhook_subscription",
        "active": True,
        "delivery_method": method,
        "description": "Closeout",
        "events": list(KINDS),
        "filter": {"id": None, "type": "account_reference"},
    }


def headers(body: str, secrets: list[str], delivery: str) -> dict[str, str]:
    """As a delivery carries them; every live secret signs."""
    return {
        "content-type": "application/json",
        "user-agent": "PagerDuty-Webhook/V3.0",
        "x-pagerduty-signature": ",".join(signature(body, secret) for secret in secrets),
        "x-webhook-id": delivery,
        "x-webhook-subscription": "PSUB001",
    }


def signature(body: str | bytes, secret: str) -> str:
    raw = body if isinstance(body, bytes) else body.encode()
    return f"v1={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"
