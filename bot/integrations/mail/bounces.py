"""What came back: POST /webhooks/bounces takes the words of mail providers, and reports of mail servers.

Only a mailbox that is not there, and a complaint, stop a subscription; a full mailbox may be empty tomorrow.
"""

import base64
import email
import email.policy
import hmac
import json
import logging
import re
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain import mailings, subscribers
from bot.domain.mailings import MAIL, BadAddress
from bot.lib.courier import Courier

log = logging.getLogger(__name__)
MOST = 1000  # in one call
# The words of Postmark, SendGrid, Mailgun, Amazon SES and our own, without spaces and in lower case.
FOR_GOOD = {
    "hard",
    "hardbounce",
    "permanent",
    "bounce",
    "bounced",
    "failed",
    "bademailaddress",
    "complaint",
    "spamcomplaint",
    "spamreport",
    "complained",
}
PASSING = {"soft", "softbounce", "transient", "temporary", "deferred", "blocked", "block", "undetermined"}


class Bounces:
    """Open only where MAIL_BOUNCE_TOKEN is set: a stranger must not stop what others subscribed to."""

    def __init__(self, token: str, courier: Courier, clock: Callable[[], datetime]) -> None:
        self.token, self.courier, self.clock = token, courier, clock
        self.routes = [Route("/webhooks/bounces", self.take, methods=["POST"])] if token else []

    async def take(self, request: Request) -> Response:
        if not hmac.compare_digest(_shown(request.headers.get("authorization", "")), self.token.encode()):
            return PlainTextResponse("Send MAIL_BOUNCE_TOKEN as a bearer token or a password.\n", 401)
        body, kind = await request.body(), request.headers.get("content-type", "")
        try:
            found = list(read(body, kind))[:MOST]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return PlainTextResponse("This is no report of a bounce that we can read.\n", 422)
        stopped = await run_in_threadpool(self._note, found)
        return PlainTextResponse(f"{len(found)} read, {stopped} stopped.\n")

    def _note(self, found: list[tuple[str, str]]) -> int:
        with self.courier.transaction() as session:
            return sum(_stop(session, address, why, self.clock()) for address, why in found)


def _stop(session: Session, address: str, why: str, now: datetime) -> bool:
    try:
        recipient = mailings.recipient(MAIL, mailings.address(address))
    except BadAddress:
        return False
    return subscribers.bounced(session, recipient, why, now=now)


def _shown(header: str) -> bytes:
    """The secret of a bearer, or the password of somebody: many providers know only one of the two."""
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(secret).partition(b":")[2]
        except (NotBase64, ValueError):
            return b""
    return secret.strip().encode() if scheme.lower() == "bearer" else b""


def read(body: bytes, kind: str) -> Iterator[tuple[str, str]]:
    """Address and reason of each that came back for good. Raises ValueError and its like for no report."""
    if "json" in kind:
        said = json.loads(body)
        for each in said if isinstance(said, list) else [said]:
            yield from _of_provider(each)
    else:
        yield from _of_server(body)


def _of_provider(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Message" in said and isinstance(said["Message"], str):  # Amazon SNS wraps Amazon SES
        said = json.loads(said["Message"])
    event = said.get("event-data", said)  # Mailgun wraps
    if not _is_for_good(event):
        return
    for address in _addresses(event):
        yield address, "mail there comes back, or was called spam"


def _is_for_good(event: dict[str, Any]) -> bool:
    bounce = event.get("bounce")
    words = [
        *(
            event.get(name)
            for name in ("Type", "event", "kind", "severity", "notificationType", "eventType", "type")
        ),
        *((bounce.get("bounceType"),) if isinstance(bounce, dict) else ()),
    ]
    said = {re.sub(r"[^a-z]", "", word.lower()) for word in words if isinstance(word, str)}
    return bool(said & FOR_GOOD) and not said & PASSING


def _addresses(event: dict[str, Any]) -> Iterator[str]:
    for name in ("Email", "email", "recipient", "address"):
        if isinstance(event.get(name), str):
            yield event[name]
            return
    for part in ("bounce", "complaint"):
        about = event.get(part)
        if isinstance(about, dict):
            for each in about.get("bouncedRecipients") or about.get("complainedRecipients") or ():
                yield each["emailAddress"]


def _of_server(body: bytes) -> Iterator[tuple[str, str]]:
    """RFC 3464: a report of a mail server, as it stands in the mailbox of MAIL_FROM."""
    mail = email.message_from_bytes(body, policy=email.policy.default)
    if not isinstance(mail, EmailMessage) or mail.get_content_type() != "multipart/report":
        raise ValueError("no report")
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for status in part.get_payload():
            fields: Any = status
            if str(fields.get("Action", "")).strip().lower() == "failed" and _is_of_mailbox(
                fields.get("Status", "")
            ):
                yield str(fields["Final-Recipient"]).partition(";")[2].strip(), f"failed {fields['Status']}"


def _is_of_mailbox(status: str) -> bool:
    return bool(re.match(r"\s*5\.(1\.[^78]|2\.1|4\.4)", status))
