"""What becomes of an item: begun, blocked, done, verified, opened again, declined, judged."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.actions import policies, rules
from bot.domain.actions.facts import (
    ActionBlocked,
    ActionDeclined,
    ActionDone,
    ActionDuplicated,
    ActionEffectSeen,
    ActionReopened,
    ActionStarted,
    ActionVerified,
)
from bot.domain.actions.model import STILL_DUE, ActionItem, Effect, ItemStatus
from bot.domain.actions.verbs import assign, hold, tell
from bot.domain.company import company_of
from bot.domain.people import Person

ENDED = (ItemStatus.DONE, ItemStatus.VERIFIED, ItemStatus.DECLINED, ItemStatus.DUPLICATE)


def start(session: Session, item: ActionItem, *, by: Person, now: datetime) -> bool:
    """Someone works on it, for the first time or again; without an owner it is theirs from now on."""
    hold(session, item)
    if item.status == ItemStatus.IN_PROGRESS:
        return False
    rules.check_status(item, (ItemStatus.OPEN, ItemStatus.BLOCKED), "begun")
    item.status, item.blocked_reason = ItemStatus.IN_PROGRESS, ""
    item.started_at = item.started_at or now
    tell(session, ActionStarted, item, by, now)
    if item.owner_id is None and not by.is_system:
        assign(session, item, by, by=by, now=now)
    return True


def block(session: Session, item: ActionItem, reason: str, *, by: Person, now: datetime) -> None:
    """It cannot go on until something else happens. It stays due."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "blocked")
    item.blocked_reason = rules.words(reason, "reason")
    item.status = ItemStatus.BLOCKED
    tell(session, ActionBlocked, item, by, now, reason=item.blocked_reason)


def done(session: Session, item: ActionItem, evidence: str, *, by: Person, now: datetime) -> None:
    """It is finished, and here is how one can see it. Someone else has yet to verify it."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "finished")
    item.evidence, item.blocked_reason = rules.words(evidence, "evidence"), ""
    item.status, item.done_at, item.done_by = ItemStatus.DONE, now, by.id
    tell(session, ActionDone, item, by, now, evidence=item.evidence)


def verify(session: Session, item: ActionItem, *, by: Person, now: datetime) -> None:
    """Someone other than the owner has seen that it works."""
    hold(session, item)
    rules.check_status(item, (ItemStatus.DONE,), "verified; it must be done first")
    rules.check_verifier(item, by)
    item.status, item.verified_at, item.verified_by = ItemStatus.VERIFIED, now, by.id
    tell(session, ActionVerified, item, by, now)


def reopen(session: Session, item: ActionItem, reason: str, *, by: Person, now: datetime) -> None:
    """It does not hold, or was given up too early."""
    hold(session, item)
    rules.check_status(item, ENDED, "reopened")
    said = rules.words(reason, "reason")
    item.status, item.reopened = ItemStatus.OPEN, item.reopened + 1
    item.done_at = item.verified_at = item.declined_at = None
    item.done_by = item.verified_by = item.approver_id = item.duplicate_of = None
    item.ask_again_on = item.snoozed_until = None
    tell(session, ActionReopened, item, by, now, reason=said)


def decline(
    session: Session, item: ActionItem, reason: str, *, approver: Person, by: Person, now: datetime
) -> None:
    """It will not be done; someone else agrees. What is urgent is asked again after a while."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "declined")
    rules.check_approver(item, approver, by)
    item.decline_reason = rules.words(reason, "reason")
    company = company_of(session)
    today = company.day(company.workspace.timezone, now)
    item.ask_again_on = policies.ask_again_on(company, item, today)
    item.status, item.declined_at, item.approver_id = ItemStatus.DECLINED, now, approver.id
    more = {"reason": item.decline_reason, "approver": approver.id, "ask_again_on": item.ask_again_on}
    tell(session, ActionDeclined, item, by, now, **more)


def duplicate(session: Session, item: ActionItem, other: ActionItem, *, by: Person, now: datetime) -> None:
    """Another item stands for it from now on."""
    hold(session, item)
    rules.check_status(item, STILL_DUE, "left to another item")
    rules.check_duplicate(item, other)
    item.status, item.duplicate_of = ItemStatus.DUPLICATE, other.id
    tell(session, ActionDuplicated, item, by, now, of=other.id)


def judge(
    session: Session, item: ActionItem, effect: str, note: str = "", *, by: Person, now: datetime
) -> None:
    """Some time after it was verified: did it work? What did not is opened again."""
    hold(session, item)
    rules.check_status(item, (ItemStatus.VERIFIED,), "judged; it must be verified first")
    seen = Effect.parse(effect)
    said = rules.words(note, "reason") if seen == Effect.FAILED else note.strip()[: rules.EVIDENCE_MAX]
    item.effect, item.effect_note, item.effect_at, item.effect_by = seen, said, now, by.id
    tell(session, ActionEffectSeen, item, by, now, effect=seen, note=said)
    if seen == Effect.FAILED:
        reopen(session, item, said, by=by, now=now)
