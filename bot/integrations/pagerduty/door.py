"""What is PagerDuty's own about the door for its webhooks: how they are signed, and what names one."""

import hashlib
import hmac
from typing import Any

from bot.domain.alerts import PAGERDUTY
from bot.lib.clock import Clock
from bot.lib.inbox import Inbox
from bot.lib.signed import SignedDoor

BODY_MAX = 512 * 1024  # bytes; PagerDuty sends nothing above 256 KB


def webhook_door(secrets: tuple[str, ...], inbox: Inbox, clock: Clock) -> SignedDoor:
    """`POST /webhooks/pagerduty`."""
    return SignedDoor(
        source=PAGERDUTY,
        path="/webhooks/pagerduty",
        signature="x-pagerduty-signature",
        delivery="x-webhook-id",
        secrets=secrets,
        inbox=inbox,
        clock=clock,
        is_ours=is_signed,
        name_of=_event_id,
        body_max=BODY_MAX,
    )


def is_signed(body: bytes, header: str, secrets: tuple[str, ...]) -> bool:
    """Does any v1 signature match any secret? Two of each are live during a rotation."""
    given = [part.strip()[3:] for part in header.split(",") if part.strip().startswith("v1=")]
    ours = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    # No `any` of a generator: it would stop at the first match and tell by its time which one it was.
    matches = [hmac.compare_digest(each.encode(), digest.encode()) for each in given for digest in ours]
    return any(matches)


def _event_id(body: Any) -> str:
    """What a retry of the same delivery has in common with the first try."""
    inner = body.get("event") if isinstance(body, dict) else None
    id = inner.get("id") if isinstance(inner, dict) else None
    return id if isinstance(id, str) else ""
