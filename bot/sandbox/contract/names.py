"""Names, topics and purposes of channels."""

from typing import Final

LONGEST_NAME: Final = 80
LONGEST_TOPIC: Final = 250
PUNCTUATION: Final = frozenset("-_")


def check_channel_name(name: str) -> str | None:
    """Slack's error code for a name it would not give to a channel, or None."""
    if not name.strip():
        return "invalid_name_required"
    if len(name) > LONGEST_NAME:
        return "invalid_name_maxlength"
    if set(name) <= PUNCTUATION:
        return "invalid_name_punctuation"
    return None if all(_may_stand(letter) for letter in name) else "invalid_name_specials"


def _may_stand(letter: str) -> bool:
    # Letters of scripts without case are allowed: only an upper-case letter differs from its lower case.
    return letter in PUNCTUATION or (letter.isalnum() and letter == letter.lower())


def check_topic(text: str) -> str | None:
    """Slack's error code for a topic or a purpose that is too long, or None."""
    return "too_long" if len(text) > LONGEST_TOPIC else None
