"""How a promise is worded so that everyone can see when it is kept. It questions; it never refuses. Pure.

After J. Lunney, S. Lueder and G. O'Connor, "Postmortem Action Items" (;login: 42/1, 2017): an item is
actionable (a verb first), specific (its scope is named) and bounded (one can tell that it is finished).
"""

import re
from dataclasses import dataclass

WORD = re.compile(r"[a-z']+")
OPEN_ENDED = {
    "investigate": "Find out why the connection pool ran dry, and write it into the postmortem",
    "consider": "Decide by Friday whether payments get a second provider",
    "explore": "Try two queue settings under load, and keep the better one",
    "discuss": "Decide with the platform team who owns the certificate alerts",
    "look": "Find the three slowest queries, and give each an index or an owner",
    "think": "Decide whether deploys stop on Friday afternoon",
    "review": "Remove the retries that have no limit from the payment client",
    "monitor": "Alert when the error rate of checkout is above 2 % for 5 minutes",
    "improve": "Cut the failover of the database from 12 minutes to 2",
    "better": "Alert when the error rate of checkout is above 2 % for 5 minutes",
    "ensure": "Refuse a deploy whose migration has not been rehearsed",
    "make": "Refuse a deploy whose migration has not been rehearsed",
    "try": "Limit the retries of the payment client to three",
    "understand": "Find out why the connection pool ran dry, and write it into the postmortem",
    "be": "Ask a second person before a change to the network",
    "need": "Add a second certificate check that runs each night",
    "should": "Add a second certificate check that runs each night",
    "fix": "Limit the retries of the payment client to three",
}
NO_VERBS = {"the", "a", "an", "we", "i", "our", "more", "no", "not", "there", "it", "all", "some", "new"}
NO_VERB_ENDINGS = ("ing", "tion", "ment", "ness", "ity")
STILL_VERBS = {"bring", "ring", "string", "mention", "position", "partition", "implement", "document", "ping"}
FEW_WORDS = 3


@dataclass(frozen=True)
class Doubt:
    """A question about the words, and how it could read."""

    said: str
    example: str


def doubts(title: str, outcome: str = "") -> list[Doubt]:
    """What a colleague would ask about it; nothing where it can be seen when it is done."""
    words = WORD.findall(title.lower())
    if not words:
        return []
    if words[0] in OPEN_ENDED:
        return [Doubt(f"When is {words[0]!r} finished? Say what will be different.", OPEN_ENDED[words[0]])]
    if _is_no_verb(words[0]):
        return [Doubt("Begin with a verb: who reads it knows what to do.", _with_verb(title))]
    if len(words) < FEW_WORDS and not outcome.strip():
        example = f"{title.strip()} so that it pages before customers notice"
        return [Doubt("Of what, and how does one see that it is done?", example)]
    return []


def _is_no_verb(word: str) -> bool:
    if word in STILL_VERBS:
        return False
    return word in NO_VERBS or (word.endswith(NO_VERB_ENDINGS) and len(word) > len("thing"))


def _with_verb(title: str) -> str:
    first, _, rest = title.strip().partition(" ")
    bare = rest if first.lower() in NO_VERBS and rest else title.strip()
    return f"Add {bare[:1].lower()}{bare[1:]}"
