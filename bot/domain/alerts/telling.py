"""From what a batch brought to facts: many alerts with one fate are one fact. Then what follows from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.domain.alerts import facts, queries, rules
from bot.domain.alerts.drafts import Draft
from bot.domain.alerts.marks import caused
from bot.domain.alerts.messages import Kind, Message
from bot.domain.company import company_of
from bot.domain.incidents import (
    Incident,
    Status,
    acknowledge,
    note,
    reopen,
    resolve,
    services_of,
    set_services,
    set_severity,
)
from bot.domain.people import Person
from bot.lib.facts import record
from bot.lib.words import cut

TITLES = 5
NOTE_MAX = 2900  # one Slack section, with a name before it
LAST = (Kind.RESOLVED, Kind.REOPENED)  # what they cause comes after everything else
SINGLE = (Kind.NOTED, Kind.UPDATED, Kind.ASKED, Kind.ANSWERED, Kind.BRIDGE)  # each has words of its own
Group = tuple[Kind, str, str]
Pair = tuple[Message, Draft]


@dataclass
class Told:
    """What one batch says about one incident."""

    joined: list[Draft] = field(default_factory=list)
    groups: dict[Group, list[Pair]] = field(default_factory=dict)

    def add(self, message: Message, row: Draft) -> None:
        who = message.agent.key if message.agent else ""
        apart = (
            message.id if message.kind in SINGLE else row.priority if message.kind is Kind.PRIORITY else ""
        )
        self.groups.setdefault((message.kind, who, apart), []).append((message, row))


@dataclass
class Teller:
    """Tells one incident's share of a batch."""

    session: Session
    source: str
    incident: Incident
    by: Person
    now: datetime

    def join(self, rows: list[Draft]) -> None:
        names = dict.fromkeys(row.service_name for row in rows if row.service_name)
        fact = facts.AlertsJoined(
            **self._about(rows),
            incident_id=self.incident.id,
            by=self.by.id,
            services=tuple(names)[:TITLES],
            happened_at=self._past(min(row.began_at for row in rows)),
        )
        record(self.session, fact, at=self.now)
        self._widen(rows)
        if self.incident.severity is None and self.incident.is_live:
            self._follow_priority(self.by, self.now)
        if still_open := [row for row in rows if row.is_open]:
            self.reopen(still_open[0], self.by)

    def _widen(self, rows: list[Draft]) -> None:
        """A service that is touched too belongs to the incident from now on."""
        known = services_of(self.session, self.incident)
        new = dict.fromkeys(row.service for row in rows if row.service and row.service not in known)
        if new and not self.incident.is_over:
            listed = {service.key for service in company_of(self.session).services}
            both = tuple(key for key in (*known, *new) if key in listed)
            set_services(self.session, self.incident, both, by=self.by, now=self.now)

    def group(self, kind: Kind, pairs: list[Pair]) -> None:
        act = ACTS.get(kind)
        if act is not None:
            act(self, pairs, self._person(pairs[0][0]))

    def _person(self, message: Message) -> Person | None:
        """Who did it, where we know them."""
        return queries.person_of(self.session, self.source, message.agent.key) if message.agent else None

    def _past(self, at: datetime) -> datetime | None:
        return at if at < self.now else None

    def _at(self, message: Message) -> datetime:
        """When it happened; never in the future, nor before the incident was declared."""
        return max(min(message.at, self.now), min(self.incident.declared_at, self.now))

    def _about(self, rows: list[Draft]) -> dict[str, object]:
        titles = tuple(dict.fromkeys(cut(row.title, 200) for row in rows))[:TITLES]
        url = rows[0].url if len(rows) == 1 else ""
        return {"source": self.source, "count": len(rows), "titles": titles, "url": url}

    def say(
        self, fact: type[facts.AlertsFact], pairs: list[Pair], person: Person | None, **more: object
    ) -> None:
        message = pairs[0][0]
        agent = message.agent if message.agent and person is None else None
        common = {
            **self._about([row for _, row in pairs]),
            "incident_id": self.incident.id,
            "by": person.id if person else self.by.id,
            "agent": agent.name if agent else "",
            "agent_key": agent.key if agent else "",
            "happened_at": self._past(message.at),
        }
        record(self.session, fact.model_validate({**common, **more}), at=self.now)

    def acknowledged(self, pairs: list[Pair], person: Person | None) -> None:
        first = min(pairs, key=lambda pair: pair[0].at)[0]
        is_news = self.incident.is_live and self.incident.acknowledged_at is None
        if is_news:
            acknowledge(self.session, self.incident, by=person or self.by, now=self._at(first))
        if not is_news or person is None or len(pairs) > 1:
            self.say(facts.AlertsAcknowledged, pairs, person)

    def unacknowledged(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.AlertsUnacknowledged, pairs, person)

    def resolved(self, pairs: list[Pair], person: Person | None) -> None:
        """When the source declared the incident, the end of its last alert resolves it."""
        left = queries.count(self.session, self.incident, only_open=True)
        self.say(facts.AlertsResolved, pairs, person, left=left)
        if left == 0 and self.incident.source == self.source and self.incident.is_live:
            last = max(message.at for message, _ in pairs)
            when = max(min(last, self.now), min(self.incident.declared_at, self.now))
            resolve(
                self.session,
                self.incident,
                by=person or self.by,
                now=when,
                note="Its last alert was resolved",
            )

    def reopened(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.AlertsReopened, pairs, person)
        if pairs[-1][1].is_open:
            self.reopen(pairs[-1][1], person or self.by)

    def reopen(self, row: Draft, by: Person) -> None:
        if self.incident.status == Status.RESOLVED:
            reopen(
                self.session,
                self.incident,
                f"An alert is open again: {cut(row.title, 200)}",
                by=by,
                now=self.now,
            )

    def escalated(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.AlertsEscalated, pairs, person, to=_assignees(pairs))

    def reassigned(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.AlertsReassigned, pairs, person, to=_assignees(pairs))

    def priority(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.AlertPriorityChanged, pairs, person, priority=pairs[-1][1].priority)
        if self.incident.is_live:
            self._follow_priority(person or self.by, self._at(pairs[-1][0]))

    def _follow_priority(self, by: Person, when: datetime) -> None:
        """As bad as the worst of the alerts that are still open."""
        company = company_of(self.session)
        key = rules.worst(company, queries.open_priorities(self.session, self.incident))
        if key:
            set_severity(self.session, self.incident, key, by=by, now=when, why="By its alerts' priority")

    def noted(self, pairs: list[Pair], person: Person | None) -> None:
        """Their notes are notes here too; one of ours that comes back is none."""
        message = pairs[0][0]
        if rules.is_ours(message.text) or not message.text.strip():
            return
        name = f"{message.agent.name}: " if message.agent and person is None else ""
        said = name + cut(message.text.strip(), NOTE_MAX)
        note(self.session, self.incident, said, by=person or self.by, now=self.now, at=self._past(message.at))

    def updated(self, pairs: list[Pair], person: Person | None) -> None:
        if pairs[0][0].text.strip():
            self.say(facts.AlertUpdateHeard, pairs, person, text=cut(pairs[0][0].text.strip(), NOTE_MAX))

    def asked(self, pairs: list[Pair], person: Person | None) -> None:
        message = pairs[0][0]
        name = message.who.name if message.who else "someone"
        self.say(facts.ResponderAsked, pairs, person, name=name, text=cut(message.text.strip(), 500))

    def answered(self, pairs: list[Pair], person: Person | None) -> None:
        message = pairs[0][0]
        name = message.who.name if message.who else "someone"
        self.say(facts.ResponderAnswered, pairs, person, name=name, state=message.text)

    def bridge(self, pairs: list[Pair], person: Person | None) -> None:
        self.say(facts.BridgeChanged, pairs, person, text=cut(pairs[0][0].text, 500))


ACTS: dict[Kind, Callable[[Teller, list[Pair], Person | None], None]] = {
    Kind.ACKNOWLEDGED: Teller.acknowledged,
    Kind.UNACKNOWLEDGED: Teller.unacknowledged,
    Kind.RESOLVED: Teller.resolved,
    Kind.REOPENED: Teller.reopened,
    Kind.ESCALATED: Teller.escalated,
    Kind.REASSIGNED: Teller.reassigned,
    Kind.PRIORITY: Teller.priority,
    Kind.NOTED: Teller.noted,
    Kind.UPDATED: Teller.updated,
    Kind.ASKED: Teller.asked,
    Kind.ANSWERED: Teller.answered,
    Kind.BRIDGE: Teller.bridge,
}


def tell(session: Session, source: str, incident: Incident, told: Told, *, by: Person, now: datetime) -> None:
    """Say it all, the end last; whatever follows from it is the source's doing."""
    teller = Teller(session, source, incident, by, now)
    session.flush()
    with caused(session, incident, source):
        if told.joined:
            teller.join(told.joined)
        for (kind, _, _), pairs in sorted(told.groups.items(), key=lambda item: item[0][0] in LAST):
            teller.group(kind, pairs)


def _assignees(pairs: list[Pair]) -> tuple[str, ...]:
    snapshots = [message.snapshot for message, _ in pairs if message.snapshot]
    return tuple(dict.fromkeys(agent.name for seen in snapshots for agent in seen.assignees))[:TITLES]
