"""Action items: written down while it burns, followed until they are done and verified."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from bot.domain import actions, incidents, people
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
from bot.slack.forms import Choice, Day, Field, Filled, Form, Line, Pick, Someone, View

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
        Line("title", "Title", initial=cut(title, TITLE_MAX), required=True, most=TITLE_MAX),
        Someone("owner", "Owner", hint="Yourself, if you choose nobody"),
        Day("due", "Due", hint=_policy(session, incident)),
        Choice("kind", "Kind", initial=Kind.MITIGATE, picks=_picks(Kind)),
        Choice("priority", "Priority", initial=Priority.MEDIUM, picks=_picks(Priority)),
    ]
    return FORM.view(fields, meta={"incident": incident.id if incident else None, "permalink": permalink})


def _picks(words: type[StrEnum]) -> list[Pick]:
    return [(word.value, word.value.capitalize(), "") for word in words]


def _policy(session: Session, incident: Incident | None) -> str:
    due = company_of(session).severity_or_assumed(incident.severity).actions_due if incident else None
    return f"Within {due} if you choose no day" if due else "By the severity's policy, if you choose no day"


@FORM.filled
def create(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    owner = filled.someone(session, "owner") or filled.person
    given: dict[str, Any] = {name: filled.text(name) for name in ("kind", "priority") if filled.text(name)}
    given |= {"owner": owner, "due": filled.day("due"), "permalink": filled.meta.get("permalink", "")}
    if given["due"]:
        with filled.beside("due"):
            actions.rules.check_due(given["due"], filled.now.date())
    with filled.beside("title"):
        item = actions.create(
            session, incident, filled.text("title"), by=filled.person, now=filled.now, **given
        )
    return Reply(f"{item.ref} is written down in {incident.ref}: {words.title(item.title)}{_due(item)}.")


def shown(session: Session, item: ActionItem, ask: Ask) -> list[Block]:
    """One item with what can be done about it."""
    owner = words.escape(people.get(session, item.owner_id).name) if item.owner_id else "nobody"
    state = item.status.replace("_", " ")
    incident = incidents.get(session, item.incident_id)
    about = f"{incident.ref}{words.sample(incident)} · {owner} · {state}{_late(item, ask.now.date())}"
    return [
        section(f"*{item.ref}* {words.title(item.title)}\n{about}"),
        *row(_buttons(item, ask), id=f"action/{item.ref}"),
    ]


def _buttons(item: ActionItem, ask: Ask) -> list[Block]:
    if item.status == ItemStatus.DONE:
        if ask.person.id in (item.owner_id, item.done_by):
            return []
        return [drawn("It holds", "action.verify", item.ref), drawn("It does not", "action.reopen", item.ref)]
    if item.status not in STILL_DUE:
        return []
    begin = [drawn("In progress", "action.start", item.ref)] if item.status == ItemStatus.OPEN else []
    return [drawn("Done", "action.done", item.ref), *begin, drawn("Decline", "action.decline", item.ref)]


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
