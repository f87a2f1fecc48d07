"""One of a few words: what was meant, or a sentence that names the right ones."""

from collections.abc import Mapping
from typing import TypeVar

from bot.lib.errors import Refused

T = TypeVar("T")


class NoSuchChoice(Refused):
    """That is not one of the choices."""


def one_of(what: str, text: str, choices: Mapping[str, T]) -> T:
    """Look a word up without minding its case. Raises NoSuchChoice, which names what would be right."""
    word = text.strip()
    by_lower = {key.lower(): value for key, value in choices.items()}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    if not choices:
        raise NoSuchChoice(f"{word!r} is no {what}: none is set up in closeout.toml. Nothing was changed.")
    raise NoSuchChoice(f"{word!r} is no {what}. Choose one of: {', '.join(choices)}. Nothing was changed.")
