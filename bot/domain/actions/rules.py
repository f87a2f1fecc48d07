"""What an action item must have, and who may say what of it. Pure."""

from datetime import date, timedelta

from bot.domain.actions.model import ActionItem, ItemStatus
from bot.domain.people import Person
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.spans import BadSpan, parse_span

TITLE_MAX, OUTCOME_MAX, EVIDENCE_MAX = 200, 500, 2000
FARTHEST = timedelta(days=366 * 3)
SNOOZE_MAX = timedelta(days=14)  # longer is no snooze but another promise


class BadAction(Refused):
    """The action item cannot be kept like that."""


class NotYours(Refused):
    """Someone else must say that."""


def title(text: str) -> str:
    words = clean(" ".join(text.split())).strip()
    if not words:
        raise BadAction(
            "Say what will be done, beginning with a verb: Alert on the error rate after a deploy."
        )
    if len(words) > TITLE_MAX:
        raise BadAction(
            f"The title has {len(words)} characters; {TITLE_MAX} is the most. Nothing was changed."
        )
    return words


def outcome(text: str) -> str:
    """What will be true when it is done; it may be left open."""
    said = clean(text).strip()
    if len(said) > OUTCOME_MAX:
        raise BadAction(
            f"What will be true has {len(said)} characters; {OUTCOME_MAX} is the most. Nothing was changed."
        )
    return said


def words(text: str, what: str) -> str:
    if not (said := clean(text).strip()):
        raise BadAction(f"The {what} is missing: a link or a sentence. Nothing was changed.")
    if len(said) > EVIDENCE_MAX:
        raise BadAction(
            f"The {what} has {len(said)} characters; {EVIDENCE_MAX} is the most. Nothing was changed."
        )
    return said


def check_due(due: date, today: date) -> date:
    if due < today:
        raise BadAction(f"{due:%Y-%m-%d} has passed. Name today or a later day. Nothing was changed.")
    if due - today > FARTHEST:
        raise BadAction(
            f"{due:%Y-%m-%d} is more than three years away. Name an earlier day. Nothing was changed."
        )
    return due


def check_move(item: ActionItem, due: date, why: str) -> str:
    """A promise that is put off is put off for a reason; to be earlier needs none."""
    said = clean(why).strip()
    if not said and item.due is not None and due > item.due:
        raise BadAction(f"Say why {item.ref} moves from {item.due} to {due}. Nothing was changed.")
    return said[:EVIDENCE_MAX]


def check_duplicate(item: ActionItem, other: ActionItem) -> None:
    """It must be followed somewhere: not by itself, and not by one that was given up."""
    if other.id == item.id:
        raise BadAction(f"{item.ref} cannot stand for itself. Name the other item. Nothing was changed.")
    if other.status in (ItemStatus.DECLINED, ItemStatus.DUPLICATE):
        status = ItemStatus(other.status).words
        raise BadAction(f"{other.ref} is {status} itself. Name one that goes on. Nothing was changed.")


def check_snooze(item: ActionItem, until: date, today: date) -> None:
    if not today < until <= today + SNOOZE_MAX:
        raise BadAction(
            f"Reminders of {item.ref} can rest until {today + SNOOZE_MAX} at the latest, "
            "and from tomorrow on. To promise another day, move it. Nothing was changed."
        )


def parse_due(text: str, today: date | None = None) -> date:
    """A day as 2026-03-31, or, where today is known, as a span: 2w."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        pass
    if today is not None:
        try:
            return today + parse_span(text).rough
        except (BadSpan, OverflowError):
            pass
    raise BadAction(f"{text.strip()!r} is no day. Write one like 2026-03-31. Nothing was changed.")


def check_status(item: ActionItem, wanted: tuple[ItemStatus, ...], what: str) -> None:
    status = ItemStatus(item.status)
    if status not in wanted:
        raise BadAction(f"{item.ref} is {status.words}, so it cannot be {what}. Nothing was changed.")


def check_verifier(item: ActionItem, by: Person) -> None:
    """Whoever did it, or owns it, cannot say that it works."""
    if by.id in (item.owner_id, item.done_by):
        raise NotYours(
            f"{item.ref} is yours; someone else must verify it. Ask a colleague: /incident actions"
        )


def check_approver(item: ActionItem, approver: Person, by: Person) -> None:
    if approver.id in (item.owner_id, by.id):
        raise NotYours(
            f"Someone other than the owner must agree that {item.ref} is not done. Name an approver."
        )
