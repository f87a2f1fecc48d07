"""How a private word and a quiet case look in Slack. Pure: data in, blocks out."""

from typing import Any

from bot.domain.customers import Customer, PrivateWord
from bot.domain.signals import Case, spark
from bot.slack import words
from bot.slack.blocks import Block, actions, button, confirm, context, message, section, sections

Message = dict[str, Any]


def word_ref(word: PrivateWord) -> str:
    """By which a button names it."""
    return f"W-{word.id}"


def word_buttons(word: PrivateWord, customer: Customer, contacts: int) -> list[Block]:
    """One click sends it, after a look at whom it reaches."""
    if not word.is_open:
        return []
    reach = f"It goes to {contacts} contact{'' if contacts == 1 else 's'} of {customer.name} at once."
    ask = confirm("Send this?", words.escape(reach), "Send it")
    ref = word_ref(word)
    buttons = [
        button("Approve and send", "word.approve", ref, style="primary", confirm=ask),
        button("Change", "word.change", ref),
        button("Discard", "word.discard", ref),
    ]
    return actions(buttons, id=f"word/{ref}")


def word_message(word: PrivateWord, customer: Customer, contacts: int, about: str) -> Message:
    """What the account owner reads: the answer first, then the words, then the buttons."""
    head = f"A private word to *{words.title(customer.name)}*{about} waits for your yes."
    if not contacts:
        head += " There is no contact yet: add one on the customer's page first."
    drawn = [section(head), *quoted(word), *word_buttons(word, customer, contacts)]
    return message(head, drawn)


def quoted(word: PrivateWord) -> list[Block]:
    text = "\n".join(f"> {line}" for line in words.escape(word.text).splitlines())
    return [context(f"Subject: {words.escape(word.subject)}"), *sections(text)]


def case_message(
    case: Case, customer: Customer, says: str, word: PrivateWord | None, contacts: int, url: str
) -> Message:
    """Quiet: what is unusual, the evidence as a line, the drafted words, what can be done."""
    link = words.link(f"{url}/cases/{case.ref}", case.ref)
    head = f"{link} *{words.title(customer.name)}*: {words.escape(says)}"
    drawn = [section(head), context(f"`{spark(case.points)}`")]
    if word is not None and word.is_open:
        drawn += [*quoted(word), *word_buttons(word, customer, contacts)]
    drawn += actions(case_buttons(case), id=f"case/{case.ref}")
    return message(f"{customer.name}: {says}", drawn)


def case_buttons(case: Case) -> list[Block]:
    if not case.is_open:
        return []
    sure = confirm("Make it an incident?", "A channel is opened, and people are called.", "Declare it")
    return [
        button("Declare an incident", "case.declare", case.ref, confirm=sure),
        button("I know what it is", "case.dismiss", case.ref),
        button("Usual from now on", "case.accept", case.ref),
    ]
