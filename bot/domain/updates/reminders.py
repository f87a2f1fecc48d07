"""A promise to customers runs out, or a text for them waits: who is told, and who after them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import Nudge, reminder
from bot.domain.people import get as person
from bot.domain.updates import approving, queries, rules, seats
from bot.domain.updates.model import UpdateDraft
from bot.lib.spans import parse_span
from bot.lib.words import duration

AHEAD, WORTH_IT = timedelta(minutes=5), timedelta(minutes=15)
COMMANDER = incidents.rules.COMMANDER


@reminder
def customer_update_due(session: Session, now: datetime) -> Iterator[Nudge]:
    """Said in the channel and to whoever talks to customers, again and again while it is live.

    Afterwards once, to that person alone; whom it must not wake now, hears it in the channel. Up the ladder
    of `escalate_after` each hears it once for each promise.
    """
    for incident, promised in queries.late(session, now):
        yield from _nudges(session, incident, promised, now)
        yield from _rungs(session, incident, promised, now)


def _nudges(session: Session, incident: Incident, promised: datetime, now: datetime) -> Iterator[Nudge]:
    severity = company_of(session).severity_or_assumed(incident.severity)
    again = rules.nag(severity, promised, now) if incident.is_live else 0
    text = _text(session, incident, promised, now)
    yield from _said(session, incident, f"{_key(incident, promised)}/{again}", text)


def _rungs(session: Session, incident: Incident, promised: datetime, now: datetime) -> Iterator[Nudge]:
    """Each rung once; whoever the rung below it reached already is not told again."""
    if not (incident.is_live or queries.owed(session, incident)):
        return
    told = {_speaker(session, incident)}
    for said in company_of(session).updates.escalate_after:
        span, _, rung = said.partition(":")
        who = seats.asked(session, incident, rung)
        if now - promised < parse_span(span).rough or who is None or who in told:
            continue
        told.add(who)
        text = _text(session, incident, promised, now)
        yield Nudge(key=f"{_key(incident, promised)}/{rung}", incident_id=incident.id, text=text, to=who)


@reminder
def customer_update_soon(session: Session, now: datetime) -> Iterator[Nudge]:
    """To whoever talks to customers, alone: early enough to write it, where there was time to forget it."""
    for incident, promised in queries.waiting(session):
        who, last = _speaker(session, incident), queries.last(session, incident)
        had = promised - last.at if last else timedelta()
        if who and timedelta() < promised - now <= AHEAD and had >= WORTH_IT:
            text = f"{incident.ref}: customers expect a word by {promised:%H:%M} UTC: `/incident update`"
            key = f"update-soon/{incident.id}/{promised:%Y%m%dT%H%M%S}"
            yield Nudge(key=key, incident_id=incident.id, text=text, to=who)


@reminder
def customer_update_owed(session: Session, now: datetime) -> Iterator[Nudge]:
    """It grew worse, is over or came back, and customers who were told do not know. Said at once."""
    for incident, promised in queries.waiting(session):
        if owing := queries.owed(session, incident):
            key = f"update-owed/{incident.id}/{owing.event}"
            by = f" by {promised:%H:%M} UTC" if promised > now else " now"
            text = f"{incident.ref}: {owing.sentence} Tell them{by}: `/incident update`"
            yield from _said(session, incident, key, text)


@reminder
def approval_waits(session: Session, now: datetime) -> Iterator[Nudge]:
    """A text that waits too long for its yes: the commander is asked, then the manager, then the channel."""
    within = max(parse_span(company_of(session).updates.approve_within).rough, rules.SOONEST)
    for draft in approving.waiting(session):
        turn = (now - draft.at) // within
        incident = incidents.get(session, draft.incident_id)
        if turn >= 1 and incident.is_live:
            yield from _asks(session, incident, draft, turn, now)


def _asks(
    session: Session, incident: Incident, draft: UpdateDraft, turn: int, now: datetime
) -> Iterator[Nudge]:
    who_wrote, length = person(session, draft.by).name, duration(now - draft.at)
    text = (
        f"{incident.ref}: a customer update by {who_wrote} waits {length} for a yes. "
        "Approve, change or discard it: `/incident update approve`"
    )
    key = f"update-approval/{draft.id}"
    for step, rung in enumerate((COMMANDER, seats.MANAGER), start=1):
        who = seats.asked(session, incident, rung, but=draft.by) if turn >= step else None
        if who is not None:
            yield Nudge(key=f"{key}/{rung}", incident_id=incident.id, text=text, to=who)
    yield Nudge(key=f"{key}/{turn}", incident_id=incident.id, text=text)


def _said(session: Session, incident: Incident, key: str, text: str) -> Iterator[Nudge]:
    who = _speaker(session, incident)
    if incident.is_live or not who:
        yield Nudge(key=key, incident_id=incident.id, text=text)
    if who:
        yield Nudge(key=f"{key}/to", incident_id=incident.id, text=text, to=who)


def _speaker(session: Session, incident: Incident) -> int | None:
    """Whoever talks to customers; without one the commander."""
    taken = incidents.seats(session, incident)
    return taken.get(seats.COMMS) or taken.get(COMMANDER)


def _key(incident: Incident, promised: datetime) -> str:
    return f"update-due/{incident.id}/{promised:%Y%m%dT%H%M%S}"


def _text(session: Session, incident: Incident, promised: datetime, now: datetime) -> str:
    if approving.waiting(session, incident):
        return f"{incident.ref}: {_late(promised, now)} A text waits for a yes: `/incident update approve`"
    return f"{incident.ref}: {_late(promised, now)} Tell them: `/incident update`"


def _late(promised: datetime, now: datetime) -> str:
    word = f"customers were promised a word by {promised:%H:%M} UTC"
    return f"{word}." if (now - promised).total_seconds() < 60 else f"{word}, {duration(now - promised)} ago."
