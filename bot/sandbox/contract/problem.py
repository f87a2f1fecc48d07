"""What Slack says when it refuses a call."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A refusal: Slack's error code, and the sentences that explain it."""

    code: str
    messages: tuple[str, ...] = ()
    needed: str | None = None
    provided: str | None = None

    def answer(self) -> dict[str, Any]:
        """The body of the refused call; Slack sends it with HTTP status 200."""
        body: dict[str, Any] = {"ok": False, "error": self.code}
        if self.code == "missing_scope":
            body |= {"needed": self.needed or "", "provided": self.provided or ""}
        if self.code == "invalid_blocks":
            body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def missing(field: str) -> Problem:
    return Problem("invalid_arguments", (f"[ERROR] missing required field: {field}",))


def invalid(argument: str, reason: str) -> Problem:
    return Problem("invalid_arguments", (f"[ERROR] {reason} [json-pointer:/{argument}]",))
