"""Shortcuts: declare from anywhere, and take a message along."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.incidents.facts import MessageAdded
from bot.domain.people import Person
from bot.lib.words import cut
from bot.slack.commands import Ask, Reply, new
from bot.slack.commands import action as actions_said
from bot.slack.forms import Choice, Filled, Form, Wrong
from bot.slack.words import at_of, plain, typed

TIMELINE = Form("timeline.add", "Add to timeline", submit="Add")
NONE_LIVE = "No incident is live, so there is no timeline. Declare one: `/incident new sev2 What is wrong`"
Message = Mapping[str, Any]
ADDRESS = re.compile(r"[^a-z0-9-]")


def declare(session: Session, ask: Ask, message: Message) -> Reply:
    """The global shortcut: the form in which nothing is required."""
    return Reply(view=new.form(company_of(session)), instead=new.CLOSED)


def add_to_timeline(session: Session, ask: Ask, message: Message) -> Reply:
    """In an incident's channel at once; elsewhere it must be said to which."""
    if incident := ask.incident_here(session):
        _mark(session, incident, ask.channel, message["ts"], ask.person, ask.now)
        return Reply(f"Added to the timeline of {incident.ref}.")
    choice = which(session, ask)
    kept = {"channel": ask.channel, "ts": message["ts"], "user": message.get("user", "")}
    text = cut(typed(session, message.get("text", "")), 1500)
    meta = kept | {"text": text, "domain": message.get("domain", "")}
    return Reply(
        view=TIMELINE.view([choice], meta=meta), instead="The form could not be opened in time. Once more."
    )


@TIMELINE.filled
def add_elsewhere(session: Session, filled: Filled) -> Reply:
    """We may not be in that channel, so the words come with the form and not from Slack."""
    incident, kept = filled.incident(session), filled.meta
    _mark(session, incident, kept["channel"], kept["ts"], filled.person, filled.now)
    author = people.of_slack(session, kept["user"]) if kept["user"] else None
    fact = MessageAdded(
        incident_id=incident.id,
        by=filled.person.id,
        happened_at=at_of(kept["ts"]),
        place=f"{kept['channel']}/{kept['ts']}",
        author=author.id if author else None,
        author_name=author.name if author else "someone",
        text=kept["text"],
        permalink=permalink(kept["domain"], kept["channel"], kept["ts"]),
    )
    incidents.add_message(session, fact, now=filled.now)
    return Reply(f"Added to the timeline of {incident.ref}.")


def create_action(session: Session, ask: Ask, message: Message) -> Reply:
    """The message becomes the title."""
    title = plain(session, typed(session, message.get("text", "")))
    incident = ask.incident_here(session)
    choice = None if incident else which(session, ask)
    link = permalink(message.get("domain", ""), ask.channel, message["ts"])
    words = " ".join(title.split())
    view = actions_said.form(session, incident, title=words, choice=choice, permalink=link)
    return Reply(view=view, instead=actions_said.CLOSED)


def permalink(domain: str, channel: str, ts: str) -> str:
    """A message's address, as Slack forms it; nobody need be asked."""
    home = ADDRESS.sub("", domain)
    return f"https://{home}.slack.com/archives/{channel}/p{ts.replace('.', '')}" if home else ""


def which(session: Session, ask: Ask) -> Choice:
    """A menu of the live incidents that this person may see, the newest first."""
    live = incidents.live(session, as_=ask.person)[:100]
    if not live:
        raise Wrong("incident", NONE_LIVE)
    picks = [(one.ref, f"{one.ref} {one.title}", "") for one in live]
    return Choice("incident", "Incident", initial=picks[0][0], picks=picks, required=True)


def _mark(session: Session, incident: Incident, channel: str, ts: str, by: Person, now: datetime) -> None:
    place = f"{channel}/{ts}"
    into = incidents.final(session, incident)
    incidents.mark_message(session, into, place, by=by, now=now, marked_at=now)


SHORTCUTS: dict[str, Callable[[Session, Ask, Message], Reply]] = {
    "declare": declare,
    "add_to_timeline": add_to_timeline,
    "create_action": create_action,
}
