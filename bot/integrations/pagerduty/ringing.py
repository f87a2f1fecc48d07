"""Rings whoever was paged: through the Events API, or a person directly through REST."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.domain import alerts, incidents, people
from bot.domain.alerts import PAGERDUTY, Paged
from bot.domain.company import company_of
from bot.integrations.pagerduty.line import Answered, Line
from bot.integrations.pagerduty.outbound import PERSON
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.effects import effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event
from bot.lib.words import cut

SUMMARY_MAX = 1024


@dataclass(frozen=True)
class Ring:
    """One page, in words."""

    dedup_key: str
    summary: str
    details: dict[str, str]
    target: str
    component: str = ""
    service: str = ""  # PagerDuty's id of the service that is meant
    email: str = ""  # of the person who is meant


class Ringing:
    """A page is rung once: every try carries the key of its fact."""

    def __init__(self, line: Line, courier: Courier, clock: Clock, public_url: str) -> None:
        self.line, self.courier, self.clock, self.public_url = line, courier, clock, public_url

    async def ring(self, event: Event) -> None:
        ring = await self.courier.ask(ring_of, event)
        if ring is None:
            return
        try:
            if not await self._ring_person(event, ring):
                await self._ring_events(event, ring)
        except DeliveryError as error:
            about = event.incident_id, event.key, f"page {ring.target}", str(error)
            await self.courier.run(alerts.refused, *about, source=PAGERDUTY, now=self.clock())
        else:
            about_page = event.incident_id, event.key, ring.target
            await self.courier.run(alerts.page_sent, *about_page, source=PAGERDUTY, now=self.clock())

    async def _ring_events(self, event: Event, ring: Ring) -> None:
        settings = self.line.settings
        if not settings.routing_key:
            if ring.service and settings.token:
                return await self._create(event, ring, {})
            raise DeliveryError("PAGERDUTY_ROUTING_KEY is not set, so nobody can be rung", permanent=True)

        async def act() -> dict[str, Any]:
            return await self.line.send(event_body(ring, self._link(event)))

        await effect(self.line.events_door, f"{event.key}/pagerduty/page", act)
        return None

    async def _ring_person(self, event: Event, ring: Ring) -> bool:
        """The Events API cannot aim at a person, an assigned incident can. False where that is no way."""
        settings = self.line.settings
        # Who assigns an incident to themselves is not rung.
        if not (ring.email and settings.token and ring.service) or ring.email == settings.sender.lower():
            return False

        async def find() -> str:
            users = (await self.line.get("/users", query=ring.email)).get("users") or []
            mine = [user for user in users if str(user.get("email", "")).lower() == ring.email]
            return str(mine[0].get("id", "")) if mine else ""

        try:
            user = await effect(self.line.rest_door, f"{event.key}/pagerduty/find", find)
            if user:
                assignee = {"assignee": {"id": user, "type": "user_reference"}}
                await self._create(event, ring, {"assignments": [assignee]})
        except DeliveryError:
            if not settings.routing_key:
                raise
            return False
        return bool(user)

    async def _create(self, event: Event, ring: Ring, more: dict[str, Any]) -> None:
        incident = {
            "type": "incident",
            "title": ring.summary,
            "service": {"id": ring.service, "type": "service_reference"},
            "urgency": "high",
            "incident_key": ring.dedup_key,
            **more,
        }

        async def act() -> bool:
            try:
                await self.line.post("/incidents", {"incident": incident})
            except Answered as error:
                # The same incident_key is open already: an earlier try of ours came through.
                if "matching dedup key already exists" not in str(error):
                    raise
            return True

        async def seek() -> bool | None:
            params = {"incident_key": ring.dedup_key, "date_range": "all"}
            return bool((await self.line.get("/incidents", **params)).get("incidents")) or None

        await effect(self.line.rest_door, f"{event.key}/pagerduty/create", act, seek)

    def _link(self, event: Event) -> str:
        return f"{self.public_url}/incidents/INC-{event.incident_id}"


def ring_of(session: Session, event: Event) -> Ring | None:
    """None in a drill: nobody is rung for practice."""
    fact = event.fact
    assert isinstance(fact, Paged)
    incident = incidents.get(session, event.incident_id)
    if incident.drill:
        return None
    person = people.get(session, fact.person) if fact.person else None
    target = person.name if person else PERSON.sub("someone", fact.target)
    # Everybody at PagerDuty can read a page; what is private is not told there.
    subject = "" if incident.private else incident.title
    about = ". ".join(part for part in (fact.text, subject) if part)
    details = {
        "incident": incident.ref,
        "text": fact.text,
        "paged": target,
        "by": people.get(session, fact.by).name,
        "severity": company_of(session).severity_or_assumed(incident.severity).key,
        "person": (person.email or "") if person else "",
    }
    return Ring(
        dedup_key=alerts.rules.page_key(event.key),
        summary=cut(f"{incident.ref}, page for {target}: {about or 'please join'}", SUMMARY_MAX),
        details=details,
        target=target,
        component=fact.service or "",
        service=_service_id(session, incident, fact.service),
        email=((person.email or "") if person else "").lower(),
    )


def _service_id(session: Session, incident: incidents.Incident, service: str | None) -> str:
    """PagerDuty's id: of the service that was paged, else of the one that broke."""
    services = company_of(session).services
    if service:
        return next((s.pagerduty_service or "" for s in services if s.key == service), "")
    if (lead := alerts.lead(session, incident)) and lead.source_service:
        return lead.source_service
    touched = incidents.services_of(session, incident)
    return next((s.pagerduty_service for s in services if s.key in touched and s.pagerduty_service), "")


def event_body(ring: Ring, link: str) -> dict[str, Any]:
    """A trigger. `component` and `group` let an event orchestration route it to the right service."""
    payload = {
        "summary": ring.summary,
        "source": "closeout",
        "severity": "critical",
        "class": "page",
        "custom_details": ring.details,
    }
    if ring.component:
        payload["component"] = ring.component
    if ring.service:
        payload["group"] = ring.service
    return {
        "event_action": "trigger",
        "dedup_key": ring.dedup_key,
        "payload": payload,
        "client": "Closeout",
        "client_url": link,
        "links": [{"href": link, "text": ring.details["incident"]}],
    }
