"""Making what people typed harmless in Markdown: it reads as they typed it, and means nothing more."""

import re

# Only what would mean something: an underscore inside a word, a lone & or > do not.
SPECIAL = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)")
ADDRESS = re.compile(r"(https?://[^\s<>|`\"\\\[\]]+)")
FIRST = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+](?:\s|$|-)|=|>|#))")
# Control characters, and those that turn the direction of what follows around.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r"^ {0,3}#{1,2}(?= |$)")
UNDERLINE = re.compile(r"^( {0,3})(=+ *|-{2,} *)$")  # makes a heading of the line above
TAG = re.compile(r"`+[^`]*`+|<(?!https?://)(?=[A-Za-z/!?])")


def inline(text: str) -> str:
    """One line, for a heading, a table cell or a sentence. Addresses become links."""
    line = text
    if not text.isprintable():
        line = " / ".join(filter(None, (part.strip() for part in UNSEEN.sub("", text).splitlines())))
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
    """What an author wrote as Markdown: it cannot swallow what follows, and its headings stay below ours."""
    opened, lines = "", []
    for line in UNSEEN.sub("", text).splitlines():
        fence = FENCE.match(line)
        if fence and not opened:
            opened = fence[1]
        elif fence and fence[1][0] == opened[0] and len(fence[1]) >= len(opened):
            opened = ""
        elif not opened:
            line = UNDERLINE.sub(r"\1\\\2", HEADING.sub("###", TAG.sub(_no_tag, line)))
        lines.append(line)
    return "\n".join([*lines, opened] if opened else lines)


def _no_tag(found: re.Match[str]) -> str:
    """Inside `code` nothing is a tag."""
    return found[0] if found[0].startswith("`") else f"\\{found[0]}"
