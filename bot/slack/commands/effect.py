"""Did it work? Some time after an action item was verified, with the facts beside the question."""

from sqlmodel import Session

from bot.domain import actions, recurrences
from bot.domain.actions import ActionItem, Effect
from bot.domain.recurrences import Question
from bot.lib.words import plural
from bot.slack import words
from bot.slack.blocks import Block, section
from bot.slack.blocks import actions as row
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command
from bot.slack.commands.items import about, item_in, item_of, ref_in
from bot.slack.forms import Choice, Filled, Form, Line

FAILED = Form("effect.failed", "It did not work", submit="Open it again")
JUDGE = Form("effect.judge", "Did it work?", submit="Say so")
SHOWN, REASON_MAX = 15, 1000
SAID = {Effect.HOLDS: "It worked", Effect.FAILED: "It did not", Effect.UNCLEAR: "Too early to say"}


@command("effect [A-n] [holds|failed|unclear] [what you see]")
@button("effect.open")
def effect(session: Session, ask: Ask) -> Reply:
    """Say whether a verified action item had its effect; alone, see what you are asked."""
    if not ask.text.strip():
        return _list(session, ask)
    item, rest = item_of(session, ask)
    word, _, note = rest.partition(" ")
    if word:
        return _judge(session, item, Effect.parse(word), note, ask)
    asked = recurrences.question(session, item, as_=ask.person)
    picks = [(one.value, words_, "") for one, words_ in SAID.items()]
    fields = (
        Choice("effect", "What do you see?", picks=picks, required=True),
        Line(
            "note", "What makes you say so?", hint="Needed when it did not work", most=REASON_MAX, tall=True
        ),
    )
    return Reply(view=JUDGE.view(fields, intro=_facts(asked), meta=ref_in(item)))


@JUDGE.filled
def judged(session: Session, filled: Filled) -> Reply:
    with filled.beside("note"):
        seen = Effect.parse(filled.text("effect"))
        return _judge(session, item_in(session, filled), seen, filled.text("note"), filled)


@button("effect.holds")
def holds(session: Session, ask: Ask) -> Reply:
    item, note = item_of(session, ask)
    return _judge(session, item, Effect.HOLDS, note, ask)


@button("effect.unclear")
def unclear(session: Session, ask: Ask) -> Reply:
    item, note = item_of(session, ask)
    return _judge(session, item, Effect.UNCLEAR, note, ask)


@button("effect.failed")
def failed(session: Session, ask: Ask) -> Reply:
    item, _ = item_of(session, ask)
    field = Line("note", "What do you see?", required=True, most=REASON_MAX, tall=True)
    return Reply(view=FAILED.view((field,), intro=about(item), meta=ref_in(item)))


@FAILED.filled
def open_again(session: Session, filled: Filled) -> Reply:
    with filled.beside("note"):
        return _judge(session, item_in(session, filled), Effect.FAILED, filled.text("note"), filled)


def _judge(session: Session, item: ActionItem, seen: Effect, note: str, who: Ask | Filled) -> Reply:
    actions.judge(session, item, seen, note, by=who.person, now=who.now)
    if seen == Effect.FAILED:
        return Reply(f"{item.ref} is open again: it did not help.")
    if seen == Effect.UNCLEAR:
        return Reply(f"{item.ref}: too early to say. You are asked again later.")
    return Reply(f"{item.ref} has its effect. That loop is closed.")


def _list(session: Session, ask: Ask) -> Reply:
    asked = recurrences.asked_of(session, ask.person, ask.now)
    if not asked:
        return Reply("Nothing is asked of you. To judge one: `/incident effect A-31`")
    head = f"Did it work? {plural(len(asked), 'action item')} of your incidents"
    blocks = [block for one in asked[:SHOWN] for block in shown(one)]
    return Reply(head, [section(f"*{head}*"), *blocks], more=ask.url("actions?show=judge"))


def shown(asked: Question) -> list[Block]:
    """One question with its facts and the ways to answer."""
    ref = asked.item.ref
    answers = [drawn(label, f"effect.{one.value}", ref) for one, label in SAID.items()]
    return [section(_facts(asked)), *row(answers, id=f"effect/{ref}")]


def _facts(asked: Question) -> str:
    """What it is, and what is known of it."""
    facts = "\n".join(f"\u2022 {words.escape(fact)}" for fact in asked.facts)
    return f"Did it work? {about(asked.item)} · {asked.incident.ref}{words.sample(asked.incident)}\n{facts}"
