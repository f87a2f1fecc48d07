"""Who hears of an update, and in which words."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain import components as parts
from bot.domain import incidents, mailings, updates
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.mailings import HERE, WEBHOOK
from bot.domain.subscribers import rules, writing
from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent
from bot.domain.updates import Phase, Update
from bot.domain.updates.model import Audience

PHASES = {
    Phase.INVESTIGATING: "we are looking into it",
    Phase.IDENTIFIED: "we know why",
    Phase.MONITORING: "it works again, we are watching it",
    Phase.RESOLVED: "resolved",
}


def tell(session: Session, incident: Incident, update: Update) -> int:
    """Queue an update for all who are to hear of it; answers for how many. A second time queues nothing."""
    if not is_for_subscribers(session, incident, update):
        return 0
    about = affected(session, incident)
    words = words_of(session, incident, update)
    written = writing.text(session, "update", subject(words), words)
    mailing = mailings.write(
        session,
        key=f"update/{update.id}",
        kind="update",
        now=update.at,
        incident_id=incident.id,
        thread=f"incident/{incident.id}",
        leave=writing.LEAVE,
        data=payload(words, update),
        **written,
    )
    if mailing is None:
        return 0
    return mailings.queue_for(session, mailing, hearing(about, update.at), now=update.at)


def is_for_subscribers(session: Session, incident: Incident, update: Update) -> bool:
    """What stays inside, what stands on the page alone, and what is made up goes to nobody."""
    if incident.sample and not session.info.get("practice"):
        return False
    is_told = update.public and update.audience == Audience.EVERYONE
    return is_told and updates.rules.is_public(incident)


def affected(session: Session, incident: Incident) -> set[str]:
    """The components that any public update of it named: who heard the beginning, hears the end."""
    company = company_of(session)
    named = {key for each in updates.of(session, incident) if each.public for key in each.components}
    shown = parts.of_services(company, incidents.services_of(session, incident))
    return named | {one.key for one in shown}


def hearing(about: Collection[str], at: datetime) -> sa.Select[Any]:
    """Endpoints, and who wants each mail: who had confirmed by then, and chose one of these or nothing."""
    at_once = sa.or_(col(Subscriber.pace) == Pace.EACH, col(Subscriber.way) == WEBHOOK)
    return chosen(about).where(at_once, col(Subscriber.since) <= at)


def chosen(about: Collection[str]) -> sa.Select[Any]:
    """Whom it concerns. What names no component concerns everybody."""
    columns: list[Any] = [
        col(Subscriber.way).label("way"),
        col(Subscriber.recipient).label("recipient"),
        col(Subscriber.address).label("address"),
        sa.literal("").label("name"),
        col(Subscriber.token).label("token"),
    ]
    asked = sa.select(*columns).where(col(Subscriber.standing) == Standing.ACTIVE)
    if not about:
        return asked
    any_of_theirs = sa.exists().where(col(SubscriberComponent.subscriber_id) == col(Subscriber.id))
    one_of_these = any_of_theirs.where(col(SubscriberComponent.component).in_(sorted(about)))
    return asked.where(sa.or_(~any_of_theirs, one_of_these))


def words_of(session: Session, incident: Incident, update: Update) -> dict[str, Any]:
    """What the templates know: nothing that is not on the status page."""
    company = company_of(session)
    states = [
        {"key": key, "name": parts.name_of(company, key), "state": state, "words": state.replace("_", " ")}
        for key, state in update.components.items()
    ]
    public = rules.public_id("incident", incident.id)
    return {
        "headline": update.headline or _trouble([one["name"] for one in states]),
        "phase": update.phase,
        "meaning": PHASES[Phase(update.phase)],
        "message": update.message,
        "is_correction": update.correction_of is not None,
        "components": states,
        "at": update.at,
        "next": update.next_update_by,
        "id": public,
        "page": f"{HERE}/status#{public}",
    }


def _trouble(names: Iterable[str]) -> str:
    said = ", ".join(names)
    return f"Trouble with {said}" if said else "Trouble"


def subject(words: dict[str, Any]) -> str:
    before = "Correction: " if words["is_correction"] else ""
    return f"{before}{words['headline']}: {words['meaning']}"


def payload(words: dict[str, Any], update: Update) -> dict[str, Any]:
    """What an endpoint is told: the words of Statuspage, as on our own JSON."""
    states = [
        {name: one[name] for name in ("key", "name")} | {"status": one["state"]}
        for one in words["components"]
    ]
    said = {
        "id": rules.public_id("update", update.id),
        "status": update.phase,
        "body": update.message,
        "created_at": update.at.isoformat(),
        "next_update_by": update.next_update_by.isoformat() if update.next_update_by else None,
        "correction_of": rules.public_id("update", update.correction_of) if update.correction_of else None,
    }
    about = {"id": words["id"], "name": words["headline"], "status": update.phase, "url": words["page"]}
    data = {"incident": {**about, "components": states}, "update": said}
    return {"type": "incident.updated", "timestamp": update.at.isoformat(), "data": data}
