"""A mailing's mail as one recipient gets it: its headers, both parts, and how one stops it."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.domain import mailings
from bot.domain.mailings import Parcel

# Not everybody understands a folded List-Unsubscribe, so no header is folded; RFC 5322 allows 998 characters.
POLICY = SMTP.clone(max_line_length=990, cte_type="7bit")


def written(parcel: Parcel, sender: str, here: str, host: str) -> bytes:
    """All of it, ready for the line. The same delivery is always the same mail, to its Message-ID."""
    to, mailing = parcel.delivery, parcel.mailing
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = sender, to.address
    mail["Subject"] = mailings.filled(mailing.subject, to, here)
    mail["Date"], mail["Message-ID"] = (
        format_datetime(mailing.created_at),
        id_of(mailing.key, to.recipient, host),
    )
    if mailing.thread:
        first = id_of(f"thread/{mailing.thread}", to.recipient, host)
        mail["In-Reply-To"] = mail["References"] = first
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
    if mailing.leave:
        mail["List-Id"], mail["Precedence"] = f"Status updates <updates.{host}>", "bulk"
        mail["List-Unsubscribe"] = f"<{here}{mailings.filled(mailing.leave, to, here)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(mailings.filled(mailing.plain, to, here))
    mail.add_alternative(mailings.filled(mailing.html, to, here, html=True), subtype="html")
    return mail.as_bytes()


def id_of(key: str, recipient: str, host: str) -> str:
    """It says nothing of us: neither a number of ours nor an address."""
    digest = hashlib.sha256(f"{key}/{recipient}".encode()).hexdigest()[:32]
    return f"<{digest}@{host}>"
