"""Answering those who wrote: one by one, all at an incident's end, and when what was behind it is mended."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.domain import incidents, people, updates
from bot.domain.actions import ActionItem
from bot.domain.feedback import mails, queries, rules
from bot.domain.feedback.facts import (
    FeedbackAnswered,
    FeedbackDecided,
    FeedbackSurveyed,
    ReportersTold,
)
from bot.domain.feedback.model import Decision, Feedback, Helped, Outcome
from bot.domain.feedback.verbs import StaysInside
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.people.facts import NO_INCIDENT
from bot.lib.errors import Refused
from bot.lib.facts import record

SURVEY_LASTS = timedelta(days=60)


class NoAddress(Refused):
    """Whoever wrote this left no address. Nothing was sent."""


class StillRunning(Refused):
    """It is not resolved yet. Tell customers with an update; explain it when it is over."""


class NoReason(Refused):
    """Say in a sentence why it was decided so. Nothing was changed."""


class NoSurvey(Refused):
    """This link has been used, or is too old. Thank you all the same."""


def answer(session: Session, feedback: Feedback, words: str, *, by: Person, now: datetime) -> None:
    """A word to the one who wrote. The same words go once, however often somebody clicks."""
    said = rules.said(words)
    if not feedback.address:
        raise NoAddress
    key = f"answer/{feedback.id}/{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    if not mails.send(session, key, mails.Mail("Your message to us", said), [feedback], now=now):
        return
    feedback.answered_at, feedback.answered_by = now, by.id
    session.add(feedback)
    session.flush()
    about = feedback.incident_id or NO_INCIDENT
    record(session, FeedbackAnswered(incident_id=about, by=by.id, feedback=feedback.id), at=now)


def explain(session: Session, incident: Incident, words: str, *, by: Person, now: datetime) -> int:
    """Tell all who wrote about it how it ended, and ask two questions. Answers how many are told.

    Who was told already, or left no address, is not. Raises StillRunning and StaysInside.
    """
    said = rules.said(words)
    incidents.admit(session, incident, by)
    incidents.hold(session, incident)
    if not _may_leave(session, incident):
        raise StaysInside
    if incident.is_live:
        raise StillRunning
    whom = [one for one in queries.of(session, incident) if one.address and one.explained_at is None]
    persons = _persons(whom)
    if not persons:
        return 0
    for one in whom:
        one.explained_at, one.token = now, one.token or secrets.token_urlsafe(24)
        session.add(one)
    session.flush()
    record(session, ReportersTold(incident_id=incident.id, by=by.id, count=len(persons)), at=now)
    mail = mails.Mail("What happened, and what we did", said, has_survey=True)
    mails.send(session, f"explain/{incident.id}", mail, persons, now=now)
    return len(persons)


def tell_mended(session: Session, item: ActionItem, *, now: datetime) -> int:
    """It is done, and somebody else verified it: whoever wrote about it hears so, once."""
    incident = incidents.get(session, item.incident_id)
    if not _may_leave(session, incident):
        return 0
    whom = [one for one in queries.behind(session, item) if one.mended_at is None and one.erased_at is None]
    if not whom:
        return 0
    for one in whom:
        one.mended_at = now
        session.add(one)
    session.flush()
    written = _persons(one for one in whom if one.address)
    by = people.closeout(session).id
    record(session, ReportersTold(incident_id=incident.id, by=by, count=len(written), item=item.id), at=now)
    outcome = session.get(Outcome, item.id)
    mail = mails.Mail("What you wrote to us about is mended", outcome.words if outcome else mails.MENDED)
    mails.send(session, f"mended/{item.id}", mail, written, now=now)
    return len(written)


def _may_leave(session: Session, incident: Incident) -> bool:
    """Nothing of what is private, practice or made up leaves the house."""
    is_made_up = incident.sample and not session.info.get("practice")
    return updates.rules.is_public(incident) and not is_made_up


def _persons(those: Iterable[Feedback]) -> list[Feedback]:
    """Who wrote several times gets one mail, above what they wrote last."""
    return list({one.address: one for one in those}.values())


def decide(
    session: Session, those: Sequence[Feedback], decision: str, why: str, *, by: Person, now: datetime
) -> int:
    """What is done about it, with the reason; so that nothing just grows old. Answers how many it settles."""
    meant = Decision.parse(decision)
    if not why.strip():
        raise NoReason
    for one in those:
        one.decision, one.why = meant, rules.said(why)
        one.decided_by, one.decided_at = by.id, now
        session.add(one)
        session.flush()
        about = one.incident_id or NO_INCIDENT
        told = FeedbackDecided(
            incident_id=about, by=by.id, feedback=one.id, decision=meant.value, why=one.why
        )
        record(session, told, at=now)
    return len(those)


def of_token(session: Session, token: str, now: datetime) -> Feedback:
    """Whose survey this is. Raises NoSurvey for what is unknown, old or answered: all alike."""
    asked = select(Feedback).where(Feedback.token == token, col(Feedback.surveyed_at).is_(None))
    found = session.exec(asked).first() if token else None
    if found is None or found.explained_at is None or now - found.explained_at > SURVEY_LASTS:
        raise NoSurvey
    return found


def survey(
    session: Session, token: str, *, helped: str, is_fine: bool, words: str = "", now: datetime
) -> Feedback:
    """The two answers, once."""
    found, said = of_token(session, token, now), Helped.parse(helped)
    found.helped, found.is_fine, found.surveyed_at = said, is_fine, now
    found.said_back = rules.said(words)[: rules.WORDS_MAX] if words.strip() else ""
    session.add(found)
    session.flush()
    about, by = found.incident_id or NO_INCIDENT, people.closeout(session).id
    told = FeedbackSurveyed(incident_id=about, by=by, feedback=found.id, helped=said)
    record(session, told, at=now)
    return found
