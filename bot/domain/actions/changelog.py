"""One item's whole history as people read it: who changed what, when, from what to what, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.domain import people
from bot.domain.actions import facts
from bot.domain.actions.model import ActionItem, ItemStatus
from bot.domain.actions.queries import history
from bot.lib.facts import Event, Fact

STATUS = "status"
MOVES: dict[type[Fact], ItemStatus] = {
    facts.ActionStarted: ItemStatus.IN_PROGRESS,
    facts.ActionBlocked: ItemStatus.BLOCKED,
    facts.ActionDone: ItemStatus.DONE,
    facts.ActionVerified: ItemStatus.VERIFIED,
    facts.ActionReopened: ItemStatus.OPEN,
    facts.ActionDeclined: ItemStatus.DECLINED,
    facts.ActionDuplicated: ItemStatus.DUPLICATE,
}


@dataclass(frozen=True)
class Change:
    """One change. `what` is the word for what changed; `said` the whole in one sentence."""

    at: datetime
    by: str
    what: str
    before: str
    after: str
    why: str
    said: str


def changes(session: Session, item: ActionItem) -> list[Change]:
    """All of them, the oldest first."""
    found: list[Change] = []
    status = ItemStatus.OPEN
    for event in history(session, item):
        fact = event.fact
        if (moved := MOVES.get(type(fact))) is not None:
            told = (STATUS, status.words, moved.words, _why(session, fact))
            status = moved
        else:
            told = _told(session, fact)
        found.append(_change(session, event, told))
    return found


def _change(session: Session, event: Event, told: tuple[str, str, str, str]) -> Change:
    what, before, after, why = told
    return Change(
        at=event.at,
        by=people.get(session, event.by).name,
        what=what,
        before=before,
        after=after,
        why=people.spell(session, why),
        said=people.spell(session, str(event.fact)),
    )


def _why(session: Session, fact: Fact) -> str:
    """What was said with another status."""
    if isinstance(fact, facts.ActionDuplicated):
        return f"A-{fact.of} stands for it"
    if isinstance(fact, facts.ActionDeclined):
        until = f" Asked again on {fact.ask_again_on}." if fact.ask_again_on else ""
        return f"{fact.reason} (agreed by {_name(session, fact.approver)}).{until}"
    return str(getattr(fact, "evidence", "") or getattr(fact, "reason", ""))


def _told(session: Session, fact: Any) -> tuple[str, str, str, str]:
    """The word, before, after, why."""
    match fact:
        case facts.ActionCreated():
            return "created", "", _promised(session, fact), fact.outcome
        case facts.ActionAssigned():
            return "owner", _name(session, fact.was), _name(session, fact.owner), ""
        case facts.ActionMoved():
            return "due", _day(fact.old), _day(fact.new), fact.why
        case facts.ActionChanged():
            return fact.field, fact.old, fact.new, ""
        case facts.ActionSnoozed():
            return "reminders", "", f"rest until {fact.until}", fact.reason
        case facts.ActionEffectSeen():
            return "effect", "", fact.effect, fact.note
    return "noted", "", str(fact), ""


def _promised(session: Session, fact: facts.ActionCreated) -> str:
    team = f", {fact.team}" if fact.team else ""
    due = _day(fact.due)
    return f"{fact.title} ({_name(session, fact.owner)}{team}, due {due}, {fact.kind}, {fact.priority})"


def _name(session: Session, id: int | None) -> str:
    return people.get(session, id).name if id else "nobody"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no day"
