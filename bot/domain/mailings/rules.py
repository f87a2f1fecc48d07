"""What is an address, how it is known without being named, and when to try again. Pure."""

import hashlib
import re
from datetime import timedelta

from bot.domain.mailings.model import MAIL
from bot.lib.errors import Refused

LONGEST, LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1
# Dots and letters as people have them. Quoted local parts, routes and comments (RFC 5322) serve attacks only.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
STALE = timedelta(hours=24)  # an update that old is no news
WAITS = (1, 5, 15, 30, 60, 120, 240)  # minutes
TRIES = len(WAITS) + 1


class BadAddress(Refused):
    """That is no mail address that we can write to. Write one like ada@example.com."""


def address(text: str) -> str:
    """As it is kept: in lower case, the domain as the network spells it. Raises BadAddress."""
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local):
        raise BadAddress
    found = f"{local}@{_domain(domain)}".lower()
    if len(found) > LONGEST:
        raise BadAddress
    return found


def _domain(text: str) -> str:
    try:
        domain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddress from None
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdecimal() or not all(map(LABEL.fullmatch, labels)):
        raise BadAddress
    return domain


def recipient(way: str, address: str) -> str:
    """What stands for an address in keys, logs and Message-IDs."""
    return hashlib.sha256(f"{way}/{address}".encode()).hexdigest()[:24]


def wait(tries: int, way: str = MAIL) -> timedelta:
    """How long to wait after so many tries."""
    return timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])
