"""Telling customers."""

from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.updates import rules
from bot.domain.updates.facts import UpdatePublished
from bot.domain.updates.model import Audience, Phase, Update
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.facts import record


class NoSuchUpdate(Refused):
    """This incident has no such update to correct. Nothing was published."""


def publish(
    session: Session,
    incident: Incident,
    message: str,
    *,
    by: Person,
    now: datetime,
    phase: str | None = None,
    next_in: str | None = None,
    correction_of: int | None = None,
) -> Update:
    """Tell customers, and promise when they hear again. The incident's status stays as it is."""
    incidents.hold(session, incident)
    incidents.rules.check_live(incident)
    said = Phase.parse(phase or incident.status)
    severity = company_of(session).severity_or_assumed(incident.severity)
    _check_correction(session, incident, correction_of)
    update = Update(
        incident_id=incident.id,
        phase=said,
        message=incidents.rules.text(message, "message"),
        by=by.id,
        at=now,
        next_update_by=rules.promise(next_in, said, severity, now),
        correction_of=correction_of,
        public=rules.is_public(incident),
    )
    session.add(update)
    session.flush()
    _tell(session, update, said, now)
    return update


def _tell(session: Session, update: Update, phase: Phase, now: datetime) -> None:
    fact = UpdatePublished(
        incident_id=update.incident_id,
        by=update.by,
        update=update.id,
        phase=phase,
        message=update.message,
        next_update_by=update.next_update_by,
        correction_of=update.correction_of,
        public=update.public,
        components=update.components,
        audience=Audience(update.audience),
        approved_by=update.approved_by,
        headline=update.headline,
    )
    record(session, fact, at=now)


def _check_correction(session: Session, incident: Incident, id: int | None) -> None:
    if id is None:
        return
    wrong = db.row(session, Update, id)
    if wrong is None or wrong.incident_id != incident.id:
        raise NoSuchUpdate
