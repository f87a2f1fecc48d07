"""Did it work? Some time after an item was verified, whoever answers for its incident is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, case, col, func, or_, select

from bot.domain import incidents, people
from bot.domain.actions import ActionItem, Effect, ItemStatus
from bot.domain.company import Company, company_of
from bot.domain.incidents import Affected, Incident, Seat
from bot.domain.people import Person, rows_of
from bot.domain.recurrences.queries import NOT_COUNTED, factors_of
from bot.lib import words

MOST_SINCE = 20


@dataclass(frozen=True)
class Seen:
    """An incident of the same service that came after the item was verified, and the factors they share."""

    incident: Incident
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """An item whose effect can be judged now, whom that is asked, and what is known."""

    item: ActionItem
    incident: Incident
    to: Person
    since: date  # the day from which the effect could be seen
    services: tuple[str, ...]
    seen: tuple[Seen, ...] = ()

    @property
    def facts(self) -> list[str]:
        """What lies beside the question, a sentence each."""
        said = [f"Verified on {words.long_day(self.item.verified_at)}."] if self.item.verified_at else []
        if self.item.outcome:
            said.append(f"Was to be true: {self.item.outcome}")
        if self.item.evidence:
            said.append(f"Evidence: {self.item.evidence}")
        return [*said, self._since()]

    def _since(self) -> str:
        if not self.services:
            return "Its incident names no service, so nothing can be compared."
        names = ", ".join(self.services)
        if not self.seen:
            return f"Since then: no other incident of {names}."
        told = (f"{one.incident.ref}{_sharing(one)}" for one in self.seen)
        return f"Since then, of {names}: {', '.join(told)}."


def _sharing(one: Seen) -> str:
    return f" (also {', '.join(one.factors)})" if one.factors else ""


def questions(
    session: Session, now: datetime, *, begun_since: datetime | None = None
) -> Iterator[tuple[ActionItem, Incident, Person]]:
    """All that can be judged now, the longest waiting first, each with the one who is asked."""
    asked = _due(company_of(session), now)
    if begun_since is not None:
        asked = asked.where(_begun() > begun_since)
    for item, incident in session.exec(asked).all():
        if (to := _answers_for(session, item, incident)) is not None:
            yield item, incident, to


def asked_of(session: Session, person: Person, now: datetime, limit: int = 50) -> list[Question]:
    """What this person is asked; each with its facts."""
    teams = [team.key for team in company_of(session).teams if _manages(session, team.manager, person)]
    led = select(Seat.incident_id).where(
        Seat.role == incidents.rules.COMMANDER, col(Seat.person_id).in_(rows_of(person))
    )
    mine = or_(col(Incident.id).in_(led), col(ActionItem.team).in_(teams))
    found: list[Question] = []
    for item, incident in session.exec(_due(company_of(session), now).where(mine)):
        to = _answers_for(session, item, incident)
        if to is not None and to.id == person.id:
            found.append(_with_facts(session, item, incident, to))
        if len(found) == limit:
            break
    return found


def _manages(session: Session, manager: str | None, person: Person) -> bool:
    found = people.find(session, manager) if manager else None
    return found is not None and found.id == person.id


def question(session: Session, item: ActionItem, *, as_: Person) -> Question:
    """The facts beside one item, for whoever wants to judge it."""
    return _with_facts(session, item, incidents.get(session, item.incident_id), as_)


def verify_after(company: Company) -> timedelta:
    """How long after an item was verified its effect can be judged."""
    span = company.span(company.reminders.verify_after)
    assert span is not None  # it has a default
    return span.rough


def begun_at(item: ActionItem) -> datetime:
    """From when the wait counts: verified, or judged too early to say."""
    verified = item.verified_at or item.created_at
    return item.effect_at if item.effect_at and item.effect_at >= verified else verified


def is_judged(item: ActionItem) -> bool:
    """Said since it was verified, and for good."""
    verified = item.verified_at or item.created_at
    return item.effect_at is not None and item.effect_at >= verified and item.effect != Effect.UNCLEAR


def _begun() -> Any:
    """The same as `begun_at`, in a query."""
    return func.coalesce(
        case((col(ActionItem.effect_at) >= col(ActionItem.verified_at), col(ActionItem.effect_at))),
        col(ActionItem.verified_at),
    )


def _due(company: Company, now: datetime) -> Any:
    """Verified for so long; also what was judged too early to say, or verified anew since."""
    never = or_(col(ActionItem.effect_at).is_(None), col(ActionItem.effect_at) < col(ActionItem.verified_at))
    return (
        select(ActionItem, Incident)
        .join(Incident, col(Incident.id) == col(ActionItem.incident_id))
        .where(ActionItem.status == ItemStatus.VERIFIED, _begun() <= now - verify_after(company))
        .where(or_(never, col(ActionItem.effect) == Effect.UNCLEAR), col(Incident.drill).is_(False))
        .order_by(col(ActionItem.verified_at), col(ActionItem.id))
    )


def _answers_for(session: Session, item: ActionItem, incident: Incident) -> Person | None:
    """The incident's commander; where they own the item themselves or have left, the team's manager."""
    holder = incidents.commander(session, incident)
    commander = people.get(session, holder) if holder else None
    if commander is not None and not commander.is_active:
        commander = None
    if commander is not None and commander.id != item.owner_id:
        return commander
    team = company_of(session).team(item.team)
    manager = people.find(session, team.manager) if team and team.manager else None
    if manager is None or not manager.is_active or not incidents.visible(session, incident, manager):
        return commander
    return manager


def _with_facts(session: Session, item: ActionItem, incident: Incident, to: Person) -> Question:
    keys = incidents.services_of(session, incident)
    names = {service.key: service.name for service in company_of(session).services}
    return Question(
        item=item,
        incident=incident,
        to=to,
        since=(item.verified_at or item.created_at).date(),
        services=tuple(names.get(key, key) for key in keys),
        seen=tuple(_since(session, item, incident, keys, to)),
    )


def _since(
    session: Session, item: ActionItem, incident: Incident, services: tuple[str, ...], to: Person
) -> Iterator[Seen]:
    """What touched the same services later, as far as the person may know of it."""
    touched = select(Affected.incident_id).where(col(Affected.service).in_(services))
    asked = (
        select(Incident)
        .where(col(Incident.id).in_(touched), col(Incident.id) != incident.id, incidents.seen_by(to))
        .where(col(Incident.declared_at) > (item.verified_at or item.created_at))
        .where(col(Incident.drill).is_(False), col(Incident.status).not_in(NOT_COUNTED))
        .order_by(col(Incident.id))
        .limit(MOST_SINCE)
    )
    mine = set(factors_of(session, incident))
    for one in session.exec(asked).all():
        yield Seen(one, tuple(key for key in factors_of(session, one) if key in mine))
