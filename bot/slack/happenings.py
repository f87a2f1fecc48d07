"""What Slack's Events API tells us, and what we do about it. Here each is opened from the inbox, in order."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.inbox import Letter
from bot.slack import model
from bot.slack.members import introduce, introduction
from bot.slack.words import at_of, typed

log = logging.getLogger(__name__)
Told = Mapping[str, Any]
PIN = "pushpin"
GONE = {
    "channel_archive": "it was archived",
    "group_archive": "it was archived",
    "channel_deleted": "it was deleted",
    "group_deleted": "it was deleted",
}
BACK = ("channel_unarchive", "group_unarchive")


def concerns_us(told: Told) -> bool:
    """Only what we act on is kept: a busy workspace says much that is not ours."""
    kind = told.get("type")
    if kind in ("reaction_added", "reaction_removed"):
        return told.get("reaction", "").partition("::")[0] == PIN and "ts" in told.get("item", {})
    if kind == "message":
        return told.get("subtype") == "message_deleted" or _has_new_words(told)
    return kind in OPENERS


def _has_new_words(told: Told) -> bool:
    """An unfurled link arrives as an edit, too; and our own messages are edited all the time."""
    if told.get("subtype") != "message_changed":
        return False
    new, old = told.get("message", {}), told.get("previous_message", {})
    return "bot_id" not in new and new.get("text") != old.get("text")


def open_letters(session: Session, letters: Sequence[Letter]) -> None:
    """Do what each delivery asks for."""
    for letter in letters:
        body = json.loads(letter.body)
        told = body["event"]
        if opener := OPENERS.get(told["type"]):
            _open(session, opener, told | {"us": us_in(body)}, letter.received_at)


def _open(session: Session, opener: "Opener", told: Told, now: datetime) -> None:
    """Who may not do it here has done it in Slack nevertheless; nobody waits for an answer."""
    try:
        with session.begin_nested():
            opener(session, told, now)
    except Refused as refusal:
        log.info("What Slack told of %s changes nothing here: %s", told["type"], refusal)


def us_in(body: Told) -> str:
    """Our own user id, which comes with each delivery."""
    return next((str(one.get("user_id") or "") for one in body.get("authorizations") or ()), "")


def _marked(session: Session, told: Told, now: datetime) -> None:
    person, item = people.of_slack(session, told["user"]), told["item"]
    place, when = f"{item['channel']}/{item['ts']}", at_of(told["event_ts"])
    owner, incident = _owner_of(session, item["channel"]), _incident_in(session, item["channel"])
    if owner and owner is incident and people.sees_only_own(person, private=owner.private):
        incidents.let_in(session, owner, person, by=person, now=now, late=True)  # they are in its channel
    if told["type"] == "reaction_removed":
        incidents.unmark_message(session, place, by=person, now=now, marked_at=when, incident=incident)
    elif incident:
        incidents.mark_message(session, incident, place, by=person, now=now, marked_at=when)


def _message(session: Session, told: Told, now: datetime) -> None:
    if told["subtype"] == "message_deleted":
        author = told.get("previous_message", {}).get("user", "")
        place = f"{told['channel']}/{told['deleted_ts']}"
        incidents.delete_message(session, place, by=_author(session, author), now=now)
    else:
        message = told["message"]
        place, text = f"{told['channel']}/{message['ts']}", typed(session, message.get("text", ""))
        by, when = _author(session, message.get("user", "")), at_of(told["event_ts"])
        incidents.edit_message(session, place, text, by=by, now=now, edited_at=when)


def _author(session: Session, slack_id: str) -> Person:
    return people.of_slack(session, slack_id) if slack_id else people.closeout(session)


def _joined(session: Session, told: Told, now: datetime) -> None:
    here, incident = _owner_of(session, told["channel"]), _incident_in(session, told["channel"])
    if here is None or incident is None:
        return
    if told["user"] == told["us"]:
        model.found_again(session, here.id)
        return
    if incident.private and not here.private:
        return  # anyone may join a public channel; it was merged into what only those invited may see
    person = people.of_slack(session, told["user"])
    inviter = told.get("inviter", "")
    host = person if inviter in ("", told["us"]) else people.of_slack(session, inviter)
    by = host if incidents.visible(session, incident, host) else person
    incidents.let_in(session, incident, person, by=by, now=now, late=True)


def _left(session: Session, told: Told, now: datetime) -> None:
    """Who leaves a private channel no longer sees the incident; a public one stays theirs."""
    incident = _owner_of(session, told["channel"])
    if incident is None:
        return
    if told["user"] == told["us"]:
        model.lost(session, incident.id, "we were removed from it", now=now)
    elif incident.private:
        person = people.of_slack(session, told["user"])
        by = person if person.is_active else people.closeout(session)
        incidents.leave(session, incident, person, by=by, now=now)


def _channel(session: Session, told: Told, now: datetime) -> None:
    channel = told["channel"]
    id, name = (channel["id"], channel.get("name")) if isinstance(channel, dict) else (channel, None)
    incident_id = model.incident_in(session, id)
    if incident_id is None:
        return
    if told["type"] in GONE:
        model.lost(session, incident_id, GONE[told["type"]], now=now)
    elif told["type"] in BACK:
        model.found_again(session, incident_id)
    elif name:
        model.remember(session, incident_id, channel_name=name)


def _newcomer(session: Session, told: Told, now: datetime) -> None:
    if not told["user"].get("is_bot"):
        introduce(session, [introduction(told["user"])], now=now)


def _owner_of(session: Session, channel: str) -> Incident | None:
    """The incident for which the channel was opened."""
    id = model.incident_in(session, channel)
    return incidents.get(session, id) if id is not None else None


def _incident_in(session: Session, channel: str) -> Incident | None:
    """Where the work goes on for this channel, also after a merge."""
    owner = _owner_of(session, channel)
    return incidents.final(session, owner) if owner else None


Opener = Callable[[Session, Told, datetime], None]
OPENERS: dict[str, Opener] = {
    "reaction_added": _marked,
    "reaction_removed": _marked,
    "message": _message,
    "member_joined_channel": _joined,
    "member_left_channel": _left,
    "channel_archive": _channel,
    "channel_unarchive": _channel,
    "channel_deleted": _channel,
    "channel_rename": _channel,
    "group_archive": _channel,
    "group_unarchive": _channel,
    "group_deleted": _channel,
    "group_rename": _channel,
    "team_join": _newcomer,
}
AT_ONCE = ("app_home_opened",)  # drawn anew whenever it is opened, so that nothing need be kept
EVENTS = (*(kind for kind in OPENERS if kind != "message"), "message.channels", "message.groups", *AT_ONCE)
