"""What a mail says: who wrote it, and their own words without what they quote. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from bot.domain import mailings
from bot.domain.feedback.rules import WORDS_MAX
from bot.lib.errors import Refused
from bot.lib.words import cut

# As services that take in mail call it, the first that is there.
NAMES = {
    "from": ("from", "sender"),
    "subject": ("subject",),
    "text": ("text", "textbody", "plain", "body-plain"),
    "id": ("id", "messageid", "message_id", "message-id"),
}
ANSWER = re.compile(r"^\s*((re|aw|wg|sv|antw|fwd?|tr|rif)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
ABSENT = re.compile(
    r"\b(out of (the )?office|auto(matic|mated)?[ -]?(reply|response)|autoreply|abwesenheit\w*"
    r"|automatische antwort|réponse automatique|undeliver(ed|able)|mail delivery failed|returned mail"
    r"|delivery (status notification|has failed))\b",
    re.IGNORECASE,
)
PROGRAMS = re.compile(
    r"^(mailer-daemon|postmaster|bounces?|no-?reply|do-?not-?reply)([+._-].*)?@", re.IGNORECASE
)
BULK = ("bulk", "junk", "list", "auto_reply", "auto-reply")
# Where one's own words end, and what is quoted or sewn on begins.
WROTE = re.compile(
    r"^>?\s?(on\b.{5,200}\bwrote|am\b.{5,200}\bschrieb\b.{0,100}|le\b.{5,200}\ba écrit\s?"
    r"|el\b.{5,200}\bescribió)\s?:$",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"^(--|_{10,}|-{2,} ?(original message|forwarded message|ursprüngliche nachricht|message d'origine)"
    r" ?-{2,}|sent from my \w.{0,40}|von meinem \w.{0,30} gesendet|get outlook for \w.{0,20})$",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
LINE, LOOKED_AT = 400, 100_000  # letters of a line, and of a mail
LONGEST = 1000  # of a header: RFC 5322 allows 998, and the standard library reads an endless one for seconds
HEAD = re.compile(r"^\*?(from|von|de) ?:\*?\s.*@", re.IGNORECASE)
HEAD_NEXT = re.compile(
    r"^\*?(sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet) ?:", re.IGNORECASE
)


class BadInbound(Refused):
    """Post JSON with `from`, `subject`, `text` and `id`, each a text. Nothing was taken."""


@dataclass(frozen=True)
class Inbound:
    """One mail as it came in. `address` is empty where nobody could be written to."""

    address: str
    name: str
    subject: str
    text: str
    id: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What they wrote: the subject too, unless it answers a mail of ours."""
        own, subject = own_words(self.text), ANSWER.sub("", self.subject).strip()
        if own and ANSWER.match(self.subject):
            return cut(own, WORDS_MAX)
        return cut("\n\n".join(filter(None, (subject, own))), WORDS_MAX)

    @property
    def delivery(self) -> str:
        """The same for a mail that is posted twice; without an id, for the same words of the same person."""
        said = self.id or f"{self.address}\n{self.subject}\n{self.text}"
        return hashlib.sha256(said.encode()).hexdigest()[:40]

    @property
    def known_as(self) -> str:
        return mailings.recipient(mailings.MAIL, self.address)


def read(told: Any) -> Inbound:
    """Raises BadInbound."""
    if not isinstance(told, dict):
        raise BadInbound
    known = {str(name).lower(): value for name, value in told.items()}
    name, address = parseaddr(_text(known, "from")[:LONGEST])
    found = Inbound(
        address=_address(address),
        name=name,
        subject=" ".join(_text(known, "subject")[:LOOKED_AT].split()),
        text=_text(known, "text"),
        id=_text(known, "id").strip(),
        headers=_headers(known.get("headers")),
    )
    if not (address or found.id) or not (found.subject or found.text.strip()):
        raise BadInbound
    return found


def _text(known: Mapping[str, Any], name: str) -> str:
    value = next((known[each] for each in NAMES[name] if known.get(each) is not None), "")
    if not isinstance(value, str):
        raise BadInbound
    return value


def _address(text: str) -> str:
    """Words are kept also where their sender is no address that we would write to."""
    try:
        return mailings.address(text) if text else ""
    except mailings.BadAddress:
        return ""


def _headers(told: Any) -> dict[str, str]:
    """As names and values, or as a list of {name, value}."""
    pairs: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(told, dict):
        pairs = iter(told.items())
    elif isinstance(told, list):
        lower = (
            {str(key).lower(): value for key, value in one.items()} for one in told if isinstance(one, dict)
        )
        pairs = ((one.get("name"), one.get("value")) for one in lower)
    return {str(name).lower(): str(value).strip().lower() for name, value in pairs}


def is_automatic(mail: Inbound, own: str) -> bool:
    """Written by a program, or by us: to keep or answer it would begin a talk without end (RFC 3834)."""
    said = mail.headers
    return bool(
        said.get("auto-submitted", "no").partition(";")[0].strip() != "no"
        or said.get("precedence", "") in BULK
        or said.get("return-path", "") == "<>"
        or {"x-autoreply", "x-autorespond", "list-id"} & said.keys()
        or (own and mail.address == own)
        or PROGRAMS.match(mail.address)
        or ABSENT.search(mail.subject)
    )


def own_words(text: str) -> str:
    """Without quoted lines, what stands below them, and the signature. All of it if nothing would be left."""
    lines = text[:LOOKED_AT].replace("\r\n", "\n").split("\n")
    kept = [line.rstrip() for line in lines[: _end(lines)] if not line.lstrip().startswith(">")]
    own = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return own or text.strip()


def _end(lines: list[str]) -> int:
    """The number of the line before which their own words end."""
    seen = [line.strip()[:LINE] for line in lines]
    for n, line in enumerate(seen):
        following = seen[n + 1] if n + 1 < len(seen) else ""
        is_head = HEAD.match(line) and HEAD_NEXT.match(following)
        if is_head or ENDS.match(line) or _is_wrote(line, following, seen, n):
            return n
    return len(lines)


def _is_wrote(line: str, following: str, seen: list[str], n: int) -> bool:
    """`On 2 March … wrote:`, also on two lines. Where they write on below what they quote, that counts."""
    told = (line, f"{line} {following}")
    took = next((k for k, words in enumerate(told, 1) if DIGIT.search(words) and WROTE.match(words)), 0)
    if not took:
        return False
    said = [part.startswith(">") for part in seen[n + took :] if part]
    return all(said) or not any(said)
