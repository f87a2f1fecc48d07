"""What an action item must have, and who may say what of it. Pure."""

from datetime import date, datetime, timedelta

from bot.domain.actions.model import ActionItem, ItemStatus
from bot.domain.company import Severity
from bot.domain.people import Person
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.spans import BadSpan, parse_span

TITLE_MAX, EVIDENCE_MAX = 200, 2000
FARTHEST = timedelta(days=366 * 3)


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


def words(text: str, what: str) -> str:
    if not (said := clean(text).strip()):
        raise BadAction(f"The {what} is missing: a link or a sentence. Nothing was changed.")
    if len(said) > EVIDENCE_MAX:
        raise BadAction(
            f"The {what} has {len(said)} characters; {EVIDENCE_MAX} is the most. Nothing was changed."
        )
    return said


def due_by_policy(severity: Severity, now: datetime, zone: str) -> date | None:
    """The day by which the severity wants it done."""
    return parse_span(severity.actions_due).after(now, zone).date() if severity.actions_due else None


def check_due(due: date, today: date) -> date:
    if due < today:
        raise BadAction(f"{due:%Y-%m-%d} has passed. Name today or a later day. Nothing was changed.")
    if due - today > FARTHEST:
        raise BadAction(
            f"{due:%Y-%m-%d} is more than three years away. Name an earlier day. Nothing was changed."
        )
    return due


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
