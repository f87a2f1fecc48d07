"""The way to an SMTP server: its address, the envelope, and what its answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.integrations.mail.letter import Letter
from bot.lib.errors import DeliveryError, Refused

TIMEOUT = 20.0  # seconds
RATE, FASTEST = 20.0, 10_000.0
PORTS = {"smtp": 25, "smtps": 465}
REFUSED_FOR_GOOD = 500  # RFC 5321, 4.2.1: 5yz is permanent, 4yz is worth another try


class BadMail(Refused):
    """SMTP_URL must look like smtp://user:password@host:port, and MAIL_FROM like closeout@example.com."""


class BadRate(Refused):
    """MAIL_RATE is how many mails a second go to people outside: a number above 0, like 20 or 0.5."""


class NotKnown(DeliveryError):
    """The mail server does not take our user and password."""


@dataclass(frozen=True)
class Post:
    """Where mail goes out, and in whose name."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    rate: float = RATE  # mails a second to people outside

    def message(self, letter: Letter, *, id: str, at: datetime) -> EmailMessage:
        """Both parts and the headers of a mail that no human typed (RFC 3834)."""
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"], mail["To"], mail["Subject"] = self.sender, letter.to, letter.subject
        except (ValueError, HeaderParseError) as error:
            raise DeliveryError(
                f"The mail to {letter.to!r} cannot be addressed: {error}", permanent=True
            ) from None
        mail["Message-ID"], mail["Date"] = id, format_datetime(at)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.plain)
        mail.add_alternative(letter.html, subtype="html")
        return mail

    async def knock(self, patience: float) -> bool:
        """Go as far as a mail would, and send none; whether the line was encrypted.

        Raises DeliveryError with what the server said.
        """
        server = aiosmtplib.SMTP(
            hostname=self.host, port=self.port, use_tls=self.is_tls, timeout=patience, local_hostname=None
        )
        try:
            async with server:
                if self.user:
                    await server.login(self.user, self.password)
                await server.mail(parseaddr(self.sender)[1])
                await server.rset()
                return server.get_transport_info("sslcontext") is not None
        except aiosmtplib.SMTPAuthenticationError as error:
            raise NotKnown(f"the server does not take the user and password: {error.message}") from None
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryError(f"the server said {error.code}: {error.message}", permanent=True) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the server does not answer: {error}") from None

    async def send(self, mail: EmailMessage) -> str:
        """Hand it over; the server's word. Raises DeliveryError, permanent where trying again is no use."""
        try:
            await aiosmtplib.send(
                mail,
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                use_tls=self.is_tls,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = min(each.code for each in error.recipients)
            raise DeliveryError(
                f"The mail server refused {mail['To']}", permanent=code >= REFUSED_FOR_GOOD
            ) from None
        except aiosmtplib.SMTPAuthenticationError as error:
            raise DeliveryError(f"The mail server does not know us: {error.message}") from None
        except aiosmtplib.SMTPResponseException as error:
            gone = error.code >= REFUSED_FOR_GOOD
            raise DeliveryError(
                f"The mail server said {error.code}: {error.message}", permanent=gone
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"The mail server does not answer: {error}") from None
        return "sent"


def read(env: Mapping[str, str]) -> Post | None:
    """None without SMTP_URL; BadMail for one that cannot work."""
    url = env.get("SMTP_URL", "").strip()
    if not url:
        return None
    parts, sender = urlsplit(url), env.get("MAIL_FROM", "").strip()
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadMail from None
    if not parts.hostname or "@" not in parseaddr(sender)[1] or len(sender.splitlines()) != 1:
        raise BadMail
    return Post(
        host=parts.hostname,
        port=port,
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        rate=_rate(env.get("MAIL_RATE", "")),
    )


def _rate(text: str) -> float:
    try:
        rate = float(text or RATE)
    except ValueError:
        raise BadRate from None
    if not 0 < rate <= FASTEST:
        raise BadRate
    return rate
