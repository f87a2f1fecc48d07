"""A mailing's mail as one recipient gets it: its headers, both parts, and how one stops it.

Written by hand, for the standard library takes three times as long, and there are fifty thousand of them.
"""

import binascii
import hashlib
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr

from bot.domain import mailings
from bot.domain.mailings import Parcel

# No header is folded, for a folded List-Unsubscribe is not understood everywhere.
QUOTED = "Content-Transfer-Encoding: quoted-printable"
LONGEST = 990  # characters of a header; RFC 5322, 2.1.1 allows 998


def written(parcel: Parcel, sender: str, here: str, host: str) -> bytes:
    """All of it, ready for the line. The same delivery is always the same mail, to its Message-ID.

    Raises ValueError for words that no header can hold.
    """
    to, mailing = parcel.delivery, parcel.mailing
    plain = mailings.filled(mailing.plain, to, here)
    html = mailings.filled(mailing.html, to, here, html=True)
    id = id_of(mailing.key, to.recipient, host)
    mark = f"=_{id[1:33]}"
    headers = {
        "From": formataddr(parseaddr(sender)),
        "To": to.address,
        "Subject": _encoded(mailings.filled(mailing.subject, to, here)),
        "Date": format_datetime(mailing.created_at),
        "Message-ID": id,
        **_threaded(parcel, host),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **_left(parcel, here, host),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{mark}"',
    }
    head = [_header(name, value) for name, value in headers.items()]
    body = [_part(mark, "plain", plain), _part(mark, "html", html), f"--{mark}--\r\n".encode()]
    return b"".join([*head, b"\r\n", *body])


def id_of(key: str, recipient: str, host: str) -> str:
    """It says nothing of us: neither a number of ours nor an address."""
    digest = hashlib.sha256(f"{key}/{recipient}".encode()).hexdigest()[:32]
    return f"<{digest}@{host}>"


def _threaded(parcel: Parcel, host: str) -> dict[str, str]:
    if not parcel.mailing.thread:
        return {}
    first = id_of(f"thread/{parcel.mailing.thread}", parcel.delivery.recipient, host)
    return {"In-Reply-To": first, "References": first}


def _left(parcel: Parcel, here: str, host: str) -> dict[str, str]:
    """RFC 8058 and RFC 2919: whose list it is, and how a program leaves it."""
    if not parcel.mailing.leave:
        return {}
    return {
        "List-Id": f"Status updates <updates.{host}>",
        "Precedence": "bulk",
        "List-Unsubscribe": f"<{here}{mailings.filled(parcel.mailing.leave, parcel.delivery, here)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=LONGEST).encode(linesep=" ")


def _header(name: str, value: str) -> bytes:
    """Nothing that could begin another header, or the body, passes here."""
    line = f"{name}: {value}"
    if not line.isascii() or not line.isprintable() or len(line) > LONGEST:
        raise ValueError(name)
    return f"{line}\r\n".encode("ascii")


def _part(mark: str, kind: str, text: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    head = f"--{mark}\r\nContent-Type: text/{kind}; charset=utf-8\r\n{QUOTED}\r\n\r\n"
    return head.encode() + binascii.b2a_qp(lines.encode(), istext=True) + b"\r\n"
