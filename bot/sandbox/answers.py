"""How a call is refused: a Web API error by its code, a control call by a sentence."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """Slack would answer this call with ok:false and this code."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


class NotPossible(Exception):
    """A person in the sandbox asked for something that cannot be done there."""
