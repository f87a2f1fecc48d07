"""Who is on call, and who PagerDuty's users are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import alerts, incidents, people
from bot.domain.alerts import PAGERDUTY, AlertsAcknowledged
from bot.domain.company import company_of
from bot.domain.people import Person
from bot.integrations.pagerduty.line import Line
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.effects import effect
from bot.lib.errors import DeliveryError, Refused
from bot.lib.facts import Event


@dataclass(frozen=True)
class Post:
    """Whose on-call is wanted."""

    name: str
    service: str = ""  # the id at PagerDuty
    policy: str = ""  # its escalation policy, where an alert has said it


class OnCall:
    """Looks people up, and seats whoever is on call when nobody commands."""

    def __init__(self, line: Line, courier: Courier, clock: Clock) -> None:
        self.line, self.courier, self.clock = line, courier, clock

    async def seat(self, event: Event) -> None:
        post = await self.courier.ask(post_of, event.incident_id)
        if post is None:
            return
        try:
            found = await self._on_call(event, post)
        except DeliveryError as error:
            about = event.incident_id, f"{event.key}/oncall", "say who is on call", str(error)
            await self.courier.run(alerts.refused, *about, source=PAGERDUTY, now=self.clock())
            return
        if not await self._seat_first(event, found):
            about_nobody = event.incident_id, post.name
            await self.courier.run(_if_still_empty, *about_nobody, now=self.clock())

    async def _seat_first(self, event: Event, found: list[dict[str, str]]) -> bool:
        for each in found:
            try:
                if await self.courier.run(_take_seat, event.incident_id, each, now=self.clock()):
                    return True
            except Refused:
                continue  # no usable address: the next in line
        return False

    async def _on_call(self, event: Event, post: Post) -> list[dict[str, str]]:
        """Level by level: id, name and e-mail address of whoever would be rung now."""
        policy = post.policy or await self._policy(event, post)
        params = {
            "escalation_policy_ids[]": [policy],
            "include[]": ["users"],
            "earliest": "true",
            "limit": 100,
        }

        async def ask() -> list[dict[str, str]]:
            return in_order((await self.line.get("/oncalls", **params)).get("oncalls") or [])

        key = f"{event.key}/pagerduty/oncalls"
        answer: list[dict[str, str]] = await effect(self.line.rest_door, key, ask)
        return answer

    async def _policy(self, event: Event, post: Post) -> str:
        async def ask() -> str:
            service = (await self.line.get(f"/services/{post.service}")).get("service") or {}
            return str((service.get("escalation_policy") or {}).get("id") or "")

        policy: str = await effect(self.line.rest_door, f"{event.key}/pagerduty/service", ask)
        if not policy:
            raise DeliveryError(f"the service {post.name} has no escalation policy", permanent=True)
        return policy

    async def introduce(self, event: Event) -> None:
        """Someone unknown acknowledged at PagerDuty: ask who they are, and let them take part."""
        fact = event.fact
        if not isinstance(fact, AlertsAcknowledged) or not fact.agent_key:
            return
        try:
            user = await self._user(event, fact.agent_key)
        except DeliveryError:
            return  # a robot's key, or one that may not read users: the name in the timeline must do
        try:
            await self.courier.run(_join, event.incident_id, user, now=self.clock())
        except Refused:
            return  # no usable address

    async def _user(self, event: Event, key: str) -> dict[str, str]:
        async def ask() -> dict[str, str]:
            return _person((await self.line.get(f"/users/{key}")).get("user") or {})

        user: dict[str, str] = await effect(self.line.rest_door, f"{event.key}/pagerduty/user", ask)
        return user


def post_of(session: Session, incident_id: int) -> Post | None:
    """Where to ask who commands; None where someone does, or PagerDuty does not know the services."""
    incident = incidents.get(session, incident_id)
    if not alerts.wants_commander(session, incident):
        return None
    if (lead := alerts.lead(session, incident)) is not None:
        return Post(lead.service_name or lead.title, lead.source_service, lead.escalation_policy)
    touched = set(incidents.services_of(session, incident))
    known = [service for service in company_of(session).services if service.key in touched]
    ids = [Post(service.name, service.pagerduty_service) for service in known if service.pagerduty_service]
    return ids[0] if ids else None


def in_order(oncalls: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The first level first; each person once."""
    by_level = sorted(oncalls, key=lambda each: each.get("escalation_level") or 0)
    persons = {
        one["id"]: one for each in reversed(by_level) if (one := _person(each.get("user") or {}))["email"]
    }
    return list(persons.values())[::-1]


def _person(user: dict[str, Any]) -> dict[str, str]:
    name = user.get("name") or user.get("summary") or ""
    return {"id": str(user.get("id", "")), "name": str(name), "email": str(user.get("email") or "")}


def _known(session: Session, user: dict[str, str]) -> Person:
    return alerts.met(session, PAGERDUTY, user["id"], user["email"], user["name"])


def _take_seat(session: Session, incident_id: int, user: dict[str, str], *, now: datetime) -> bool:
    person = _known(session, user)
    return alerts.seat_on_call(session, incident_id, person, by=people.pagerduty(session), now=now)


def _join(session: Session, incident_id: int, user: dict[str, str], *, now: datetime) -> bool:
    person = _known(session, user)
    return alerts.joined_by(session, incident_id, person, by=people.pagerduty(session), now=now)


def _if_still_empty(session: Session, incident_id: int, service: str, *, now: datetime) -> None:
    if alerts.wants_commander(session, incidents.get(session, incident_id)):
        alerts.nobody_on_call(session, incident_id, service, source=PAGERDUTY, now=now)
