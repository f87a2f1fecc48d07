"""What Slack refuses in the messages and views that a call carries."""

from collections.abc import Mapping
from typing import Any

from .problem import Problem


def check_content(method: str, args: Mapping[str, Any]) -> Problem | None:
    return None
