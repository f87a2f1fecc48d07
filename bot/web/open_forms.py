"""Forms for everybody: no sign-in and no cookie, so each carries a stamp, a trap and a bound of its own.

What is counted against floods is counted in this process alone: two replicas let twice as much through.
"""

import threading
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from bot.lib.errors import Refused

LONGEST = 16 * 1024  # bytes
MOST_FIELDS = 60
TRAP = "website"  # people do not see this field; programs fill it in
SOONEST, LATEST = timedelta(seconds=2), timedelta(days=1)
MOST_CLIENTS = 10_000

Sent = ImmutableMultiDict[str, str]


class TooLong(Refused):
    """That is more than this form takes. Write less, then send it again."""


class TooSoon(Refused):
    """That was sent faster than people type. Look at it once more, then send it again."""


class TooOld(Refused):
    """This form was open for more than a day. Look at it once more, then send it again."""


class TooMany(Refused):
    """Many forms came from where you are. Wait some minutes, then send it again."""


async def sent(request: Request) -> Sent:
    """The fields of a form. Raises TooLong."""
    if int(request.headers.get("content-length") or 0) > LONGEST:
        raise TooLong
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise TooLong
    try:
        return ImmutableMultiDict(
            parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        )
    except ValueError:
        raise TooLong from None


def client_of(request: Request) -> str:
    """Who sends, as the server knows it: a proxy's word counts only where uvicorn trusts the proxy.

    Of IPv6 it is the network of 64 bits: whoever has one address has all of them.
    """
    host = request.client.host if request.client else ""
    if ":" not in host:
        return host
    with suppress(ValueError):
        return str(ip_network(f"{host.partition('%')[0]}/64", strict=False))
    return host


class Stamps:
    """When a form was shown, signed, so that nobody sends it unseen or keeps it for long."""

    def __init__(self, secret_key: str) -> None:
        self.signer = URLSafeSerializer(secret_key, salt="closeout.open-form")

    def make(self, now: datetime) -> str:
        return str(self.signer.dumps(int(now.timestamp() * 1000)))

    def check(self, form: Sent, now: datetime) -> None:
        """Raises TooSoon, and TooOld also for what is no stamp of ours."""
        try:
            shown = self.signer.loads(form.get("stamp", ""))
        except BadSignature:
            raise TooOld from None
        age = timedelta(milliseconds=int(now.timestamp() * 1000) - int(shown))
        if age < SOONEST:
            raise TooSoon
        if age > LATEST:
            raise TooOld


def is_trapped(form: Sent) -> bool:
    return bool(form.get(TRAP, ""))


@dataclass
class Floods:
    """So many from one client in so long. Of many clients those that came last are remembered."""

    most: int = 10
    within: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        self._came: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, client: str, now: datetime) -> None:
        """Count one more. Raises TooMany."""
        with self._lock:
            came = self._came.setdefault(client, deque())
            self._came.move_to_end(client)
            while came and came[0] <= now - self.within:
                came.popleft()
            if len(came) >= self.most:
                raise TooMany
            came.append(now)
            while len(self._came) > MOST_CLIENTS:
                self._came.popitem(last=False)


def fields(form: Sent) -> dict[str, Any]:
    """What was typed, to show it once more."""
    return {name: form.getlist(name) if name == "components" else form[name] for name in form}
