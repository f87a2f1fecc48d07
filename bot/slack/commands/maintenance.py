"""Planned work: telling customers before it begins, while it goes on, and when it is done."""

from sqlmodel import Session

from bot.domain import components, maintenance
from bot.domain.company import company_of
from bot.domain.maintenance import Maintenance, Stage, asking
from bot.slack import words
from bot.slack.blocks import Block, context, section
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command, unquoted
from bot.slack.forms import Filled, Form, Line, Several, View

FORM = Form("maintenance", "Plan maintenance", submit="Tell customers")
CLOSED = "The form could not be opened in time. Say it once more: `/incident maintenance new`"
SHOWN = 10


@command("maintenance [new|M-3 begin|extend|move|tell|complete|cancel]")
def maintenance_(session: Session, ask: Ask) -> Reply:
    """List planned work, plan some, or say how it goes; it begins and ends by the clock."""
    first, rest = ask.first_and_rest()
    if not first:
        return _all(session, ask)
    if first.lower() == "new":
        return Reply(view=_form(session, ask, rest), instead=CLOSED)
    word, _, more = rest.partition(" ")
    return _do(session, ask, maintenance.find(session, first), word.lower(), unquoted(more.strip()))


@button("maintenance.new")
def new(session: Session, ask: Ask) -> Reply:
    return Reply(view=_form(session, ask, ""), instead=CLOSED)


@button("maintenance.begin")
def begin(session: Session, ask: Ask) -> Reply:
    return _do(session, ask, maintenance.find(session, ask.text), "begin", "")


@button("maintenance.complete")
def complete(session: Session, ask: Ask) -> Reply:
    return _do(session, ask, maintenance.find(session, ask.text), "complete", "")


def _do(session: Session, ask: Ask, what: Maintenance, word: str, text: str) -> Reply:
    if not word:
        return Reply(f"{_line(what)}. You can say: {', '.join(asking.DEEDS)}.")
    said, zone = words.plain(session, text), ask.person.timezone
    asking.do(session, what, word, said, by=ask.person, now=ask.now, zone=zone)
    return Reply(f"{_line(what)}. Customers are told.")


def _line(what: Maintenance) -> str:
    times = f"{words.moment(what.starts_at)} to {words.moment(what.ends_at)}"
    return f"*{what.ref}* {words.title(what.title)} is {Stage(what.stage).words}, {times}"


def _all(session: Session, ask: Ask) -> Reply:
    found = [*maintenance.under_way(session), *maintenance.ahead(session)]
    blocks: list[Block] = [_one(each) for each in found[:SHOWN]]
    head = "Planned work that customers know of." if found else "No maintenance is planned."
    link = words.link(ask.url("maintenance"), "All of it")
    foot = f"{link} · what is said of it: `/incident maintenance M-3 tell It goes well`"
    return Reply(
        head, [section(head, drawn("Plan maintenance", "maintenance.new", "new")), *blocks, context(foot)]
    )


def _one(what: Maintenance) -> Block:
    if what.is_under_way:
        return section(_line(what), drawn("Complete", f"maintenance.complete/{what.id}", what.ref))
    return section(_line(what), drawn("Begin now", f"maintenance.begin/{what.id}", what.ref))


def _form(session: Session, ask: Ask, title: str) -> View:
    zone = ask.person.timezone
    picks = [(one.key, one.name, "") for one in components.known(company_of(session))]
    fields = (
        Line("title", "Title", initial=words.plain(session, title), required=True, most=200),
        Line(
            "starts",
            "Starts",
            hint=f"As 22:00 or 2026-03-07 22:00, in your zone ({zone})",
            required=True,
            most=40,
        ),
        Line("ends", "Ends", hint="As 2h after the start, or as 23:30", required=True, most=40),
        Several("components", "Components", picks=picks),
        Line("message", "Message", hint="What customers notice, and what they can do", most=2500, tall=True),
    )
    return FORM.view(
        fields, intro="Customers read it on the status page at once. It begins and ends by itself."
    )


@FORM.filled
def plan(session: Session, filled: Filled) -> Reply:
    zone = filled.person.timezone
    with filled.beside("starts"):
        starts = maintenance.moment_ahead(filled.text("starts"), now=filled.now, zone=zone)
    with filled.beside("ends"):
        ends = maintenance.span_or_moment(filled.text("ends"), starts, now=filled.now, zone=zone)
    with filled.beside("starts"):
        made = maintenance.schedule(
            session,
            filled.text("title"),
            starts,
            ends,
            by=filled.person,
            now=filled.now,
            affects=filled.many("components"),
            message=filled.text("message"),
        )
    return Reply(f"{_line(made)}. Customers are told.")
