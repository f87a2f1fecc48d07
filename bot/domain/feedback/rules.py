"""What feedback is about, what is alike, and when to say how many wrote. Pure: no session, no clock."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from bot.domain.feedback.model import TagRule
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.words import cut

WORDS_MAX, NAME_MAX, TAG_MAX = 5000, 100, 40
TITLE_MAX = 90
ESSENTIAL = 150  # different words; who complains in earnest says what it is about in far fewer
ALIKE = 0.3  # of the weight of all their words; tests/domain/test_feedback_rules.py shows what it keeps apart
TAG = re.compile(r"[a-z0-9][a-z0-9 -]*")
WORD = re.compile(r"[^\W_]+")
ENDINGS = ("ings", "ing", "ies", "ied", "edly", "ed", "es", "s", "ly", "e")
# Words that most complaints share. What is left says what they are about.
COMMON = frozenset(
    """
    a about after again all also always am an and any are aren as at be because been before but by can
    cannot cant could couldn did didn do does doesn doing don down else every everything few for from
    get gets getting give got had has have having hello help her here hi his how i if im in into is isn
    it its just keep keeps know let like many me more most much must my need needs never no not nothing
    now of off on one only or our out over please problem problems really same she should since so some
    something still such support team than thank thanks that the their them then there these they thing
    things this those to today too try tried trying under until up us use used using very want was wasn
    we were what when where which while who why will with won work works working worked would you your
    """.split()  # noqa: SIM905
)


class NothingSaid(Refused):
    """Write what happened, in a sentence or two. Nothing was sent."""


class TooMuch(Refused):
    """That is longer than we can take: 5,000 characters at most. Nothing was sent."""


class BadTag(Refused):
    """A tag is a word or two of letters, digits and hyphens. Nothing was changed."""


class NoWords(Refused):
    """Name the words of this tag, comma-separated: pay*, card declined. Nothing was changed."""


def said(text: str) -> str:
    """What somebody wrote, as it is kept. Raises NothingSaid and TooMuch."""
    words = clean(text).strip()
    if not any(sign.isalnum() for sign in words):
        raise NothingSaid
    if len(words) > WORDS_MAX:
        raise TooMuch
    return words


def tag_of(text: str) -> str:
    """How a tag is written. Raises BadTag."""
    tag = " ".join(clean(text).lower().split())
    if len(tag) > TAG_MAX or not TAG.fullmatch(tag):
        raise BadTag
    return tag


def words_of_rule(text: str) -> str:
    """The words of a rule as they are kept: each once. Raises NoWords."""
    words = [" ".join(part.lower().split()) for part in clean(text).replace("\n", ",").split(",")]
    kept = [word for word in dict.fromkeys(words) if WORD.search(word)]
    if not kept or len(kept) > 100:
        raise NoWords
    return ", ".join(kept)


def fits(rule: TagRule, text: str) -> bool:
    """Does one of its words stand in the text, as a word of its own?"""
    return any(re.search(_pattern(word), text, re.IGNORECASE) for word in rule.words.split(", "))


def _pattern(word: str) -> str:
    """`pay*` is every word that begins so; between two words any space may stand."""
    begins = word.endswith("*")
    parts = [re.escape(part) for part in word.removesuffix("*").split()]
    return r"(?<!\w)" + r"\s+".join(parts) + ("" if begins else r"(?!\w)")


def stem(word: str) -> str:
    """Without its ending, roughly: paying, payed and pays are one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def essence(text: str, most: int | None = ESSENTIAL) -> frozenset[str]:
    """The words that say what it is about: the first of them, since noise would cost all others time."""
    found = (word.lower() for word in WORD.findall(text))
    stems = (stem(word) for word in found if word not in COMMON and len(word) > 1)
    return frozenset(islice(dict.fromkeys(stems), most))


def weights(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """How much a word tells: the rarer it is, the more."""
    all_of_them = [set(one) for one in documents]
    counts = Counter(word for one in all_of_them for word in one)
    return {word: math.log(1 + len(all_of_them) / count) for word, count in counts.items()}


def likeness(
    words: Iterable[str], cluster: Mapping[str, int], size: int, weigh: Mapping[str, float]
) -> float:
    """From 0 to 1: the weight of what they share, of the weight of all that they say (Jaccard, weighed)."""
    mine, rare = set(words), max(weigh.values(), default=1.0)
    shared = theirs = ours = 0.0
    for word, count in cluster.items():
        part = weigh.get(word, rare) * count / max(1, size)
        theirs += part
        shared += part if word in mine else 0
    for word in mine:
        ours += weigh.get(word, rare)
    whole = ours + theirs - shared
    return shared / whole if whole else 0.0


def title_of(text: str) -> str:
    """The first sentence, in short."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0]
    return cut(" ".join(first.split()), TITLE_MAX)


def is_round(count: int) -> bool:
    """1, 5, 10, 25, 50, 100, 250, 500, 1000 and so on: when a number is worth a line."""
    while count >= 100 and count % 10 == 0:
        count //= 10
    return count in (1, 5, 10, 25, 50)
