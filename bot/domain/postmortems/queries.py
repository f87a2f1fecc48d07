"""Questions about postmortems. Whoever asks for a person sees only what that person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Status
from bot.domain.people import Person, rows_of
from bot.domain.postmortems import rules
from bot.domain.postmortems.model import Postmortem, PostmortemStatus
from bot.lib.templates import folder

FOLDER, ENDING = "postmortems", ".md.j2"


@dataclass(frozen=True)
class State:
    """Where it stands; `status` is None before anybody or anything opened it."""

    owed: bool
    done: bool
    status: PostmortemStatus | None
    owner_id: int | None
    due_at: datetime | None
    template: str
    published_at: datetime | None = None


def of(session: Session, incident: Incident) -> Postmortem | None:
    return session.get(Postmortem, incident.id)


def state(session: Session, incident: Incident) -> State:
    company, postmortem = company_of(session), of(session, incident)
    chosen = postmortem.template if postmortem else rules.template(company, incident, templates(session))
    return State(
        owed=rules.owed(company, incident),
        done=rules.is_done(incident, postmortem),
        status=PostmortemStatus(postmortem.status) if postmortem else None,
        owner_id=postmortem.owner_id if postmortem else incidents.commander(session, incident),
        due_at=postmortem.due_at if postmortem else rules.due_at(company, incident),
        template=chosen,
        published_at=postmortem.published_at if postmortem else None,
    )


def templates(session: Session) -> list[str]:
    """Whatever lies in the folder, by name, the standard one first; a broken one says so when it is used."""
    names = sorted(path.name.removesuffix(ENDING) for path in folder(session, FOLDER).glob(f"*{ENDING}"))
    return sorted(names, key=lambda name: (name != rules.STANDARD, name))


def mine(session: Session, person: Person) -> list[Postmortem]:
    """What this person has to write, the most urgent first."""
    asked = select(Postmortem).where(
        col(Postmortem.owner_id).in_(rows_of(person)), Postmortem.status != PostmortemStatus.PUBLISHED
    )
    return list(session.exec(asked.order_by(col(Postmortem.due_at).is_(None), col(Postmortem.due_at))))


def all(
    session: Session, *, as_: Person, statuses: Sequence[str] = (), limit: int = 100
) -> list[tuple[Incident, Postmortem]]:
    """Postmortems of the incidents that the person may see, the newest incident first."""
    asked = select(Incident, Postmortem).join(Postmortem, col(Postmortem.incident_id) == col(Incident.id))
    asked = asked.where(incidents.seen_by(as_))
    if statuses:
        asked = asked.where(col(Postmortem.status).in_(statuses))
    return list(session.exec(asked.order_by(col(Incident.id).desc()).limit(limit)))


def unpublished(session: Session) -> list[tuple[Incident, Postmortem]]:
    """For reminders: drafts of resolved incidents that have a day by which they are due."""
    asked = (
        select(Incident, Postmortem)
        .join(Postmortem, col(Postmortem.incident_id) == col(Incident.id))
        .where(Postmortem.status != PostmortemStatus.PUBLISHED, Incident.status == Status.RESOLVED)
        .where(col(Postmortem.due_at).is_not(None))
    )
    return list(session.exec(asked))
