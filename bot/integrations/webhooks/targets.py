"""Where a stranger's webhook may lead: out of the house, and nowhere else.

The name is looked up once, every address it has is judged, and the connection goes to an address that was
judged: a name that changes its mind between two look-ups leads nobody inside.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bot.lib.errors import DeliveryError

Resolve = Callable[[str, int], Awaitable[list[str]]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GIVEN_OUT = ipaddress.ip_network("2000::/3")  # of IPv6: what lies elsewhere is nobody's, or somebody's inside
LONGEST = 4096  # bytes of an answer that are read
PATIENCE = 10.0  # seconds for all of it
# Whoever asks for an endpoint may own a name server that never answers: it holds up no other thread of ours.
LOOKING_UP = ThreadPoolExecutor(8, "endpoints")


@dataclass(frozen=True)
class Answer:
    """What an endpoint said, as far as we listened."""

    status: int
    text: str


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    loop, how = asyncio.get_running_loop(), (host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    try:
        found = await loop.run_in_executor(LOOKING_UP, socket.getaddrinfo, *how)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def is_outside(address: str) -> bool:
    """Is it an address of the public internet? One that wraps another is as good as the one inside."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif inner := ip.ipv4_mapped:
            ip = inner
        elif ip.sixtofour or ip.teredo or ip not in GIVEN_OUT:
            return False
    return ip.is_global and not ip.is_multicast


class Caller:
    """Calls endpoints: no redirect is followed, no proxy of ours is used, no line is kept."""

    def __init__(self, allowed: Collection[str], resolve: Resolve = resolve) -> None:
        self.allowed, self.resolve = frozenset(allowed), resolve
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Raises DeliveryError, permanent where the address leads inside."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._read(await self._request(httpx.URL(url), body, headers))
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise DeliveryError(f"it does not answer ({type(error).__name__})") from None

    async def _request(self, there: httpx.URL, body: bytes, headers: dict[str, str]) -> httpx.Request:
        port = there.port or (443 if there.scheme == "https" else 80)
        where = f"{there.host}:{port}"
        address = there.host if where in self.allowed else await self._outside(there.host, port)
        shown = f"[{address}]" if ":" in address else address
        return self._open().build_request(
            "POST",
            there.copy_with(host=shown),
            content=body,
            headers={**headers, "Host": there.netloc.decode("ascii")},
            extensions={"sni_hostname": there.host},
        )

    async def _outside(self, host: str, port: int) -> str:
        found = await self.resolve(host, port)
        if not found:
            raise DeliveryError("its name is not known")
        if not all(map(is_outside, found)):
            raise DeliveryError("its name leads to an address that is not public", permanent=True)
        return found[0]

    async def _read(self, request: httpx.Request) -> Answer:
        answer = await self._open().send(request, stream=True)
        try:
            read = b""
            async for part in answer.aiter_raw(LONGEST):  # raw: a small body cannot unpack into a huge one
                read += part
                if len(read) >= LONGEST:
                    break
            return Answer(answer.status_code, read[:LONGEST].decode("utf-8", "replace"))
        finally:
            await answer.aclose()

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            kept = httpx.Limits(max_keepalive_connections=0)  # two hosts of one address share no line
            self._client = httpx.AsyncClient(
                trust_env=False, follow_redirects=False, timeout=PATIENCE, limits=kept
            )
        return self._client

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
