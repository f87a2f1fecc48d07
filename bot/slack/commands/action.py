"""Action items: written down while it burns, followed until they are done and verified."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain import actions, incidents, people, recurrences, trackers
from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus, Kind, Priority
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.lib.words import cut, plural
from bot.slack import words
from bot.slack.blocks import Block, context, section
from bot.slack.blocks import actions as row
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command, unquoted
from bot.slack.commands.items import doubt, outcome, picks
from bot.slack.commands.promises import menu
from bot.slack.forms import Choice, Day, Field, Filled, Form, Line, Someone, View

FORM = Form("action", "Action item", submit="Create")
CLOSED = "The form could not be opened in time. Say it once more: `/incident action What is to be done`"
TITLE_MAX, SHOWN = 200, 15


@command("action [text]")
@button("action.open")
def action(session: Session, ask: Ask) -> Reply:
    """Write down what is to be done; a text is filled into the form."""
    incident = ask.incident(session)
    title = words.plain(session, unquoted(ask.text))
    return Reply(view=form(session, incident, title=title), instead=CLOSED)


@command("actions")
@button("action.list")
def list_actions(session: Session, ask: Ask) -> Reply:
    """Show the incident's action items; outside its channel, your own."""
    incident = ask.incident(session) if ask.ref else ask.incident_here(session)
    found = actions.of(session, incident) if incident else actions.mine(session, ask.person)
    whose = f"of {incident.ref}" if incident else "of yours"
    if not found:
        return Reply(f"No action item {whose}. Write one down: `/incident action What is to be done`")
    head = f"{plural(len(found), 'action item')} {whose}"
    blocks = [section(f"*{head}*"), *(block for item in found[:SHOWN] for block in shown(session, item, ask))]
    if len(found) > SHOWN:
        blocks.append(context(words.link(ask.url("actions"), f"and {len(found) - SHOWN} more")))
    return Reply(head, blocks)


def form(
    session: Session,
    incident: Incident | None,
    *,
    title: str = "",
    choice: Choice | None = None,
    permalink: str = "",
) -> View:
    fields: list[Field] = [
        *([choice] if choice else []),
        Line("title", "Title", cut(title, TITLE_MAX), _better(title), required=True, most=TITLE_MAX),
        outcome(),
        Someone("owner", "Owner", hint="Yourself, if you choose nobody"),
        Day("due", "Due", hint=_policy(session, incident)),
        Choice("kind", "Kind", initial=Kind.MITIGATE, picks=picks(Kind)),
        Choice("priority", "Priority", initial=Priority.MEDIUM, picks=picks(Priority)),
    ]
    return FORM.view(fields, meta={"incident": incident.id if incident else None, "permalink": permalink})


def _better(title: str) -> str:
    """What makes a good title; a vague one is questioned before it is kept."""
    if found := actions.doubts(title):
        return f"{found[0].said} For example: {found[0].example}"
    return "A verb first, and what will be different: Alert when 2 % of payments fail for 5 minutes"


def _policy(session: Session, incident: Incident | None) -> str:
    due = company_of(session).severity_or_assumed(incident.severity).actions_due if incident else None
    return f"Within {due} if you choose no day" if due else "By the severity's policy, if you choose no day"


@FORM.filled
def create(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    owner = filled.someone(session, "owner") or filled.person
    given: dict[str, Any] = {name: filled.text(name) for name in ("kind", "priority") if filled.text(name)}
    given |= {"owner": owner, "due": filled.day("due"), "permalink": filled.meta.get("permalink", "")}
    given["outcome"] = filled.text("outcome")
    if given["due"]:
        with filled.beside("due"):
            actions.rules.check_due(given["due"], filled.now.date())
    with filled.beside("title"):
        item = actions.create(
            session, incident, filled.text("title"), by=filled.person, now=filled.now, **given
        )
    return Reply(
        f"{item.ref} is written down in {incident.ref}: {words.title(item.title)}{_due(item)}.{doubt(item)}"
    )


def shown(session: Session, item: ActionItem, ask: Ask) -> list[Block]:
    """One item with what can be done about it."""
    owner = words.escape(people.get(session, item.owner_id).name) if item.owner_id else "nobody"
    state = item.status.replace("_", " ")
    incident = incidents.get(session, item.incident_id)
    about = f"{incident.ref}{words.sample(incident)} · {owner} · {state}{_late(item, ask.now.date())}"
    links = [one for one in trackers.links_of(session, item.id) if one.address and not one.gone_at]
    tracked = "".join(f" · {words.link(one.address, one.said)}" for one in links)
    ref = words.link(ask.url(f"actions/{item.ref}"), item.ref) if ask.public_url else item.ref
    more = f"{_moved(item)}{_again(session, item, ask)}{tracked}{_waits(item)}"
    return [
        section(f"*{ref}* {words.title(item.title)}\n{about}{more}"),
        *row(_buttons(item, ask), id=f"action/{item.ref}"),
    ]


def _buttons(item: ActionItem, ask: Ask) -> list[Block]:
    if item.status == ItemStatus.DONE:
        if ask.person.id in (item.owner_id, item.done_by):
            return []
        return [drawn("It holds", "action.verify", item.ref), drawn("It does not", "action.reopen", item.ref)]
    if item.status not in STILL_DUE:
        return []
    can_begin = item.status in (ItemStatus.OPEN, ItemStatus.BLOCKED)
    begin = [drawn("In progress", "action.start", item.ref)] if can_begin else []
    return [drawn("Done", "action.done", item.ref), *begin, menu(item)]


def _again(session: Session, item: ActionItem, ask: Ask) -> str:
    """It would have prevented what happened again."""
    found = recurrences.again(session, [item], as_=ask.person).get(item.id, ())
    return f" · *recurred* in {', '.join(found)}" if found else ""


def _moved(item: ActionItem) -> str:
    times = "once" if item.moved == 1 else plural(item.moved, "time")
    return f" · moved {times}" if item.moved and item.status in STILL_DUE else ""


def _waits(item: ActionItem) -> str:
    return f"\nWaits for: {words.title(item.blocked_reason)}" if item.blocked_reason else ""


def _due(item: ActionItem) -> str:
    return f", due {item.due:%Y-%m-%d}" if item.due else ""


def _late(item: ActionItem, today: date) -> str:
    """The day, and how far it is from here."""
    if item.due is None or item.status not in STILL_DUE:
        return ""
    if item.due < today:
        return f" · *{plural((today - item.due).days, 'day')} late*"
    if item.due == today:
        return " · due today"
    return " · due tomorrow" if item.due == today + timedelta(days=1) else _due(item).replace(",", " ·")
