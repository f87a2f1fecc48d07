"""What is posted about customers, read into samples; what cannot be read is refused with its place. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.signals.rules import Worse
from bot.lib.cleaning import clean
from bot.lib.errors import Refused

MOST = 1000  # samples in one delivery
LAG, SECONDS = "lag", "s"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/ -]{0,79}")
KEY_MAX, UNIT_MAX, LARGEST = 120, 20, 1e15
AHEAD = timedelta(minutes=5)  # clocks differ
KNOWN = {"customer", "signal", "value", "unit", "at", "processed_at", "service", "worse"}


class BadSignal(Refused):
    """A signal names a customer, a signal and a value. Nothing of it was taken."""


@dataclass(frozen=True)
class Sample:
    """One value of one customer's signal, at its own time."""

    customer: str
    signal: str
    value: float
    at: datetime
    unit: str = ""
    service: str = ""
    worse: str = ""


def samples(body: Any, *, now: datetime) -> list[Sample]:
    """One object, or a list of them. Raises BadSignal, which says which one and why."""
    told = body if isinstance(body, list) else [body]
    if not told or len(told) > MOST:
        raise BadSignal(f"Send 1 to {MOST} signals at a time. Nothing was taken.")
    return [_read(number, one, now) for number, one in enumerate(told, 1)]


def _read(number: int, said: Any, now: datetime) -> Sample:
    try:
        return sample(said, now=now)
    except BadSignal as refusal:
        raise BadSignal(f"Signal {number}: {refusal} Nothing was taken.") from None


def sample(said: Any, *, now: datetime) -> Sample:
    """A lag may be given as the message's own time and the time of its processing."""
    if not isinstance(said, Mapping):
        raise BadSignal("it is no object.")
    if unknown := sorted(str(key) for key in said if key not in KNOWN):
        raise BadSignal(f"{unknown[0][:40]!r} is no field. Choose from: {', '.join(sorted(KNOWN))}.")
    at, processed = _moment(said, "at"), _moment(said, "processed_at")
    value, unit, signal = said.get("value"), _text(said, "unit", UNIT_MAX), _text(said, "signal", 80)
    if value is None and at and processed:
        value, unit, signal, at = (processed - at).total_seconds(), SECONDS, signal or LAG, processed
        value = max(value, 0.0)
    if not NAME.fullmatch(signal):
        raise BadSignal("`signal` names it, like pipeline_lag, in at most 80 characters.")
    return Sample(
        customer=_customer(said),
        signal=signal,
        value=_number(value),
        at=_checked(at or now, now),
        unit=unit,
        service=_text(said, "service", 40),
        worse=_worse(said),
    )


def _customer(said: Mapping[str, Any]) -> str:
    if not (customer := _text(said, "customer", KEY_MAX).lower()):
        raise BadSignal("`customer` is missing: the key of a customer.")
    return customer


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadSignal("`value` is a number; a lag may be given as `at` and `processed_at` instead.")
    if abs(value) > LARGEST or not math.isfinite(value):
        raise BadSignal("`value` is no number that can be compared.")
    return float(value)


def _worse(said: Mapping[str, Any]) -> str:
    worse = _text(said, "worse", 10).lower()
    if worse and worse not in list(Worse):
        raise BadSignal("`worse` is up, down or both.")
    return worse


def _text(said: Mapping[str, Any], name: str, most: int) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise BadSignal(f"`{name}` is a text of at most {most} characters.")
    return clean(" ".join(value.split())).strip()


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    """RFC 3339 with its zone, or seconds since 1970."""
    value = said.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        pass
    raise BadSignal(f"`{name}` is a time like 2026-03-02T10:05:00Z, or seconds since 1970.")


def _checked(at: datetime, now: datetime) -> datetime:
    if at > now + AHEAD:
        raise BadSignal("`at` lies in the future: look at the sender's clock.")
    return min(at, now)
