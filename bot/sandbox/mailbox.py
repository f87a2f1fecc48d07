"""The mailbox of everyone in the practice company: a mail server on loopback that keeps what it is given."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.sandbox.answers import Json

KEPT = 200
LARGEST = 1_000_000  # bytes of one mail; a larger one is refused, as mail servers do
LONGEST_HEADER = 1000


@dataclass(frozen=True)
class Mail:
    """One mail that arrived; its parts are as they were sent, and nobody's to trust."""

    n: int
    at: float
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def brief(self) -> Json:
        return {"n": self.n, "at": self.at, "from": self.sender, "to": self.to, "subject": self.subject}

    def shown(self) -> Json:
        return self.brief() | {
            "text": self.text,
            "has_html": bool(self.html),
            "headers": [list(one) for one in self.headers],
        }


class Mailbox:
    """Takes mail for any address, and lets none of it out."""

    def __init__(self, now: Callable[[], float], tell: Callable[[str, Json], None]) -> None:
        self.now, self.tell = now, tell
        self.mails: deque[Mail] = deque(maxlen=KEPT)
        self.counted = 0
        self.url = ""
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self.handle_DATA = self.take  # the name by which aiosmtpd finds it

    def open(self) -> str:
        """Takes a port, where connections wait until the start; returns the address as SMTP_URL wants it."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(100)
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        return self.url

    async def start(self) -> None:
        if self._socket is not None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._protocol, sock=self._socket)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        if self._socket is not None:
            self._socket.close()

    def _protocol(self) -> SMTP:
        return SMTP(self, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="practice")

    async def take(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Takes a whole mail, as it came over the line."""
        raw = envelope.content or b""
        self.keep(raw if isinstance(raw, bytes) else raw.encode(), [str(one) for one in envelope.rcpt_tos])
        return "250 OK"

    def keep(self, raw: bytes, to: list[str]) -> Mail:
        found = email.message_from_bytes(raw, policy=email.policy.default)
        self.counted += 1
        headers = [(name, _line(value)) for name, value in found.items()]
        named = {name.lower(): value for name, value in reversed(headers)}
        mail = Mail(
            self.counted, self.now(), named.get("from", ""), to, named.get("subject", ""),
            _part(found, "plain"), _part(found, "html"), headers,
        )  # fmt: skip
        self.mails.append(mail)
        self.tell("mail", {"mail": mail.brief()})
        return mail

    def mail(self, n: int) -> Mail | None:
        return next((one for one in self.mails if one.n == n), None)


def _line(value: Any) -> str:
    """One line, whatever was smuggled into it."""
    return " ".join(str(value).split())[:LONGEST_HEADER]


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError, KeyError):  # a charset that nobody knows
        raw = body.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
