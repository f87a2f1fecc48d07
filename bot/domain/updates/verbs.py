"""Telling customers."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.domain import components, incidents
from bot.domain.company import company_of
from bot.domain.components import ComponentState
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.updates import prepared, queries, rules, seats
from bot.domain.updates.facts import UpdateDrafted, UpdatePublished
from bot.domain.updates.model import Audience, Phase, Update, UpdateDraft
from bot.domain.updates.wording import Sayable, Wording, check
from bot.lib.errors import Refused
from bot.lib.facts import record


class NeedsApproval(Refused):
    """Somebody else must approve that first. Nothing was published."""


class NothingPrepared(Refused):
    """There is no templates/updates/investigating.md.j2. Write one, or say it in your own words."""


def tell(
    session: Session, incident: Incident, wording: Wording, *, by: Person, now: datetime
) -> Update | UpdateDraft:
    """Tell customers; where the severity asks for a second pair of eyes, ask for its yes instead.

    Who alone has the seats that could say yes has nobody to ask.
    """
    incidents.hold(session, incident)
    said = check(session, incident, wording, by=by, now=now)
    if not _asks(session, incident, said):
        return _publish(session, incident, said, author=by, by=by, now=now)
    if seats.is_alone(session, incident, by):
        return _publish(session, incident, said, author=by, by=by, now=now, approved_by=by)
    return draft(session, incident, wording, said, by=by, now=now)


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
    components: Mapping[str, str] | None = None,
    approved_by: Person | None = None,
) -> Update:
    """Tell customers, and promise when they hear again. The incident's status stays as it is.

    Raises NeedsApproval where the severity asks for a yes that nobody has given.
    """
    wording = Wording(message, phase, next_in, components, correction_of=correction_of)
    return say(session, incident, wording, author=by, by=by, now=now, approved_by=approved_by)


def say(
    session: Session,
    incident: Incident,
    wording: Wording,
    *,
    author: Person,
    by: Person,
    now: datetime,
    approved_by: Person | None = None,
) -> Update:
    """The same for words that another has written: `by` lets them out, `author` wrote them."""
    incidents.hold(session, incident)
    said = check(session, incident, wording, by=author, now=now)
    if approved_by is None and _asks(session, incident, said):
        raise NeedsApproval
    return _publish(session, incident, said, author=author, by=by, now=now, approved_by=approved_by)


def tell_first(session: Session, incident: Incident, *, by: Person, now: datetime) -> Update | None:
    """Tell customers that we know, in prepared words; None where they were told something already.

    Nobody has to say yes to it: whoever wrote the template did, before there was any hurry.
    """
    incidents.hold(session, incident)
    if not queries.is_silent(session, incident):
        return None
    phase = Phase.INVESTIGATING
    said = check(session, incident, Wording(first_words(session, incident), phase), by=by, now=now)
    return _publish(session, incident, said, author=by, by=by, now=now)


def first_words(session: Session, incident: Incident) -> str:
    """The prepared acknowledgement. It knows nothing of what happened since, so it can be read beforehand."""
    every = company_of(session).severity_or_assumed(incident.severity).update_every or ""
    found = prepared.prepared(session, incident, Phase.INVESTIGATING, every, from_timeline=False)
    if not found:
        raise NothingPrepared
    return found[0].text


def draft(
    session: Session,
    incident: Incident,
    wording: Wording,
    said: Sayable,
    *,
    by: Person,
    now: datetime,
    instead_of: int | None = None,
) -> UpdateDraft:
    """Keep the words until somebody says yes or no."""
    row = UpdateDraft(
        incident_id=incident.id,
        phase=said.phase,
        message=said.message,
        headline=rules.headline(wording.headline),
        components=None if wording.components is None else said.components,
        audience=said.audience,
        next_in=(wording.next_in or "").strip(),
        correction_of=wording.correction_of,
        by=by.id,
        at=now,
    )
    session.add(row)
    session.flush()
    fact = UpdateDrafted(
        incident_id=incident.id,
        by=by.id,
        draft=row.id,
        phase=said.phase,
        message=said.message,
        instead_of=instead_of,
    )
    record(session, fact, at=now)
    return row


def _asks(session: Session, incident: Incident, said: Sayable) -> bool:
    severity = company_of(session).severity_or_assumed(incident.severity)
    return rules.needs_approval(severity, incident, said.audience)


def _publish(
    session: Session,
    incident: Incident,
    said: Sayable,
    *,
    author: Person,
    by: Person,
    now: datetime,
    approved_by: Person | None = None,
) -> Update:
    update = Update(
        incident_id=incident.id,
        phase=said.phase,
        message=said.message,
        by=author.id,
        at=now,
        next_update_by=said.next_update_by,
        correction_of=said.correction_of,
        public=_leaves(session, incident, said.audience),
        components=said.components,
        audience=said.audience,
        approved_by=approved_by.id if approved_by else None,
        headline=said.headline,
    )
    session.add(update)
    session.flush()
    if update.public:
        _set_states(session, incident, update, now)
    _record(session, update, by, now)
    return update


def _leaves(session: Session, incident: Incident, audience: Audience) -> bool:
    """Sample incidents never happened: only the practice workspace, which has no public, publishes them."""
    is_made_up = incident.sample and not session.info.get("practice")
    return rules.is_public(incident) and audience is not Audience.INSIDE and not is_made_up


def _set_states(session: Session, incident: Incident, update: Update, now: datetime) -> None:
    """What has left closeout.toml can only end."""
    held = components.held(session, incident_id=incident.id)
    known = {one.key for one in components.known(company_of(session))}
    states = {key: state for key, state in update.components.items() if key in known or key in held}
    if update.phase == Phase.RESOLVED:
        states |= dict.fromkeys(held, ComponentState.OPERATIONAL.value)
    components.set_states(session, states, at=now, incident_id=incident.id, update_id=update.id)


def _record(session: Session, update: Update, by: Person, now: datetime) -> None:
    fact = UpdatePublished(
        incident_id=update.incident_id,
        by=by.id,
        update=update.id,
        phase=Phase(update.phase),
        message=update.message,
        next_update_by=update.next_update_by,
        correction_of=update.correction_of,
        public=update.public,
        components=update.components,
        audience=Audience(update.audience),
        approved_by=update.approved_by,
        headline=update.headline,
        author=update.by if update.by != by.id else None,
    )
    record(session, fact, at=now)
