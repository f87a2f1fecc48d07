"""The timeline, a page at a time, its times in the reader's own zone."""

from itertools import groupby
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Entry, Incident
from bot.lib.words import cut
from bot.slack import words
from bot.slack.blocks import Block, actions, context, section, split
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command

PAGE, LONGEST, TRACES = 20, 700, 3


@command("timeline [page]")
def timeline(session: Session, ask: Ask) -> Reply:
    """Show what happened, the newest page first."""
    return _page(session, ask)


@button("timeline.page")
def turn(session: Session, ask: Ask) -> Reply:
    reply = _page(session, ask)
    return Reply(reply.text, reply.blocks, replace=True)


def _page(session: Session, ask: Ask) -> Reply:
    incident = ask.incident(session)
    entries = incidents.timeline(session, incident)
    if not entries:
        return Reply(f"The timeline of {incident.ref} is empty. Write the first entry: `/incident note text`")
    pages = -(-len(entries) // PAGE)
    word = ask.text.strip()
    number = min(max(int(word), 1), pages) if word.isdecimal() and len(word) < 9 else pages
    shown = entries[(number - 1) * PAGE : number * PAGE]
    head = f"{words.headline(company_of(session), incident)} · timeline, page {number} of {pages}"
    blocks = [section(head), *_days(session, shown, ask.person.timezone), *_turn(incident, number, pages)]
    return Reply(head, blocks, more=ask.url(f"incidents/{incident.ref}"))


def _days(session: Session, entries: list[Entry], zone: str) -> list[Block]:
    """A heading for each day, where there is more than one."""
    place = ZoneInfo(zone)
    days = [
        (day, list(found)) for day, found in groupby(entries, lambda one: one.at.astimezone(place).date())
    ]
    blocks: list[Block] = []
    for _, found in days:
        if len(days) > 1:
            blocks.append(context(f"*{words.day(found[0].at)}*"))
        lines = "\n".join(_line(session, entry) for entry in found)
        blocks += [section(part) for part in split(lines, 3000)]
    return blocks


def _line(session: Session, entry: Entry) -> str:
    who = words.escape(entry.author_name) if entry.author_name else words.name(session, entry.by)
    said = words.named(session, cut(" ".join(entry.text.split()), LONGEST))
    colon = ":" if entry.author_name else ""
    parts = [f"`{entry.id}` {words.clock_time(entry.at)} *{who}*{colon} {said}"]
    if entry.permalink:
        parts.append(words.link(entry.permalink, "message"))
    parts += [words.link(url, f"image {n}") for n, url in enumerate(entry.images[:5], 1)]
    if entry.deleted:
        parts.append("_(deleted in Slack)_")
    parts += [f"_({words.named(session, cut(trace, 200))})_" for trace in entry.trace[-TRACES:]]
    return " ".join(parts)


def _turn(incident: Incident, number: int, pages: int) -> list[Block]:
    ways = ((number > 1, "Earlier", number - 1), (number < pages, "Later", number + 1))
    made = [
        drawn(label, f"timeline.page/{label.lower()}", f"{incident.ref} {to}")
        for there, label, to in ways
        if there
    ]
    return actions(made)
