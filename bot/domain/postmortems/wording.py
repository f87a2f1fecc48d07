"""Words that put the blame on somebody, and a kinder way to say what happened. Pure.

After J. Allspaw, "Blameless PostMortems and a Just Culture" (2012) and the Howie guide (2021): ask how it
made sense at the time; "should have" describes a world that was not there.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Blame:
    """Where it stands, and what one could say instead."""

    words: str
    start: int
    kinder: str


SOMEBODY = r"(?:he|she|they|we|i|nobody|someone|somebody|the (?:engineer|operator|team|developer|on-?call))"
PHRASES: tuple[tuple[str, str], ...] = (
    (r"\bhuman error\b", "say what the person saw, and why it made sense: `both looked healthy`"),
    (r"\b(?:operator|user|engineer) error\b", "say what made the step easy to get wrong"),
    (r"\bshould(?:n't| not)? have\b", "say what happened, and what was known then"),
    (r"\bcould have (?:just|simply|easily)\b", "say what would have made it easy"),
    (rf"\b{SOMEBODY} failed to\b", "say what did happen instead: `the step was not on the list`"),
    (r"\b(?:forgot|neglected) to\b", "say what did happen instead: `the step was not on the list`"),
    (r"\bcareless(?:ly|ness)?\b", "say what drew the attention elsewhere"),
    (r"\bnegligen(?:t|ce)\b", "say what the procedure asked for, and what it cost"),
    (r"\b(?:stupid|dumb|idiotic|lazy|incompetent|sloppy)\b", "leave the judgement out; say what was done"),
    (r"\bobvious(?:ly)?\b", "say what could be seen, and by whom"),
    (r"\bwho (?:is|was) (?:to blame|responsible)\b", "ask what contributed"),
    (r"\b(?:his|her|their|\w+'s) (?:fault|mistake)\b", "say what contributed, without an owner"),
    (r"\bblame[sd]?\b", "say what contributed"),
)
FOUND = tuple((re.compile(pattern, re.IGNORECASE), kinder) for pattern, kinder in PHRASES)


def blaming(text: str) -> list[Blame]:
    """Each place once, in the order in which it stands."""
    found: dict[int, Blame] = {}
    for pattern, kinder in FOUND:
        for match in pattern.finditer(text):
            found.setdefault(match.start(), Blame(match[0], match.start(), kinder))
    return [found[start] for start in sorted(found)]
