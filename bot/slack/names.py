"""Channel names: from any title a name that Slack takes."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 80
ROOM_FOR_SUFFIX = 3
TRIES = 20


def channel_name(incident_id: int, title: str) -> str:
    """`inc-7-checkout-is-down`: lower-case letters, digits and hyphens, cut between words."""
    bare = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", bare.replace("'", ""))
    name = f"inc-{incident_id}"
    for word in words:
        if len(name) + 1 + len(word) > LONGEST - ROOM_FOR_SUFFIX:
            return name if name.count("-") > 1 else f"{name}-{word}"[: LONGEST - ROOM_FOR_SUFFIX]
        name = f"{name}-{word}"
    return name


def candidates(incident_id: int, title: str) -> Iterator[str]:
    """The name, then what to try where somebody else has it."""
    name = channel_name(incident_id, title)
    yield name
    for number in range(2, TRIES):
        yield f"{name}-{number}"
