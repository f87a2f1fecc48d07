"""What a factor is called, and which promise would have prevented a recurrence. Pure."""

import difflib
import re
from collections.abc import Iterable
from datetime import date

from bot.domain.actions import ActionItem, Kind
from bot.domain.incidents import Incident, Status
from bot.domain.incidents.rules import Ended
from bot.lib.errors import Refused

NOT_A_WORD = re.compile(r"[^\w]+")
LONGEST, MOST = 40, 10
# Words that most companies need; every other word is as good.
USUAL = ("capacity", "certificate", "configuration", "data", "dependency", "deploy", "monitoring", "network")


class BadFactor(Refused):
    """A factor is a word or two, as deploy or expired-certificate. Nothing was changed."""


def key(text: str) -> str:
    """The word as it is kept: small letters, and a hyphen where there was a space."""
    word = NOT_A_WORD.sub("-", text.strip().lower()).strip("-_")
    if not word or len(word) > LONGEST:
        raise BadFactor
    return word


def check_room(incident: Incident, factors: Iterable[str]) -> None:
    """They are found out after the end, too; only what was nothing, or is another, has none."""
    if incident.merged_into is not None:
        raise Ended(f"{incident.ref} was merged into INC-{incident.merged_into}. Name the factor there.")
    if incident.status == Status.CANCELLED:
        raise Ended(f"{incident.ref} is cancelled, so nothing contributed to it. Nothing was changed.")
    if len(list(factors)) >= MOST:
        raise BadFactor(f"{incident.ref} has {MOST} factors already. Take one off first.")


def near(word: str, known: Iterable[str]) -> str | None:
    """The known factor that was perhaps meant: two words for one thing find nothing."""
    found = difflib.get_close_matches(word, [one for one in known if one != word], n=1, cutoff=0.8)
    return found[0] if found else None


def would_have_prevented(item: ActionItem, on: date) -> bool:
    """Promised to prevent, and late on the day on which it happened again."""
    return item.kind == Kind.PREVENT and item.is_late(on)
