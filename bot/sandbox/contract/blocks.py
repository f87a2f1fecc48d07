"""Block Kit: what Slack refuses in blocks, views and messages."""

from typing import Any, Literal

from .problem import Problem

Surface = Literal["message", "modal", "home"]


def check_blocks(blocks: Any, surface: Surface) -> list[str]:
    """Slack's messages about these blocks; none when it would take them."""
    return []


def check_view(view: Any) -> list[str]:
    """Slack's messages about a modal or a Home tab; none when it would take it."""
    return []


def check_message(
    *,
    text: str | None = None,
    blocks: Any = None,
    attachments: Any = None,
    markdown_text: str | None = None,
    metadata: Any = None,
    update: bool = False,
) -> Problem | None:
    """The first thing that Slack would refuse in a message, or None."""
    return None
