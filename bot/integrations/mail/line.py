"""A line to the SMTP server, on which a mail is everything but sent until its last dot.

The server has a mail when it has read the dot that ends it (RFC 5321, 4.1.1.4). What is written down before
that dot is what nobody can take back, and what a crash leaves open is only what had its dot and no answer.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr

from bot.integrations.mail.post import Post

TIMEOUT = 30.0  # seconds
ANY_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
ENHANCED = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
ABOUT_US = re.compile(r"spam|block|black|policy|reputation|denied|relay|spf|dkim|dmarc", re.IGNORECASE)
OK, GO_ON = 250, 354


class Away(Exception):
    """The server does not answer, or takes nothing from us at the moment. It is no recipient's fault."""


class NotNow(Exception):
    """It does not take this mail now; it may later."""


class Never(Exception):
    """It will not take this mail."""

    def __init__(self, said: str, is_address: bool) -> None:
        super().__init__(said)
        self.is_address = is_address  # the mailbox does not exist, or exists no more


class Unanswered(Exception):
    """The dot was sent, and no answer came."""


class Line:
    """One connection, kept for as many mails as it takes."""

    def __init__(self, post: Post, mark: Callable[[int], None]) -> None:
        """`mark` is called with the mail's number; between it and its dot there is nothing."""
        self.post, self.sender, self.mark = post, parseaddr(post.sender)[1], mark
        self._smtp: smtplib.SMTP | None = None

    def send(self, id: int, to: str, mail: bytes, begin: Callable[[int], bool]) -> bool:
        """Hand it over. `begin` is called when only the dot is missing; where it answers False, none follows.

        Raises Away, NotNow, Never or Unanswered; after all but the last, the server has it not.
        """
        smtp = self._announced()
        try:
            self._offer(smtp, to)
            smtp.send(_body(mail))
        except (smtplib.SMTPException, OSError) as error:
            self.cut()
            raise NotNow(_plain(error)) from None  # the next mail finds out whether the server is away
        if not begin(id):
            self.cut()  # without its dot, it is no mail
            return False
        return self._dot(smtp, id)

    def _open(self) -> smtplib.SMTP:
        post = self.post
        kind = smtplib.SMTP_SSL if post.is_tls else smtplib.SMTP
        try:
            self._smtp = smtp = kind(post.host, post.port, timeout=TIMEOUT)
            if smtp.sock:  # else the dot would wait until the server has acknowledged what came before it
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.ehlo_or_helo_if_needed()
            if not post.is_tls and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
            if post.user:
                smtp.login(post.user, post.password)
        except (smtplib.SMTPException, OSError) as error:
            self.cut()
            raise Away(_plain(error)) from None
        return smtp

    def _announced(self) -> smtplib.SMTP:
        """On the line that we have; many servers end one after some mails, so then on a new one."""
        if self._smtp:
            with suppress(Away):
                return self._announce(self._smtp)
        return self._announce(self._open())

    def _announce(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        """A server that does not like the sender likes no mail of ours."""
        try:
            code, said = smtp.mail(self.sender)
        except (smtplib.SMTPException, OSError) as error:
            code, said = 421, _plain(error).encode()
        if code != OK:
            self.cut()
            raise Away(f"{code} {_plain(said)}")
        return smtp

    def _offer(self, smtp: smtplib.SMTP, to: str) -> None:
        """As far as the body."""
        code, said = smtp.rcpt(to)
        if code not in (OK, 251):
            smtp.rset()
            raise _refusal(code, said)
        code, said = smtp.docmd("DATA")
        if code != GO_ON:
            smtp.rset()
            raise _refusal(code, said, of_address=False)

    def _dot(self, smtp: smtplib.SMTP, id: int) -> bool:
        assert smtp.sock
        mark, give = self.mark, smtp.sock.sendall
        try:
            mark(id)
            give(b".\r\n")
            code, said = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.cut()
            raise Unanswered(_plain(error)) from None
        if code != OK:
            raise _refusal(code, said, of_address=False)
        return True

    def cut(self) -> None:
        """End it without a word: what has no dot yet is forgotten over there."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def close(self) -> None:
        """End it as one should."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self.cut()


def _refusal(code: int, said: bytes, *, of_address: bool = True) -> Exception:
    words = f"{code} {_plain(said)}"
    if code < 500:
        return NotNow(words)
    return Never(words, of_address and is_of_address(code, words))


def is_of_address(code: int, said: str) -> bool:
    """Does it speak of the mailbox? A refusal of us, or of the mail, must stop no subscription."""
    if found := ENHANCED.search(said):
        subject, detail = found[2], found[3]
        return (subject == "1" and detail not in ("7", "8")) or (subject, detail) in (("2", "1"), ("4", "4"))
    return code in (550, 551, 553) and not ABOUT_US.search(said)


def _body(mail: bytes) -> bytes:
    """With its dots doubled (RFC 5321, 4.5.2), and without the one that ends it."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", mail)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _plain(said: bytes | Exception) -> str:
    """What the server said, without the address that it likes to repeat."""
    if isinstance(said, smtplib.SMTPResponseException):
        return f"{said.smtp_code} {_plain(said.smtp_error if isinstance(said.smtp_error, bytes) else b'')}"
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(said).__name__
    return ANY_ADDRESS.sub("…", " ".join(text.split()))[:150]
