"""Standard Webhooks: an id by which a receiver knows its double, and a signature over id, time and body."""

import base64
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"


def signed(secret: str, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one call."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        "content-type": "application/json",
        "user-agent": "Closeout",
    }


def id_of(key: str, recipient: str) -> str:
    """The same for every try; it says nothing of us."""
    return "msg_" + hashlib.sha256(f"{key}/{recipient}".encode()).hexdigest()[:32]
