"""The timeline: every fact that deserves it, as it reads now, with the trace of its corrections."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from bot.domain.incidents import rules
from bot.domain.incidents.facts import (
    EntryCorrected,
    MessageAdded,
    MessageEdited,
    MessageMarked,
    MessageRemoved,
    NoteAdded,
)
from bot.domain.incidents.model import Incident, MarkedMessage
from bot.domain.incidents.queries import hold
from bot.domain.people import Person
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.facts import Event, Fact, line_up, record

CHANGES = (EntryCorrected, MessageEdited, MessageRemoved)  # not shown, but what is shown changes by them


@dataclass(frozen=True)
class Entry:
    """One line. `text` holds people as @{p:ID}; `trace` says what it was before, oldest first."""

    id: int
    at: datetime
    kind: str
    by: int
    text: str
    permalink: str = ""
    images: tuple[str, ...] = ()
    author_name: str = ""
    trace: tuple[str, ...] = ()
    deleted: bool = False


class NoSuchEntry(Refused):
    """The timeline has no such entry. Its numbers stand in /incident timeline."""


def timeline(session: Session, incident: Incident) -> list[Entry]:
    """All entries in the order in which things happened, however late they were told."""
    entries: dict[int, Entry] = {}
    places: dict[str, int] = {}
    for told in _told(session, incident):
        _fold(entries, places, told)
    return sorted(entries.values(), key=lambda entry: (entry.at, entry.id))


class _Told(NamedTuple):
    """An event without the weight of a row that can be changed: a timeline may have thousands."""

    id: int
    at: datetime
    kind: str
    by: int
    fact: Fact


def _told(session: Session, incident: Incident) -> Iterator[_Told]:
    kinds = [kind for kind, fact in Fact.kinds.items() if fact.shown or fact in CHANGES]
    asked = select(Event.id, Event.at, Event.kind, Event.by, Event.data)  # type: ignore[call-overload]
    asked = asked.where(Event.incident_id == incident.id, col(Event.kind).in_(kinds)).order_by(col(Event.id))
    for id, at, kind, by, data in session.execute(asked):
        fact = Fact.kinds[kind].model_validate(data)
        yield _Told(id, fact.happened_at or at, kind, by, fact)


def _fold(entries: dict[int, Entry], places: dict[str, int], event: _Told) -> None:
    fact = event.fact
    match fact:
        case EntryCorrected() if fact.entry in entries:
            entries[fact.entry] = _correct(entries[fact.entry], fact, event)
        case MessageEdited() if (id := places.get(fact.place)) in entries:
            entries[id] = _reword(entries[id], fact.text, "edited by its author")
        case MessageRemoved() if (id := places.get(fact.place)) in entries:
            if fact.deleted:
                entries[id] = replace(entries[id], deleted=True)
            else:
                del entries[id]
        case MessageAdded():
            places[fact.place] = event.id
            entries[event.id] = _message(event, fact)
        case _ if fact.shown:
            entries[event.id] = Entry(event.id, event.at, event.kind, event.by, str(fact))


def _message(event: _Told, fact: MessageAdded) -> Entry:
    return Entry(
        id=event.id,
        at=event.at,
        kind=event.kind,
        by=fact.author or event.by,
        text=str(fact),
        permalink=fact.permalink,
        images=fact.images,
        author_name=fact.author_name,
    )


def _correct(entry: Entry, fact: EntryCorrected, event: _Told) -> Entry:
    why = f" ({fact.why})" if fact.why else ""
    if fact.text is not None:
        entry = _reword(entry, fact.text, f"corrected by @{{p:{event.by}}}{why}")
    if fact.at is not None:
        trace = f"was at {entry.at:%Y-%m-%d %H:%M} UTC, corrected by @{{p:{event.by}}}{why}"
        entry = replace(entry, at=fact.at, trace=(*entry.trace, trace))
    return entry


def _reword(entry: Entry, text: str, how: str) -> Entry:
    if text == entry.text:
        return entry
    return replace(entry, text=text, trace=(*entry.trace, f"was {entry.text!r}, {how}"))


def note(
    session: Session, incident: Incident, text: str, *, by: Person, now: datetime, at: datetime | None = None
) -> Event:
    """Put a sentence on the timeline, also afterwards, at the moment it is about."""
    hold(session, incident)
    rules.check_moment("A note", at, now)
    said = rules.text(text, "note")
    return record(session, NoteAdded(incident_id=incident.id, by=by.id, text=said, happened_at=at), at=now)


def correct(
    session: Session,
    incident: Incident,
    entry_id: int,
    *,
    by: Person,
    now: datetime,
    text: str | None = None,
    at: datetime | None = None,
    why: str = "",
) -> Event:
    """Say what an entry should have said. The old words stay in its trace."""
    hold(session, incident)
    event = db.row(session, Event, entry_id)
    if event is None or event.incident_id != incident.id or not event.fact.shown:
        raise NoSuchEntry
    rules.check_moment("An entry", at, now)
    if text is None and at is None:
        raise rules.Missing("Say what the entry should say, or when it was. Nothing was changed.")
    said = rules.text(text, "correction") if text is not None else None
    fact = EntryCorrected(
        incident_id=incident.id, by=by.id, entry=entry_id, text=said, at=at, why=why.strip()
    )
    return record(session, fact, at=now)


def mark_message(
    session: Session, incident: Incident, place: str, *, by: Person, now: datetime, marked_at: datetime
) -> bool:
    """Someone wants this message on the timeline. Late and repeated deliveries change nothing."""
    row = _place(session, incident, place, marked_at)
    was_on = row.is_on
    if not _hold_mark(row, by, marked_at, is_on=True):
        return False
    session.add(row)
    session.flush()
    if not was_on:
        record(session, MessageMarked(incident_id=incident.id, by=by.id, place=place), at=now)
    return not was_on


def unmark_message(
    session: Session,
    place: str,
    *,
    by: Person,
    now: datetime,
    marked_at: datetime,
    incident: Incident | None = None,
) -> bool:
    """The mark is taken away; with the last one the message leaves the timeline.

    With the incident it is remembered even where the mark itself is still on its way.
    """
    row = _place(session, incident, place, marked_at) if incident else _marked(session, place)
    if row is None:
        return False
    was_on = row.is_on
    if not _hold_mark(row, by, marked_at, is_on=False):
        return False
    if not row.is_on:
        row.text = None  # marked again, its words are fetched again
    session.add(row)
    session.flush()
    if was_on and not row.is_on:
        record(session, MessageRemoved(incident_id=row.incident_id, by=by.id, place=place), at=now)
    return was_on and not row.is_on


def _place(session: Session, incident: Incident, place: str, at: datetime) -> MarkedMessage:
    hold(session, incident)
    found = _marked(session, place)
    return found or MarkedMessage(place=place, incident_id=incident.id, marked_at=at, is_on=False)


def _hold_mark(row: MarkedMessage, person: Person, at: datetime, *, is_on: bool) -> bool:
    """What each person did last counts. False where we know of something newer, or of this already."""
    marks: dict[str, list[str]] = json.loads(row.holders or "{}")
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    if (known := marks.get(str(person.id))) and known[0] >= moment:
        return False
    marks[str(person.id)] = [moment, "on" if is_on else "off"]
    row.holders = json.dumps(marks)
    row.marked_at = max(row.marked_at, at)
    row.is_on = any(state == "on" for _, state in marks.values())
    return True


def add_message(session: Session, fact: MessageAdded, *, now: datetime) -> bool:
    """The words of a marked message have arrived. Not added twice, nor after the mark was taken away."""
    row = _marked(session, fact.place)
    if row is None or not row.is_on or row.text is not None:
        return False
    row.text = fact.text
    session.add(row)
    record(session, fact, at=now)
    return True


def has_words(session: Session, place: str) -> bool:
    """Is it known already what the marked message says?"""
    row = session.get(MarkedMessage, place)
    return row is not None and row.text is not None


def edit_message(
    session: Session, place: str, text: str, *, by: Person, now: datetime, edited_at: datetime | None = None
) -> bool:
    """The author changed it. An unfurled link is no change of words, and an older edit is none any more."""
    row = _marked(session, place)
    at = edited_at or now
    if row is None or row.text is None or (row.edited_at and at < row.edited_at):
        return False
    was, row.text, row.edited_at = row.text, text, at
    session.add(row)
    if was != text:
        record(session, MessageEdited(incident_id=row.incident_id, by=by.id, place=place, text=text), at=now)
    return was != text


def delete_message(session: Session, place: str, *, by: Person, now: datetime) -> bool:
    """It was deleted where it stood; the timeline keeps its words, and says so."""
    row = _marked(session, place)
    if row is None or not row.is_on:
        return False
    row.is_on = False
    session.add(row)
    fact = MessageRemoved(incident_id=row.incident_id, by=by.id, place=place, deleted=True)
    record(session, fact, at=now)
    return True


def _marked(session: Session, place: str) -> MarkedMessage | None:
    """The row as it is now: who reads it has lined up before."""
    row = session.get(MarkedMessage, place)
    if row is not None:
        line_up(session, row.incident_id)
        session.refresh(row)
    return row
