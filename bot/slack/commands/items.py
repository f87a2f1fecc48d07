"""What becomes of an action item: begun, done with evidence, verified by someone else, declined."""

from collections.abc import Sequence
from enum import StrEnum

from sqlmodel import Session

from bot.domain import actions
from bot.domain.actions import ActionItem
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.forms import Filled, Form, Line, Pick, Someone
from bot.slack.words import escape, title

DONE = Form("action.done", "Done", submit="It is done")
DECLINE = Form("action.decline", "Decline", submit="Decline it")
REOPEN = Form("action.reopen", "It does not hold", submit="Open it again")


@command("start <A-n>")
@button("action.start")
def start(session: Session, ask: Ask) -> Reply:
    """Say that an action item is in progress."""
    item, _ = item_of(session, ask)
    if actions.start(session, item, by=ask.person, now=ask.now):
        return Reply(f"{item.ref} is in progress.")
    return Reply(f"{item.ref} is in progress already. Nothing was changed.")


@command("done <A-n> [evidence]")
@button("action.done")
def done(session: Session, ask: Ask) -> Reply:
    """Say that an action item is done, and how one can see it."""
    item, evidence = item_of(session, ask)
    if evidence:
        return _done(session, item, evidence, ask)
    hint = "A link, or a sentence by which someone else can see it"
    field = Line("evidence", "Evidence", hint=hint, required=True, most=1000)
    return Reply(view=DONE.view((field,), intro=about(item), meta=ref_in(item)))


@DONE.filled
def finish(session: Session, filled: Filled) -> Reply:
    item = item_in(session, filled)
    with filled.beside("evidence"):
        return _done(session, item, filled.text("evidence"), filled)


def _done(session: Session, item: ActionItem, evidence: str, who: Ask | Filled) -> Reply:
    actions.done(session, item, evidence, by=who.person, now=who.now)
    return Reply(f"{item.ref} is done. Someone else has yet to verify it: `/incident verify {item.ref}`")


@command("verify <A-n>")
@button("action.verify")
def verify(session: Session, ask: Ask) -> Reply:
    """Say that what someone else finished holds."""
    item, _ = item_of(session, ask)
    actions.verify(session, item, by=ask.person, now=ask.now)
    return Reply(f"{item.ref} is verified. It holds.")


@button("action.reopen")
def reopen(session: Session, ask: Ask) -> Reply:
    item, _ = item_of(session, ask)
    field = Line("reason", "What does not hold?", required=True, most=1000, tall=True)
    return Reply(view=REOPEN.view((field,), intro=about(item), meta=ref_in(item)))


@REOPEN.filled
def open_again(session: Session, filled: Filled) -> Reply:
    item = item_in(session, filled)
    with filled.beside("reason"):
        actions.reopen(session, item, filled.text("reason"), by=filled.person, now=filled.now)
    return Reply(f"{item.ref} is open again.")


@command("decline <A-n>")
@button("action.decline")
def decline(session: Session, ask: Ask) -> Reply:
    """Say why an action item will not be done, and who agrees."""
    item, reason = item_of(session, ask)
    fields = (
        Line("reason", "Reason", initial=reason[:1000], required=True, most=1000, tall=True),
        Someone("approver", "Approver", hint="Who agrees that it is not done", required=True),
    )
    return Reply(view=DECLINE.view(fields, intro=about(item), meta=ref_in(item)))


@DECLINE.filled
def give_up(session: Session, filled: Filled) -> Reply:
    item = item_in(session, filled)
    approver = filled.needed(session, "approver")
    with filled.beside("approver"):
        actions.rules.check_approver(item, approver, filled.person)
    with filled.beside("reason"):
        actions.decline(
            session, item, filled.text("reason"), approver=approver, by=filled.person, now=filled.now
        )
    return Reply(f"{item.ref} is declined; {escape(approver.name)} approved.")


def item_of(session: Session, ask: Ask) -> tuple[ActionItem, str]:
    """The item whose reference stands first, and what was said behind it."""
    ref, rest = ask.first_and_rest()
    if not ref:
        raise Unclear(f"Which one? Say /incident {ask.word or 'done'} A-31. See yours: /incident actions")
    return actions.find(session, ref, as_=ask.person), rest


def item_in(session: Session, filled: Filled) -> ActionItem:
    """The item that the form was opened for."""
    return actions.find(session, str(filled.meta["item"]), as_=filled.person)


def ref_in(item: ActionItem) -> dict[str, str]:
    """What a form remembers of it."""
    return {"item": item.ref}


def about(item: ActionItem) -> str:
    return f"*{item.ref}* {title(item.title)}"


def picks(words: type[StrEnum]) -> Sequence[Pick]:
    return [(word.value, word.value.capitalize(), "") for word in words]


def outcome(said: str = "") -> Line:
    hint = "How everybody will see that it is finished"
    most = actions.rules.OUTCOME_MAX
    return Line("outcome", "What will be true when it is done?", initial=said, hint=hint, most=most)


def doubt(item: ActionItem) -> str:
    """A question about vague words, behind the answer; the item is kept as it is."""
    found = actions.doubts(item.title, item.outcome)
    if not found:
        return ""
    asked = f"{escape(found[0].said)} For example: _{escape(found[0].example)}_."
    return f"\n{asked} Better words: `/incident edit {item.ref}`"
