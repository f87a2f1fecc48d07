"""A promise changes: blocked, moved, put off, given to someone, worded better, left to another item."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from bot.domain import actions
from bot.domain.actions import ActionItem, Kind, Priority, Wording
from bot.domain.company import company_of
from bot.domain.people import Person
from bot.lib.words import plural
from bot.slack import words
from bot.slack.blocks import Block, overflow
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command
from bot.slack.commands.items import about, decline, doubt, item_in, item_of, outcome, picks, ref_in
from bot.slack.forms import Choice, Day, Filled, Form, Line, Someone

BLOCK = Form("action.block", "Blocked", submit="It is blocked")
MOVE = Form("action.move", "Change the day", submit="Change it")
SNOOZE = Form("action.snooze", "Put off reminders", submit="Put them off")
ASSIGN = Form("action.assign", "Give it to someone", submit="Give it")
EDIT = Form("action.edit", "Say it better", submit="Save")
DUPLICATE = Form("action.duplicate", "The same as another", submit="It is the same")
REASON_MAX, REF_MAX = 1000, 12


@command("block <A-n> [reason]")
@button("action.block")
def block(session: Session, ask: Ask) -> Reply:
    """Say that an action item cannot go on, and what it waits for."""
    item, reason = item_of(session, ask)
    if reason:
        return _block(session, item, reason, ask)
    field = Line("reason", "What does it wait for?", required=True, most=REASON_MAX, tall=True)
    return Reply(view=BLOCK.view((field,), intro=about(item), meta=ref_in(item)))


@BLOCK.filled
def blocked(session: Session, filled: Filled) -> Reply:
    with filled.beside("reason"):
        return _block(session, item_in(session, filled), filled.text("reason"), filled)


def _block(session: Session, item: ActionItem, reason: str, who: Ask | Filled) -> Reply:
    actions.block(session, item, reason, by=who.person, now=who.now)
    return Reply(f"{item.ref} is blocked. It stays due. When it goes on: `/incident start {item.ref}`")


@command("move <A-n> [day] [reason]")
@button("action.move")
def move(session: Session, ask: Ask) -> Reply:
    """Change the day by which an action item is due; a later one needs a reason."""
    item, rest = item_of(session, ask)
    day, _, why = rest.partition(" ")
    if day:
        return _move(session, item, actions.parse_due(day, _today(session, ask)), why, ask)
    fields = (
        Day("due", "Due", initial=item.due.isoformat() if item.due else "", required=True),
        Line("why", "Why", hint="Needed when the day is a later one", most=REASON_MAX, tall=True),
    )
    return Reply(view=MOVE.view(fields, intro=about(item), meta=ref_in(item)))


@MOVE.filled
def moved(session: Session, filled: Filled) -> Reply:
    item, due = item_in(session, filled), filled.day("due")
    assert due is not None  # the field is required
    with filled.beside("due"):
        actions.rules.check_due(due, _today(session, filled))
    with filled.beside("why"):
        return _move(session, item, due, filled.text("why"), filled)


def _move(session: Session, item: ActionItem, due: date, why: str, who: Ask | Filled) -> Reply:
    if not actions.move(session, item, due, by=who.person, now=who.now, why=why):
        return Reply(f"{item.ref} is due on {due} already. Nothing was changed.")
    times = f" It has been moved {_times(item.moved)}." if item.moved else ""
    return Reply(f"{item.ref} is due on {due} now.{times}")


@command("snooze <A-n> [days] [reason]")
@button("action.snooze")
def snooze(session: Session, ask: Ask) -> Reply:
    """Let the reminders of an action item rest for some days; the promise stands."""
    item, rest = item_of(session, ask)
    day, _, why = rest.partition(" ")
    if day and why.strip():
        return _snooze(session, item, actions.parse_due(day, _today(session, ask)), why, ask)
    longest = actions.rules.SNOOZE_MAX.days
    first = actions.parse_due(day, _today(session, ask)).isoformat() if day else ""
    fields = (
        Day("until", "Until", initial=first, hint=f"At most {longest} days from today", required=True),
        Line("reason", "Reason", required=True, most=REASON_MAX),
    )
    return Reply(view=SNOOZE.view(fields, intro=about(item), meta=ref_in(item)))


@SNOOZE.filled
def snoozed(session: Session, filled: Filled) -> Reply:
    item, until = item_in(session, filled), filled.day("until")
    assert until is not None  # the field is required
    with filled.beside("until"):
        actions.rules.check_snooze(item, until, _today(session, filled))
    with filled.beside("reason"):
        return _snooze(session, item, until, filled.text("reason"), filled)


def _snooze(session: Session, item: ActionItem, until: date, why: str, who: Ask | Filled) -> Reply:
    actions.snooze(session, item, until, why, by=who.person, now=who.now)
    due = f" It is still due on {item.due}." if item.due else ""
    return Reply(f"Reminders of {item.ref} rest until {until}, put off {_times(item.snoozed)} so far.{due}")


@command("assign <A-n> [@person]")
@button("action.assign")
def assign(session: Session, ask: Ask) -> Reply:
    """Give an action item to someone."""
    item, rest = item_of(session, ask)
    if rest:
        return _assign(session, item, ask, ask.someone(session, rest))
    field = Someone("owner", "Owner", required=True)
    return Reply(view=ASSIGN.view((field,), intro=about(item), meta=ref_in(item)))


@ASSIGN.filled
def assigned(session: Session, filled: Filled) -> Reply:
    item, owner = item_in(session, filled), filled.needed(session, "owner")
    with filled.beside("owner"):
        return _assign(session, item, filled, owner)


def _assign(session: Session, item: ActionItem, who: Ask | Filled, owner: Person) -> Reply:
    if actions.assign(session, item, owner, by=who.person, now=who.now):
        return Reply(f"{item.ref} is {words.escape(owner.name)}'s now.")
    return Reply(f"{item.ref} is {words.escape(owner.name)}'s already. Nothing was changed.")


@command("edit <A-n>")
@button("action.edit")
def edit(session: Session, ask: Ask) -> Reply:
    """Say better what an action item is: title, outcome, team, kind, priority."""
    item, _ = item_of(session, ask)
    teams = [(team.key, team.name, "") for team in company_of(session).teams]
    fields = [
        Line("title", "Title", initial=item.title, required=True, most=actions.rules.TITLE_MAX),
        outcome(item.outcome),
        *([Choice("team", "Team", initial=item.team or "", picks=teams)] if teams else []),
        Choice("kind", "Kind", initial=item.kind, picks=picks(Kind), required=True),
        Choice("priority", "Priority", initial=item.priority, picks=picks(Priority), required=True),
    ]
    return Reply(view=EDIT.view(fields, meta=ref_in(item)))


@EDIT.filled
def edited(session: Session, filled: Filled) -> Reply:
    item = item_in(session, filled)
    team = filled.text("team") if company_of(session).teams else None
    said = {name: filled.text(name) for name in ("title", "outcome", "kind", "priority")}
    with filled.beside("title"):
        changed = actions.describe(
            session, item, Wording(**said, team=team), by=filled.person, now=filled.now
        )
    if not changed:
        return Reply(f"{item.ref} says that already. Nothing was changed.")
    return Reply(f"{item.ref} is {words.title(item.title)}.{doubt(item)}")


@command("duplicate <A-n> [A-m]")
@button("action.duplicate")
def duplicate(session: Session, ask: Ask) -> Reply:
    """Say that another action item stands for this one."""
    item, rest = item_of(session, ask)
    if rest:
        return _duplicate(session, item, rest, ask)
    field = Line("other", "Which one goes on?", hint="Its reference, as A-31", required=True, most=REF_MAX)
    return Reply(view=DUPLICATE.view((field,), intro=about(item), meta=ref_in(item)))


@DUPLICATE.filled
def duplicated(session: Session, filled: Filled) -> Reply:
    with filled.beside("other"):
        return _duplicate(session, item_in(session, filled), filled.text("other"), filled)


def _duplicate(session: Session, item: ActionItem, ref: str, who: Ask | Filled) -> Reply:
    other = actions.find(session, ref, as_=who.person)
    actions.duplicate(session, item, other, by=who.person, now=who.now)
    return Reply(f"{item.ref} is left to {other.ref} {words.title(other.title)}.")


MORE: dict[str, tuple[str, Callable[[Session, Ask], Reply]]] = {
    "block": ("Blocked", block),
    "move": ("Change the day", move),
    "snooze": ("Put off reminders", snooze),
    "assign": ("Give it to someone", assign),
    "decline": ("Decline", decline),
}


@button("action.more")
def more(session: Session, ask: Ask) -> Reply:
    """What was chosen behind the three dots: `move A-31`."""
    word, rest = ask.first_and_rest()
    return MORE[word][1](session, replace(ask, text=rest, word=word))


def menu(item: ActionItem) -> Block:
    """The three dots behind an item's buttons."""
    return overflow(f"action.more/{item.ref}", [(f"{word} {item.ref}", MORE[word][0]) for word in MORE])


def _today(session: Session, who: Ask | Filled) -> date:
    company = company_of(session)
    return company.day(company.workspace.timezone, who.now)


def _times(count: int) -> str:
    return "once" if count == 1 else plural(count, "time")
