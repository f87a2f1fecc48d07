"""What somebody wants to tell customers, and whether it can be told as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.domain import components, incidents
from bot.domain.company import Severity, company_of
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.updates import queries, rules
from bot.domain.updates.model import Audience, Phase, Update, UpdateDraft
from bot.lib import db
from bot.lib.errors import Refused


class NoSuchUpdate(Refused):
    """This incident has no such update to correct. Nothing was published."""


@dataclass(frozen=True)
class Wording:
    """As a person says it. What is left out is taken from the incident, or proposed.

    `components`: key or name -> state. `next_in`: a span, or a moment on the author's clock.
    """

    message: str
    phase: str | None = None
    next_in: str | None = None
    components: Mapping[str, str] | None = None
    audience: str = Audience.EVERYONE
    headline: str = ""
    correction_of: int | None = None

    @classmethod
    def of(cls, draft: UpdateDraft) -> "Wording":
        named = ("message", "phase", "next_in", "components", "audience", "headline", "correction_of")
        return cls(**{name: getattr(draft, name) for name in named})


@dataclass(frozen=True)
class Sayable:
    """The same, checked and complete: it can be told at this moment."""

    message: str
    phase: Phase
    next_update_by: datetime | None
    components: dict[str, str]
    audience: Audience
    headline: str
    correction_of: int | None


def check(session: Session, incident: Incident, wording: Wording, *, by: Person, now: datetime) -> Sayable:
    """Raises Refused, with a sentence, for all that cannot be told."""
    incidents.rules.check_live(incident)
    corrected = _corrected(session, incident, wording.correction_of)
    if corrected is not None:
        wording = _as_correction(session, incident, wording, corrected)
    phase = Phase.parse(wording.phase or incident.status)
    audience = Audience.parse(wording.audience or Audience.EVERYONE)
    severity = company_of(session).severity_or_assumed(incident.severity)
    return Sayable(
        message=incidents.rules.text(wording.message, "message"),
        phase=phase,
        next_update_by=_promise(session, incident, wording, phase, severity, by, now),
        components=_states(session, incident, wording, phase, audience),
        audience=audience,
        headline=_headline(session, incident, wording, phase),
        correction_of=wording.correction_of,
    )


def _corrected(session: Session, incident: Incident, id: int | None) -> Update | None:
    if id is None:
        return None
    wrong = db.row(session, Update, id)
    if wrong is None or wrong.incident_id != incident.id:
        raise NoSuchUpdate
    return wrong


def _as_correction(session: Session, incident: Incident, wording: Wording, wrong: Update) -> Wording:
    """It says nothing new: of an older update, phase and states are those that hold by now."""
    newest = queries.last(session, incident)
    is_newest = newest is None or newest.id == wrong.id
    holds = wrong if newest is None else newest
    return replace(
        wording,
        phase=(is_newest and wording.phase) or holds.phase,
        components=wording.components if is_newest and wording.components is not None else holds.components,
        audience=wrong.audience,
    )


def _promise(
    session: Session,
    incident: Incident,
    wording: Wording,
    phase: Phase,
    severity: Severity,
    by: Person,
    now: datetime,
) -> datetime | None:
    """A correction leaves the clock alone, and colleagues are promised nothing."""
    if wording.correction_of and not (wording.next_in or "").strip():
        newest = queries.last(session, incident)
        return newest.next_update_by if newest and phase is not Phase.RESOLVED else None
    said = rules.promise(wording.next_in, phase, severity, now, by.timezone)
    return None if wording.audience == Audience.INSIDE else said


def _states(
    session: Session, incident: Incident, wording: Wording, phase: Phase, audience: Audience
) -> dict[str, str]:
    """All that is known to customers from now on: what was said before, and what this says."""
    before = queries.picture(session, incident)
    said = {key: state for key, state in (wording.components or {}).items() if before.get(key) != state}
    meant = components.parse_states(company_of(session), said)
    rules.check_well(phase, meant)
    if audience is Audience.INSIDE:
        return before
    proposed = queries.proposed_states(session, incident, phase)
    news = rules.touching(meant, {*before, *proposed})
    if wording.components is not None and phase is not Phase.RESOLVED:
        return {**before, **news}
    return {**proposed, **news}


def _headline(session: Session, incident: Incident, wording: Wording, phase: Phase) -> str:
    """Once said it stays: feeds and mails are threaded by it. What says nothing yet may still grow."""
    if said := rules.headline(wording.headline):
        return said
    newest = queries.last(session, incident)
    if newest is not None and newest.headline not in ("", rules.default_headline(())):
        return newest.headline
    company = company_of(session)
    keys = _states(session, incident, wording, phase, Audience.EVERYONE)
    return rules.default_headline(components.name_of(company, key) for key in keys)
