"""Questions about feedback. What belongs to an incident that somebody may not see, is not there for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.domain import components, incidents, updates
from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.feedback import rules
from bot.domain.feedback.model import Cluster, Feedback, TagRule
from bot.domain.incidents import Incident
from bot.domain.incidents.model import WORKING
from bot.domain.people import Person
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.words import cut

FRESH = timedelta(hours=48)  # so long after its end people still write about an incident
PAGE = 50
QUOTE = 400
NOT_ANSWERED = (
    "answered_at",
    "explained_at",
    "mended_at",
    "decided_at",
    "erased_at",
)


class NoSuchFeedback(Refused):
    """There is no such feedback. See what there is: /feedback on the pages."""


@dataclass(frozen=True)
class Filter:
    """What is wanted; empty: everything."""

    tag: str = ""
    text: str = ""
    cluster: int | None = None
    incident: int | None = None
    high: bool = False
    waiting: bool = False


def get(session: Session, id: int) -> Feedback:
    """For our own use."""
    if found := db.row(session, Feedback, id):
        return found
    raise NoSuchFeedback


def find(session: Session, ref: str, *, as_: Person) -> Feedback:
    """By `F-7` or `7`. What this person may not see is not there."""
    number = ref.strip().upper().removeprefix("F-")
    found = db.row(session, Feedback, int(number)) if number.isdecimal() and len(number) < 10 else None
    if found is None or not _is_visible(session, found, as_):
        raise NoSuchFeedback
    return found


def _is_visible(session: Session, feedback: Feedback, person: Person) -> bool:
    if feedback.incident_id is None:
        return not person.is_guest
    return incidents.visible(session, incidents.get(session, feedback.incident_id), person)


def page(
    session: Session, wanted: Filter, *, as_: Person, before: int | None = None, limit: int = PAGE
) -> list[Feedback]:
    """The newest first; `before` is the id of the last one of the page before."""
    asked = select(Feedback).where(*seen(as_), *_fitting(wanted))
    if before is not None:
        asked = asked.where(col(Feedback.id) < before)
    return list(session.exec(asked.order_by(col(Feedback.id).desc()).limit(limit)))


def count(session: Session, wanted: Filter, *, as_: Person) -> int:
    asked = select(func.count()).select_from(Feedback).where(*seen(as_), *_fitting(wanted))
    return session.exec(asked).one()


def seen(person: Person) -> list[Any]:
    """Conditions: of no incident, or of one that this person may see."""
    about = col(Feedback.incident_id)
    here = about.in_(select(Incident.id).where(incidents.seen_by(person)))
    return [here] if person.is_guest else [about.is_(None) | here]


def _fitting(wanted: Filter) -> list[Any]:
    found: list[Any] = []
    if wanted.tag:
        found.append(_has_tag(wanted.tag))
    if wanted.text.strip():
        found.append(func.lower(Feedback.words).contains(wanted.text.strip().lower(), autoescape=True))
    if wanted.cluster is not None:
        found.append(Feedback.cluster_id == wanted.cluster)
    if wanted.incident is not None:
        found.append(Feedback.incident_id == wanted.incident)
    if wanted.high:
        found.append(col(Feedback.high))
    return [*found, *(waits() if wanted.waiting else [])]


def _has_tag(tag: str) -> Any:
    """Tags are kept as JSON text; quotes mark where one begins and ends."""
    return sa.cast(Feedback.tags, sa.String).contains(f'"{tag}"', autoescape=True)


def waits() -> list[Any]:
    """Nobody has answered, explained, mended, or decided."""
    return [getattr(Feedback, name).is_(None) for name in NOT_ANSWERED]


def of(session: Session, incident: Incident) -> list[Feedback]:
    """All that is tied to it, the oldest first."""
    asked = select(Feedback).where(Feedback.incident_id == incident.id).order_by(col(Feedback.id))
    return list(session.exec(asked))


def count_of(session: Session, incident: Incident) -> int:
    asked = select(func.count()).select_from(Feedback).where(Feedback.incident_id == incident.id)
    return session.exec(asked).one()


def behind(session: Session, item: ActionItem) -> list[Feedback]:
    """All that the item answers."""
    asked = select(Feedback).where(Feedback.item_id == item.id).order_by(col(Feedback.id))
    return list(session.exec(asked))


def quotes(session: Session, incident: Incident, most: int = 5) -> list[tuple[str, int]]:
    """Words for the postmortem, one voice for each cluster, with how many say the same; nobody is named."""
    groups: dict[int | None, list[Feedback]] = {}
    for one in of(session, incident):
        if one.erased_at is None:
            groups.setdefault(one.cluster_id or -one.id, []).append(one)
    largest = sorted(groups.values(), key=lambda those: (-len(those), those[0].id))
    return [(cut(" ".join(those[0].words.split()), QUOTE), len(those)) for those in largest[:most]]


class NoSuchCluster(Refused):
    """There is no such cluster. See them: /feedback on the pages. Nothing was changed."""


def cluster(session: Session, id: int, *, as_: Person) -> Cluster:
    """One of which this person may see some of what was written. Raises NoSuchCluster."""
    found = db.row(session, Cluster, id)
    if found is None or not count(session, Filter(cluster=found.id), as_=as_):
        raise NoSuchCluster
    return found


def clusters(session: Session, since: datetime, *, as_: Person, most: int = 20) -> list[tuple[Cluster, int]]:
    """Those that were spoken of since then, with how often, the largest first."""
    number = func.count(col(Feedback.id)).label("number")
    asked = (
        select(Cluster, number)
        .join(Feedback, col(Feedback.cluster_id) == col(Cluster.id))
        .where(Feedback.at >= since, *seen(as_))
        .group_by(col(Cluster.id))
        .order_by(number.desc(), col(Cluster.id))
        .limit(most)
    )
    rows: Sequence[Any] = session.exec(asked).all()
    return [(row[0], row[1]) for row in rows]


def tag_rules(session: Session) -> list[TagRule]:
    return list(session.exec(select(TagRule).order_by(col(TagRule.tag))))


def meant(session: Session, words: str, component: str | None, now: datetime) -> Incident | None:
    """The incident that somebody outside most likely writes about; None where that is not clear.

    Only one of which customers were told, or could be: what is private or practice is never guessed.
    """
    candidates = _candidates(session, now)
    if component is not None:
        named = [one for one in candidates if component in _components(session, one)]
        return named[0] if len(named) == 1 else None
    if len(candidates) == 1 and updates.last(session, candidates[0]) is not None:
        return candidates[0]
    said = rules.essence(words)
    alike = [one for one in candidates if said & _spoken_of(session, one)]
    return alike[0] if len(alike) == 1 else None


def _candidates(session: Session, now: datetime) -> list[Incident]:
    hidden = [col(Incident.private).is_(False), col(Incident.drill).is_(False)]
    if not session.info.get("practice"):
        hidden.append(col(Incident.sample).is_(False))
    fresh = or_(col(Incident.resolved_at).is_(None), col(Incident.resolved_at) >= now - FRESH)
    asked = select(Incident).where(col(Incident.status).in_(WORKING), fresh, *hidden)
    return list(session.exec(asked.order_by(col(Incident.id).desc()).limit(PAGE)))


def _components(session: Session, incident: Incident) -> set[str]:
    told = updates.last(session, incident)
    named = components.of_services(company_of(session), incidents.services_of(session, incident))
    return {one.key for one in named} | set(told.components if told else ())


def _spoken_of(session: Session, incident: Incident) -> set[str]:
    """What customers were told of it, and the names of what it touches."""
    known = {one.key: one.name for one in components.known(company_of(session))}
    names = [known.get(key, key) for key in _components(session, incident)]
    told = [one.message for one in updates.of(session, incident) if one.public]
    return set(rules.essence(" ".join([*names, *told]), most=None))
