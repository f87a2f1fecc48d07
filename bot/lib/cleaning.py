"""What people and machines send, without what no database keeps and no screen should obey."""

import re
from typing import Any

LONE = re.compile("[\ud800-\udfff]")  # half a character: UTF-8 cannot write it
# Control characters but for tab and new line, and those that turn the direction of what follows around.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The same words, on lines that end as ours do."""
    if text.isprintable():
        return text
    return LONE.sub("\ufffd", UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def clean_all(value: Any) -> Any:
    """The same for every text inside."""
    match value:
        case str():
            return clean(value)
        case list():
            return [clean_all(one) for one in value]
        case dict():
            return {key: clean_all(one) for key, one in value.items()}
    return value


def keepable(text: str) -> str:
    """The last look before a database: PostgreSQL keeps no NUL, and no database half a character."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return LONE.sub("\ufffd", text.replace("\0", ""))


def keepable_all(values: Any) -> Any:
    """The same for the parameters of a statement, whichever shape they have."""
    match values:
        case str():
            return keepable(values)
        case dict():
            return {name: keepable_all(value) for name, value in values.items()}
        case list():
            return [keepable_all(value) for value in values]
        case tuple():
            return tuple(keepable_all(value) for value in values)
    return values
