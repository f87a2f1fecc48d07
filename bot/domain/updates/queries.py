"""Questions about what customers were told, and what they were promised."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from bot.domain import components, incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Status
from bot.domain.incidents.facts import (
    Cancelled,
    Closed,
    Merged,
    Reopened,
    SeverityChanged,
    StatusChanged,
)
from bot.domain.incidents.model import WORKING
from bot.domain.updates import rules
from bot.domain.updates.facts import UpdatePublished
from bot.domain.updates.model import Audience, Phase, Update
from bot.lib.facts import Event
from bot.lib.spans import parse_span

TURNS = (UpdatePublished.__name__, StatusChanged.__name__, SeverityChanged.__name__, Reopened.__name__)
ENDINGS = (Cancelled.__name__, Closed.__name__, Merged.__name__)


class Owing(NamedTuple):
    """A word that customers must hear because of what happened after the last one."""

    since: datetime
    why: str  # "it is resolved"; behind "INC-7: "
    event: int  # the fact that made it so

    @property
    def sentence(self) -> str:
        return f"{self.why[:1].upper()}{self.why[1:]}, and customers do not know it yet."


def of(session: Session, incident: Incident) -> list[Update]:
    """All that was told, the oldest first."""
    asked = select(Update).where(Update.incident_id == incident.id).order_by(col(Update.at), col(Update.id))
    return list(session.exec(asked))


def last(session: Session, incident: Incident) -> Update | None:
    """The newest word to customers. A correction of an older one has the phase that holds by then."""
    newest = select(Update).where(Update.incident_id == incident.id, Update.audience != Audience.INSIDE)
    return session.exec(newest.order_by(col(Update.at).desc(), col(Update.id).desc()).limit(1)).first()


def told_resolved(session: Session, incident: Incident) -> bool:
    """Do customers know that it is over? What they heard before it was reopened does not count."""
    newest = last(session, incident)
    return (
        newest is not None and newest.phase == Phase.RESOLVED and newest.at >= _reopened_at(session, incident)
    )


def promised_by(session: Session, incident: Incident) -> datetime | None:
    """Until when customers must hear again; None where nothing is promised, or nothing any more.

    What was promised, and what is owed because of what happened since: whichever comes first.
    """
    if incident.is_over or told_resolved(session, incident):
        return None
    moments = _promised(session, incident), _owed_by(session, incident)
    return min(filter(None, moments), default=None)


def _promised(session: Session, incident: Incident) -> datetime | None:
    newest = last(session, incident)
    if newest is not None and newest.next_update_by and newest.at >= _reopened_at(session, incident):
        return newest.next_update_by
    if incident.private:
        return None  # nobody outside waits, unless somebody said so
    if newest is not None and newest.at >= _reopened_at(session, incident):
        return None  # it was told, and the policy promises no more
    severity = company_of(session).severity_or_assumed(incident.severity)
    return rules.first_due(severity, _started(session, incident))


def _owed_by(session: Session, incident: Incident) -> datetime | None:
    owing = owed(session, incident)
    return owing.since + within(session, incident) if owing else None


def within(session: Session, incident: Incident) -> timedelta:
    """How soon customers hear of what changed: as soon as they would hear first."""
    company = company_of(session)
    severity = company.severity_or_assumed(incident.severity)
    return parse_span(severity.first_update or company.updates.owed_within).rough


def owed(session: Session, incident: Incident) -> Owing | None:
    """What customers, who were told something, must hear now: it grew worse, it is over, it came back."""
    if incident.private or incident.is_over or last(session, incident) is None:
        return None
    found: Owing | None = None
    phase: Phase | None = None
    asked = select(Event).where(Event.incident_id == incident.id, col(Event.kind).in_(TURNS))
    for event in session.exec(asked.order_by(col(Event.id))):
        fact = event.fact
        if isinstance(fact, UpdatePublished):
            if fact.audience is not Audience.INSIDE:
                phase = fact.phase
                found = found if fact.correction_of else None
        elif phase is not None and (why := _news(session, fact, phase)):
            found = Owing(event.at, why, event.id)
    return found


def _news(session: Session, fact: object, phase: Phase) -> str:
    """Why this deserves a word to those who were told something before; empty where it does not."""
    company = company_of(session)
    match fact:
        case StatusChanged(new=Status.RESOLVED) if phase is not Phase.RESOLVED:
            return "it is resolved"
        case SeverityChanged() if company.rank(fact.new) < company.rank(fact.old):
            return f"it is now {fact.new}"
        case Reopened():
            return "it is open again"
    return ""


def late(session: Session, now: datetime) -> list[tuple[Incident, datetime]]:
    """Incidents whose customers wait for a word, and until when it was promised."""
    return [(incident, by) for incident, by in waiting(session) if now >= by]


def waiting(session: Session) -> Iterator[tuple[Incident, datetime]]:
    """Incidents whose customers are promised a word, and by when."""
    for incident in session.exec(select(Incident).where(col(Incident.status).in_(WORKING))).all():
        if (by := promised_by(session, incident)) is not None:
            yield incident, by


def picture(session: Session, incident: Incident) -> dict[str, str]:
    """How the incident's components do, as customers know it, and with what was merged into it."""
    newest = last(session, incident)
    held = components.held(session, incident_id=incident.id)
    return {**(newest.components if newest else {}), **{key: state.value for key, state in held.items()}}


def proposed_states(session: Session, incident: Incident, phase: Phase) -> dict[str, str]:
    """The states that the next update would say, where its author says none."""
    company = company_of(session)
    touched = components.of_services(company, incidents.services_of(session, incident))
    keys = [one.key for one in touched]
    found = rules.proposed(phase, picture(session, incident), keys, company.rank(incident.severity))
    return {key: state.value for key, state in found.items()}


def published(session: Session, limit: int = 20) -> list[tuple[Incident, list[Update]]]:
    """What the public may read: incidents with the newest word first, and of each the newest update first.

    Sample incidents never happened: only the practice workspace, which has no public, shows them.
    """
    newest = func.max(Update.at).label("newest")
    asked = (
        select(Update.incident_id, newest)
        .join(Incident, col(Incident.id) == col(Update.incident_id))
        .where(col(Update.public), col(Incident.private).is_(False), col(Incident.drill).is_(False))
        .group_by(col(Update.incident_id))
        .order_by(newest.desc())
        .limit(limit)
    )
    if not session.info.get("practice"):
        asked = asked.where(col(Incident.sample).is_(False))
    ids = [id for id, _ in session.exec(asked)]
    told = {id: _public_of(session, id) for id in ids}
    return [(incident, told[id]) for id in ids if (incident := session.get(Incident, id))]


def _public_of(session: Session, incident_id: int) -> list[Update]:
    asked = select(Update).where(Update.incident_id == incident_id, col(Update.public))
    return list(session.exec(asked.order_by(col(Update.at).desc(), col(Update.id).desc())))


def _reopened_at(session: Session, incident: Incident) -> datetime:
    """The start of the present stretch of work."""
    return max([incident.declared_at, *reopenings(session, incident)])


def reopenings(session: Session, incident: Incident) -> list[datetime]:
    return [event.at for event in _events(session, incident, Reopened.__name__)]


def endings(session: Session, incident: Incident) -> list[datetime]:
    """When nothing more was owed: it was cancelled, merged or closed."""
    return [event.at for event in _events(session, incident, *ENDINGS)]


def is_silent(session: Session, incident: Incident) -> bool:
    """Have customers heard nothing since it was declared, or opened again?"""
    newest = last(session, incident)
    return newest is None or newest.at < _reopened_at(session, incident)


def waited_from(session: Session, incident: Incident, until: datetime) -> datetime:
    """From when customers waited for the first word, which came at `until`."""
    return max(
        at for at in _waits(session, incident, incident.declared_at) if at <= max(until, incident.declared_at)
    )


def _started(session: Session, incident: Incident) -> datetime:
    """From when customers wait now: since it was declared, or opened again."""
    return max(_waits(session, incident, _reopened_at(session, incident)))


def _waits(session: Session, incident: Incident, start: datetime) -> Iterator[datetime]:
    """Nobody waits before the severity was one that promises them a word."""
    yield start
    company = company_of(session)
    for event in _events(session, incident, SeverityChanged.__name__):
        fact = event.fact
        assert isinstance(fact, SeverityChanged)
        if company.severity_or_assumed(fact.old).first_update is None:
            yield event.at


def _events(session: Session, incident: Incident, *kinds: str) -> list[Event]:
    asked = select(Event).where(Event.incident_id == incident.id, col(Event.kind).in_(kinds))
    return list(session.exec(asked.order_by(col(Event.id))))
