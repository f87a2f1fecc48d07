"""Opening, writing and publishing a postmortem. Verbs write rows and facts; they never commit."""

from datetime import datetime

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Status
from bot.domain.people import Person
from bot.domain.postmortems import rendering, rules
from bot.domain.postmortems.facts import (
    PostmortemAssigned,
    PostmortemOpened,
    PostmortemPublished,
    PostmortemTemplateChosen,
    PostmortemWritten,
)
from bot.domain.postmortems.model import Postmortem, PostmortemStatus
from bot.domain.postmortems.queries import of, templates
from bot.lib.choices import one_of
from bot.lib.facts import record


def open_draft(session: Session, incident: Incident, *, by: Person, now: datetime) -> Postmortem:
    """The postmortem of an incident; opened where it is not there yet."""
    incidents.hold(session, incident)
    company = company_of(session)
    if there := of(session, incident):
        session.refresh(there)  # what others wrote while we waited in line
        return there
    draft = Postmortem(
        incident_id=incident.id,
        owner_id=_owner(session, incident),
        due_at=rules.due_at(company, incident),
        template=rules.template(company, incident, templates(session)),
        opened_at=now,
    )
    session.add(draft)
    session.flush()
    opened = {"owner": draft.owner_id, "due_at": draft.due_at, "template": draft.template}
    record(session, PostmortemOpened(incident_id=incident.id, by=by.id, **opened), at=now)
    return draft


def _owner(session: Session, incident: Incident) -> int | None:
    """The commander, else whoever declared it, if that is a human."""
    id = incidents.commander(session, incident) or incident.declared_by
    return None if people.get(session, id).is_system else id


def renew(session: Session, incident: Incident, postmortem: Postmortem) -> None:
    """The incident was resolved once more: there is a new end to write about, and a new day."""
    postmortem.due_at = rules.due_at(company_of(session), incident)
    if postmortem.is_published and not rules.is_done(incident, postmortem):
        postmortem.status, postmortem.published_at, postmortem.published_by = (
            PostmortemStatus.DRAFT,
            None,
            None,
        )
    session.add(postmortem)


def write(
    session: Session, incident: Incident, section: str, text: str, *, by: Person, now: datetime
) -> bool:
    """Answer a question of the template; no words take the answer back. False when it said that already."""
    return write_all(session, incident, {section: text}, by=by, now=now) == 1


def write_all(
    session: Session,
    incident: Incident,
    answers: dict[str, str],
    *,
    by: Person,
    now: datetime,
    seen: dict[str, int] | None = None,
) -> int:
    """Answer several questions at once; says how many answers are new.

    `seen` are the revisions that the writer had before them: what somebody else has changed since is not
    overwritten, and Overtaken shows it.
    """
    said = {section: rules.check_text(text) for section, text in answers.items()}
    draft = open_draft(session, incident, by=by, now=now)
    asked = {question.key: question.key for question in rendering.questions(session, incident)}
    known = asked | {key: key for key in draft.sections}
    meant = {one_of("section", section, known): text for section, text in said.items()}
    new = {key: text for key, text in meant.items() if draft.text(key) != text}
    for key, text in new.items():
        rules.check_seen(draft, key, (seen or {}).get(key), by)
        _keep(draft, key, text, by, now)
        written = {"section": key, "text": text, "revision": draft.revision}
        record(session, PostmortemWritten(incident_id=incident.id, by=by.id, **written), at=now)
    if new and draft.status == PostmortemStatus.APPROVED:
        draft.status, draft.approved_at, draft.approved_by = PostmortemStatus.IN_REVIEW, None, None
    session.add(draft)
    return len(new)


def _keep(draft: Postmortem, key: str, text: str, by: Person, now: datetime) -> None:
    # A new mapping: a change inside the old one would not be seen, and not be stored.
    kept = {other: words for other, words in draft.sections.items() if other != key}
    draft.revision += 1
    written = {"text": text, "by": by.id, "at": now.isoformat(), "revision": draft.revision}
    draft.sections = {**kept, key: written} if text else kept
    draft.edited_by, draft.edited_at = by.id, now


def choose_template(session: Session, incident: Incident, name: str, *, by: Person, now: datetime) -> bool:
    """Another template; what was written stays. One that is broken is refused. False when it was that one."""
    draft = open_draft(session, incident, by=by, now=now)
    meant = rules.check_template(name, templates(session))
    if draft.template == meant:
        return False
    rendering.render_markdown(session, incident, meant)
    draft.template = meant
    session.add(draft)
    record(session, PostmortemTemplateChosen(incident_id=incident.id, by=by.id, template=meant), at=now)
    return True


def assign(session: Session, incident: Incident, owner: Person, *, by: Person, now: datetime) -> bool:
    """Somebody else writes it. False when they did already."""
    draft = open_draft(session, incident, by=by, now=now)
    if draft.owner_id == owner.id:
        return False
    was, draft.owner_id = draft.owner_id, owner.id
    session.add(draft)
    if incident.private:
        incidents.enter(session, incident, owner, by=by, now=now)
    record(session, PostmortemAssigned(incident_id=incident.id, by=by.id, owner=owner.id, was=was), at=now)
    return True


def publish(session: Session, incident: Incident, *, by: Person, now: datetime) -> bool:
    """The loop is closed; questions that nobody answered stay visible, and are counted. False when it was."""
    incidents.hold(session, incident)
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        raise rules.TooEarly
    draft = open_draft(session, incident, by=by, now=now)
    if rules.is_done(incident, draft):
        return False
    if company_of(session).postmortems.approval and draft.status != PostmortemStatus.APPROVED:
        raise rules.NotApproved
    draft.status, draft.published_at, draft.published_by = PostmortemStatus.PUBLISHED, now, by.id
    session.add(draft)
    session.flush()
    left = sum(not question.answer for question in rendering.questions(session, incident))
    record(session, PostmortemPublished(incident_id=incident.id, by=by.id, unanswered=left), at=now)
    return True
