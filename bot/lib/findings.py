"""What a check finds: one line each, which is well, off, or says what to do."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Literal

PATIENCE = 5.0  # seconds that one look at a far end may take


@dataclass(frozen=True)
class Finding:
    """One line of `closeout check`. Where it is bad, `remedy` says what to do."""

    what: str
    state: Literal["ok", "off", "bad"]
    said: str
    remedy: str = ""


def ok(what: str, said: str) -> Finding:
    return Finding(what, "ok", said)


def off(what: str, said: str, remedy: str = "") -> Finding:
    return Finding(what, "off", said, remedy)


def bad(what: str, said: str, remedy: str) -> Finding:
    return Finding(what, "bad", said, remedy)


async def within(seconds: float, what: str, look: Awaitable[Sequence[Finding]]) -> list[Finding]:
    """What the look finds; a far end that keeps silent is a finding too."""
    try:
        async with asyncio.timeout(seconds):
            return list(await look)
    except TimeoutError:
        remedy = "See that this machine reaches it: name, firewall, proxy. Then check again."
        return [bad(what, f"no answer within {seconds:g} s", remedy)]


async def side_by_side(*looks: Awaitable[list[Finding]]) -> list[Finding]:
    """All at once, in the order in which they were named."""
    return [finding for found in await asyncio.gather(*looks) for finding in found]
