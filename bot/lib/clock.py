"""What time it is; only the edges ask, and hand the answer down."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """Always aware, always UTC."""
    return datetime.now(UTC)
