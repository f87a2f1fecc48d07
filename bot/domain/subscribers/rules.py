"""Who may ask how often, when a day ends, and what is a target. Pure: no session, no clock, no I/O."""

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from urllib.parse import SplitResult, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.lib.errors import Refused

CONFIRM_WITHIN = timedelta(days=2)
ASK_AGAIN = timedelta(minutes=5)  # between two confirmations to one address
ASKS = 5  # without an answer; then only a day later
DAY_ENDS = time(18)
PATIENCE = timedelta(days=3)  # with an endpoint that fails
LONGEST_URL = 500


class BadZone(Refused):
    """That is no time zone. Write one like Europe/Berlin, or UTC."""


class BadTarget(Refused):
    """A webhook goes to an https address of a host with a name, like https://hooks.example.com/status."""


def secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


def public_id(what: str, id: int | str) -> str:
    """As on the status page: the same for ever, and no count of our incidents."""
    return hashlib.sha256(f"{what}/{id}".encode()).hexdigest()[:12]


def zone(text: str) -> str:
    """A zone that there is. Raises BadZone."""
    name = text.strip() or "UTC"
    try:
        if len(name) > 60:
            raise BadZone
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadZone from None
    return name


def target(text: str, allowed: Iterable[str] = ()) -> str:
    """The address of an endpoint, as far as it can be judged by its looks, with its host written in the one
    way that there is: they are counted by it. Raises BadTarget.

    `allowed` are host:port pairs inside the house that may be called, also by plain http.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadTarget from None
    host = (parts.hostname or "").rstrip(".")
    if not host or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadTarget
    if f"{host}:{port or (443 if parts.scheme == 'https' else 80)}" in allowed and parts.scheme in (
        "http",
        "https",
    ):
        return _plain(parts, host, port)
    if parts.scheme != "https" or parts.username or parts.password or port not in (None, 443, 8443):
        raise BadTarget
    if "." not in host or _is_number(host) or host.endswith((".local", ".internal", ".localhost")):
        raise BadTarget
    return _plain(parts, host, port)


def _plain(parts: SplitResult, host: str, port: int | None) -> str:
    where = host if port in (None, 443 if parts.scheme == "https" else 80) else f"{host}:{port}"
    return urlunsplit((parts.scheme, where, parts.path or "/", parts.query, ""))


def _is_number(host: str) -> bool:
    """Also `2130706433` and `0x7f.1`, which resolvers read as addresses."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        last = host.rpartition(".")[2]
        return last.isdigit() or last.startswith("0x")
    return True


def may_ask(asks: int, asked_at: datetime, now: datetime) -> bool:
    """May one more confirmation go to this address? A stranger may have typed it."""
    return now - asked_at >= (ASK_AGAIN if asks < ASKS else timedelta(days=1))


def day_end(zone: str, now: datetime) -> datetime:
    """The last moment at which a day ended there."""
    there = now.astimezone(ZoneInfo(zone))
    end = datetime.combine(there.date(), DAY_ENDS, there.tzinfo)
    if end > there:
        end = datetime.combine(there.date() - timedelta(days=1), DAY_ENDS, there.tzinfo)
    return end.astimezone(now.tzinfo)
