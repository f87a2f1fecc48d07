"""What Slack refuses in single values of arguments."""

from collections.abc import Mapping
from typing import Any

from .problem import Problem


def check_values(method: str, args: Mapping[str, Any]) -> Problem | None:
    return None
