"""Where a practice workspace may listen: anyone who reaches it can act as anyone in it."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_listen(host: str, allowed: str) -> bool:
    """Elsewhere only when the very same address was allowed by name."""
    return is_loopback(host) or host == allowed


def reached_at(host: str) -> str:
    """Returns the host for an address: whoever listens everywhere is reached at home."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host
