"""Customers: who is affected, a private word to one of them, that they told us, and what is unusual."""

import re

from sqlmodel import Session

from bot.domain import customers, signals
from bot.domain.customers import Customer, Hit, NoSuchWord, PrivateWord, Wording
from bot.domain.incidents import Incident
from bot.domain.incidents.moments import parse_moment
from bot.lib.words import plural
from bot.slack import accounts, words
from bot.slack.blocks import Block, context, section
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command, unquoted
from bot.slack.forms import Filled, Form, Line

SHOWN, WORDS_MAX = 15, 2900
CHANGE = Form("word.change", "A private word", submit="Save")
DISMISS = Form("case.dismiss", "What was it?", submit="Close the case")
# `Acme called at 10:04: nothing works`, and `reported Acme at 10:04: nothing works`
VERB = r"(?:called|wrote|rang|mailed|complained|told us|reported)"
TAIL = r"(?:\s+at\s+(?P<at>[\w:-]+?(?:\s\d\d:\d\d)?))?(?:\s*[:,.]\s+(?P<words>.*)|\s*[.]?)"
TOLD = re.compile(rf"(?P<who>.+?)\s+{VERB}{TAIL}", re.IGNORECASE | re.DOTALL)
REPORTED = re.compile(rf"(?:reported|told)\s+(?P<who>.+?){TAIL}", re.IGNORECASE | re.DOTALL)


@command("customers [add|remove|word|reported] [customer]")
def show(session: Session, ask: Ask) -> Reply:
    """See who is affected; count one in or out; write to one; or note `Acme called at 10:04`."""
    word, rest = ask.first_and_rest()
    if word.lower() in ("add", "remove") and rest:
        return _affect(session, ask, rest, word.lower() == "add")
    if word.lower() == "word" and rest:
        return _draft(session, ask, rest)
    if found := REPORTED.fullmatch(ask.text.strip()) or TOLD.fullmatch(ask.text.strip()):
        return _told_us(session, ask, found)
    if word:
        raise Unclear(
            "Say `/incident customers`, or with `add Acme`, `remove Acme`, `word Acme`, "
            "or `Acme called at 10:04: what they said`. Nothing was changed."
        )
    incident = ask.incident(session) if ask.ref else ask.incident_here(session)
    return _summary(session, ask) if incident is None else _affected(session, ask, incident)


def _affect(session: Session, ask: Ask, name: str, is_affected: bool) -> Reply:
    incident, customer = ask.incident(session), customers.find(session, unquoted(name), as_=ask.person)
    done = customers.set_affected(session, incident, customer, is_affected, by=ask.person, now=ask.now)
    how = "counts among those affected by" if is_affected else "is not affected by"
    was = "" if done else " It was so already."
    return Reply(f"{words.title(customer.name)} {how} {incident.ref}.{was}")


def _draft(session: Session, ask: Ask, rest: str) -> Reply:
    """The customer stands first; a colon parts the name from the text, where there is one."""
    incident = ask.incident(session)
    name, _, text = rest.partition(":")
    customer = customers.find(session, unquoted(name), as_=ask.person)
    said = Wording(words.plain(session, text.strip()))
    word = customers.draft(session, incident, customer, said, by=ask.person, now=ask.now)
    return _word(session, word, customer, f"about {incident.ref}")


def _word(session: Session, word: PrivateWord, customer: Customer, about: str) -> Reply:
    owner, count = customers.owner(session, customer), len(customers.contacts(session, customer))
    whose = f"{words.escape(owner.name)}'s yes" if owner else "the yes of a manager"
    head = f"A private word to *{words.title(customer.name)}* {about} waits for {whose}."
    drawn = [section(head), *accounts.quoted(word), *accounts.word_buttons(word, customer, count)]
    return Reply(head, drawn)


def _told_us(session: Session, ask: Ask, found: re.Match[str]) -> Reply:
    customer = customers.find(session, unquoted(found["who"]), as_=ask.person)
    at = parse_moment(found["at"], now=ask.now, zone=ask.person.timezone) if found["at"] else ask.now
    incident = ask.incident(session) if ask.ref else ask.incident_here(session)
    said = words.plain(session, unquoted(found["words"] or ""))
    row = signals.note_report(
        session, customer, at=at, by=ask.person, now=ask.now, words=said, incident=incident
    )
    about = f" about INC-{row.incident_id}" if row.incident_id else ""
    about = about or (f" about C-{row.case_id}" if row.case_id else "")
    return Reply(f"Noted: {words.title(customer.name)} told us at {words.clock_time(row.at)}{about}.")


def _affected(session: Session, ask: Ask, incident: Incident) -> Reply:
    customers.check_sees(ask.person)
    hits = customers.affected(session, incident)
    if not hits:
        return Reply(
            f"{incident.ref}: no customer is known to be affected. Who uses its services is counted in by "
            "itself; name another one: `/incident customers add Acme`"
        )
    head = f"*{incident.ref}*: {plural(len(hits), 'customer')} affected."
    lines = "\n".join(_line(ask, hit) for hit in hits[:SHOWN])
    left = f"\nand {len(hits) - SHOWN} more" if len(hits) > SHOWN else ""
    foot = (
        "`/incident customers word Acme` writes to one · `/incident customers Acme called at 10:04` notes it"
    )
    return Reply(head, [section(head), section(lines + left), context(foot)])


def _line(ask: Ask, hit: Hit) -> str:
    name = words.link(ask.url(f"customers/{hit.customer.key}"), hit.customer.name)
    parts = [hit.customer.tier and words.escape(hit.customer.tier)]
    parts.append(f"told us {words.clock_time(hit.report.at)}" if hit.report else "")
    if hit.word:
        link = words.link(ask.url(f"words/{hit.word.id}"), "private word")
        parts.append(f"{link} {'waits' if hit.word.is_open else 'sent'}")
    return "• " + " · ".join(filter(None, [name, *parts]))


def _summary(session: Session, ask: Ask) -> Reply:
    """Elsewhere: what is unusual, and what waits for me."""
    cases = signals.open_cases(session, as_=ask.person)
    mine = customers.waiting(session, as_=ask.person, mine=True)
    head = f"{plural(len(cases), 'quiet case')} open · {plural(len(mine), 'private word')} for you to approve"
    drawn: list[Block] = [section(head)]
    for case in cases[:5]:
        customer = customers.get(session, case.customer_id)
        says = signals.sentence(session, case)
        drawn += accounts.case_message(case, customer, says, None, 0, ask.url("").rstrip("/"))["blocks"]
    for word in mine[:5]:
        customer = customers.get(session, word.customer_id)
        count = len(customers.contacts(session, customer))
        drawn += accounts.word_message(word, customer, count, "")["blocks"]
    drawn.append(context(f"{words.link(ask.url('customers'), 'All customers, and who told whom first')}"))
    return Reply(head, drawn)


# ---- a private word


def _word_of(session: Session, ask: Ask) -> PrivateWord:
    number = ask.text.strip().upper().removeprefix("W-")
    if not number.isdecimal() or len(number) > 9:
        raise NoSuchWord
    return customers.word(session, int(number), as_=ask.person)


@button("word.approve")
def approve(session: Session, ask: Ask) -> Reply:
    word = customers.approve(session, _word_of(session, ask), by=ask.person, now=ask.now)
    name = words.title(customers.get(session, word.customer_id).name)
    if not word.sent_to:
        return Reply(f"Approved, and kept inside: nothing of practice reaches {name}.", replace=True)
    return Reply(f"On its way to {plural(word.sent_to, 'contact')} of {name}.", replace=True)


@button("word.discard")
def discard(session: Session, ask: Ask) -> Reply:
    word = customers.discard(session, _word_of(session, ask), by=ask.person, now=ask.now)
    name = words.title(customers.get(session, word.customer_id).name)
    return Reply(f"The word to {name} is not said.", replace=True)


@button("word.change")
def change(session: Session, ask: Ask) -> Reply:
    word = _word_of(session, ask)
    fields = (
        Line("subject", "Subject", initial=word.subject, required=True, most=150),
        Line("text", "Message", initial=word.text[:WORDS_MAX], required=True, most=WORDS_MAX, tall=True),
    )
    return Reply(view=CHANGE.view(fields, meta={"word": word.id}))


@CHANGE.filled
def changed(session: Session, filled: Filled) -> Reply:
    word = customers.word(session, int(filled.meta["word"]), as_=filled.person)
    with filled.beside("text"):
        said = Wording(filled.text("text"), filled.text("subject"))
        customers.change(session, word, said, by=filled.person, now=filled.now)
    customer = customers.get(session, word.customer_id)
    about = f"about INC-{word.incident_id}" if word.incident_id else f"about C-{word.case_id}"
    return _word(session, word, customer, about)


# ---- a quiet case


@button("case.declare")
def declare(session: Session, ask: Ask) -> Reply:
    case = signals.named(session, ask.text, as_=ask.person)
    made = signals.declare(session, case, by=ask.person, now=ask.now)
    link = words.link(ask.url(f"incidents/{made.ref}"), made.ref)
    return Reply(f"{link} is declared: {words.title(made.title)}. Its channel is opened now.", replace=True)


@button("case.accept")
def accept(session: Session, ask: Ask) -> Reply:
    case = signals.named(session, ask.text, as_=ask.person)
    signals.accept(session, case, by=ask.person, now=ask.now)
    return Reply(f"{case.ref} is over: it is usual from now on, and learnt anew.", replace=True)


@button("case.dismiss")
def dismiss(session: Session, ask: Ask) -> Reply:
    case = signals.named(session, ask.text, as_=ask.person)
    field = Line("why", "What it was", hint="As: a load test of theirs", required=True, most=300)
    intro = f"{case.ref}: {words.escape(signals.sentence(session, case))}"
    return Reply(view=DISMISS.view((field,), intro=intro, meta={"case": case.id}))


@DISMISS.filled
def dismissed(session: Session, filled: Filled) -> Reply:
    case = signals.case(session, int(filled.meta["case"]), as_=filled.person)
    with filled.beside("why"):
        signals.dismiss(session, case, filled.text("why"), by=filled.person, now=filled.now)
    return Reply(f"{case.ref} is over. It stays quiet until the signal was like usual again.")
