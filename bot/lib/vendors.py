"""What every integration is given when it connects, and what the house asks of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.lib.courier import Courier
from bot.lib.http import Http
from bot.lib.inbox import Inbox


@dataclass(frozen=True)
class Deps:
    """The ground floor, handed to a vendor so that it need not know who built it."""

    http: Http
    courier: Courier
    inbox: Inbox
    clock: Callable[[], datetime]
    company: Any  # bot.domain.company.Company; the ground floor does not know the word
    public_url: str
    data_dir: Path
    extra: Mapping[str, Any] = field(default_factory=dict)
