"""The home tab: what is live, what is mine to do, what is mine to write."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import actions, incidents, people, postmortems, recurrences
from bot.lib.words import plural
from bot.slack import words
from bot.slack.blocks import Block, button, context, divider, header, home, section
from bot.slack.blocks import actions as row
from bot.slack.commands import Ask, effect
from bot.slack.commands import action as said
from bot.slack.commands.list import line

SHOWN, ASKED = 15, 3


def draw(session: Session, slack_id: str, now: datetime, public_url: str) -> dict[str, Any]:
    """For one person; a private incident is there for its members alone."""
    ask = Ask("", people.of_slack(session, slack_id), now, public_url=public_url)
    declare = button("Declare incident", "home.declare", style="primary")
    blocks = [
        *row([declare, button("Open Closeout", "home.web", url=public_url)]),
        *_live(session, ask),
        divider(),
        *_mine(session, ask),
        *_asked(session, ask),
        divider(),
        *_postmortems(session, ask),
        context(f"As of {words.moment(now)}"),
    ]
    return home(blocks, more=public_url)


def _live(session: Session, ask: Ask) -> list[Block]:
    live = incidents.live(session, as_=ask.person)
    if not live:
        none = "None that you take part in or may see. Declare one: `/incident new`"
        return [header("Live incidents"), section(none)]
    lines = [section(line(session, incident, ask)) for incident in live[:SHOWN]]
    return [header("Live incidents"), *lines, *_more(ask, "incidents", len(live))]


def _mine(session: Session, ask: Ask) -> list[Block]:
    mine = [*actions.mine(session, ask.person), *actions.to_verify(session, ask.person)]
    if not mine:
        return [
            header("My action items"),
            section("None. What you promise in an incident stands here until it is done."),
        ]
    shown = [block for item in mine[:SHOWN] for block in said.shown(session, item, ask)]
    return [header("My action items"), *shown, *_more(ask, "actions", len(mine))]


def _asked(session: Session, ask: Ask) -> list[Block]:
    """Whether what was verified had its effect; nothing where nothing is asked."""
    asked = recurrences.asked_of(session, ask.person, ask.now, limit=ASKED)
    return [block for one in asked for block in effect.shown(one)]


def _postmortems(session: Session, ask: Ask) -> list[Block]:
    mine = postmortems.mine(session, ask.person)
    if not mine:
        return [
            header("My postmortems"),
            section("None. Who commands an incident that owes one, writes it."),
        ]
    blocks = [header("My postmortems")]
    for one in mine[:SHOWN]:
        incident = incidents.get(session, one.incident_id)
        due = f" · due {words.day(one.due_at)}" if one.due_at else ""
        link = words.link(ask.url(f"incidents/{incident.ref}/postmortem"), "Open")
        stage = one.status.replace("_", " ")
        which = f"*{incident.ref}* {words.title(incident.title)}{words.sample(incident)}"
        blocks.append(section(f"{which} · {stage}{due} · {link}"))
    return [*blocks, *_more(ask, "postmortems", len(mine))]


def _more(ask: Ask, page: str, count: int) -> list[Block]:
    left = count - SHOWN
    return [context(words.link(ask.url(page), f"and {plural(left, 'more', 'more')}"))] if left > 0 else []
