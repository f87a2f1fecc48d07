"""Places in a rendered postmortem that a list of contents, or of open questions, can lead to."""

import re
from html import unescape

HEADING = re.compile(r"<h2>(.*?)</h2>")
NAMED = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
OPEN = re.compile(r"<blockquote>(?=\n<p><strong>Not answered yet\.</strong>)")
TAG = re.compile(r"<[^>]*>")
NO_WORD = re.compile(r"[^\w]+")


def named(html: str) -> str:
    """The same, with an id on each heading and each question that is open."""
    taken: dict[str, int] = {}
    numbers = iter(range(1, len(html) + 1))
    html = HEADING.sub(lambda found: f'<h2 id="{_id(taken, found[1])}">{found[1]}</h2>', html)
    return OPEN.sub(lambda _: f'<blockquote class="open" id="open-{next(numbers)}">', html)


def contents(html: str) -> list[tuple[str, str]]:
    """Id and words of each heading."""
    return [(found[1], unescape(TAG.sub("", found[2]))) for found in NAMED.finditer(html)]


def _id(taken: dict[str, int], heading: str) -> str:
    word = NO_WORD.sub("-", unescape(TAG.sub("", heading)).lower()).strip("-") or "part"
    taken[word] = taken.get(word, 0) + 1
    return word if taken[word] == 1 else f"{word}-{taken[word]}"
