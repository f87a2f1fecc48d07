"""Saying what contributed, by a word that incidents share. Why and how stays prose in the postmortem."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.recurrences import rules
from bot.domain.recurrences.facts import FactorDropped, FactorNamed
from bot.domain.recurrences.model import Factor
from bot.domain.recurrences.queries import factors_of
from bot.lib.facts import record


def name_factor(session: Session, incident: Incident, text: str, *, by: Person, now: datetime) -> bool:
    """One thing that contributed. False when it was named already."""
    incidents.hold(session, incident)
    word, known = rules.key(text), factors_of(session, incident)
    if word in known:
        return False
    rules.check_room(incident, known)
    session.add(Factor(incident_id=incident.id, key=word, by=by.id, at=now))
    session.flush()
    record(session, FactorNamed(incident_id=incident.id, by=by.id, factor=word), at=now)
    return True


def drop_factor(session: Session, incident: Incident, text: str, *, by: Person, now: datetime) -> bool:
    """It did not contribute after all. What was found by it stays found."""
    incidents.hold(session, incident)
    row = session.get(Factor, (incident.id, rules.key(text)))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    record(session, FactorDropped(incident_id=incident.id, by=by.id, factor=row.key), at=now)
    return True


def set_factors(
    session: Session, incident: Incident, wanted: Iterable[str], *, by: Person, now: datetime
) -> bool:
    """Exactly these. False when it was so already."""
    incidents.hold(session, incident)
    words, known = list(dict.fromkeys(rules.key(word) for word in wanted)), factors_of(session, incident)
    for word in known:
        if word not in words:
            drop_factor(session, incident, word, by=by, now=now)
    for word in words:
        name_factor(session, incident, word, by=by, now=now)
    return set(words) != set(known)
