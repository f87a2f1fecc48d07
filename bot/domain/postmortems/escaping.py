"""Making what people typed harmless in Markdown: it reads as they typed it, and means nothing more."""

import re

# Only what would mean something: an underscore inside a word, a lone & or > do not.
SPECIAL = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)")
ADDRESS = re.compile(r"(https?://[^\s<>|`\"\\\[\]]+)")
FIRST = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+](?:\s|$|-)|=|>|#))")
# Control characters, and those that turn the direction of what follows around.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


def inline(text: str) -> str:
    """One line, for a heading, a table cell or a sentence. Addresses become links."""
    line = UNSEEN.sub("", text)
    if "\n" in line or "\r" in line:
        line = " / ".join(filter(None, (part.strip() for part in line.splitlines())))
    if "://" not in line:
        return FIRST.sub(r"\1\\", _plain(line))
    parts = ADDRESS.split(line)
    shown = "".join(f"<{part}>" if n % 2 else _plain(part) for n, part in enumerate(parts))
    return FIRST.sub(r"\1\\", shown)


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def link(label: str, address: str) -> str:
    """A link to what lies elsewhere; anything but http is shown and not linked."""
    if not ADDRESS.fullmatch(address):
        return inline(f"{label} {address}")
    return f"[{inline(label)}]({address.replace('(', '%28').replace(')', '%29')})"


def passage(text: str) -> str:
    """What an author wrote as Markdown; a block of code that was not ended does not swallow what follows."""
    opened = ""
    for fence in FENCE.findall(text):
        if not opened:
            opened = fence
        elif fence[0] == opened[0] and len(fence) >= len(opened):
            opened = ""
    return f"{UNSEEN.sub('', text)}\n{opened}" if opened else UNSEEN.sub("", text)
