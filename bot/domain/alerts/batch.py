"""One batch of messages, laid onto alerts and incidents; what many have in common is told once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.domain.alerts import drafts, rules
from bot.domain.alerts.drafts import Draft
from bot.domain.alerts.homes import Home, best, homes_for
from bot.domain.alerts.marks import Echoes
from bot.domain.alerts.messages import Kind, Message, Snapshot
from bot.domain.alerts.model import AlertStatus
from bot.domain.alerts.telling import Told, tell
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Report, declare, final, get, hold
from bot.domain.people import Person
from bot.lib.words import cut

TITLE_MAX = 200
ANEW = (
    Kind.OPENED,
    Kind.REOPENED,
)  # what was over begins again; who cancelled a false alarm is left in peace


@dataclass
class Batch:
    """What is known while a batch is worked through."""

    session: Session
    source: str
    by: Person
    now: datetime
    rows: dict[str, Draft] = field(default_factory=dict)
    changed: dict[str, Draft] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    echoes: Echoes = field(init=False)
    told: dict[int, Told] = field(default_factory=lambda: defaultdict(Told))

    def prepare(self, messages: list[Message]) -> None:
        """Read once what all of them need, and line up with other writers, always in the same order."""
        keys = {message.key for message in messages}
        self.rows = drafts.load(self.session, self.source, keys)
        self.echoes = Echoes(self.session, self.source, keys)
        shared = {message.snapshot.incident_key for message in messages if message.snapshot} - {""}
        self.homes = homes_for(self.session, self.source, shared, self.now)
        for id in sorted({row.incident_id for row in self.rows.values() if row.incident_id}):
            self._hold(get(self.session, id))

    def take(self, message: Message) -> None:
        """Apply one message. One that is older than what was applied changes nothing."""
        row = self.rows.get(message.key)
        if message.snapshot is None:
            if row and (incident := self._incident(row)):
                self.told[incident.id].add(message, row)
            return
        if row is not None and message.at < row.last_at:
            return
        was = row.status if row else ""
        row = self._write(row, message, message.snapshot)
        heard_before = self._is_echo(row, message)
        incident = self._incident(row)
        if incident is None or (incident.is_over and message.kind in ANEW):
            incident = self._place(row, message)
        if incident is not None and not heard_before and not _is_repeat(message.kind, was):
            self.told[incident.id].add(message, row)

    def tell(self) -> None:
        drafts.save(self.session, self.changed.values())
        for id in sorted(self.told):
            tell(self.session, self.source, get(self.session, id), self.told[id], by=self.by, now=self.now)

    def _write(self, row: Draft | None, message: Message, seen: Snapshot) -> Draft:
        if row is None:
            row = self.rows[message.key] = Draft(self.source, message.key, message.at, message.at)
        row.show(seen, message.at, company_of(self.session))
        self.changed[row.key] = row
        return row

    def _is_echo(self, row: Draft, message: Message) -> bool:
        if message.kind in (Kind.ACKNOWLEDGED, Kind.RESOLVED):
            return self.echoes.answer(message, f"status={row.status}")
        if message.kind is Kind.PRIORITY:
            return self.echoes.answer(message, f"priority={row.priority}")
        return False

    def _incident(self, row: Draft) -> Incident | None:
        return final(self.session, get(self.session, row.incident_id)) if row.incident_id else None

    def _place(self, row: Draft, message: Message) -> Incident | None:
        """Give an open alert a home: an incident of its own kind, or a new one where the rules say so."""
        if not row.is_open:
            return None
        row.incident_id = None
        if row.is_page:
            return self._place_page(row)
        home = self._join(row) or self._declare(row, message)
        if home is None:
            return None
        row.incident_id = home.incident.id
        home.welcome(row)
        self.told[home.incident.id].joined.append(row)
        return home.incident

    def _place_page(self, row: Draft) -> Incident | None:
        id = rules.incident_of_page(row.incident_key)
        known = self.session.get(Incident, id) if id else None
        if known is None or final(self.session, known).is_over:
            return None
        row.incident_id = final(self.session, known).id
        return final(self.session, known)

    def _join(self, row: Draft) -> Home | None:
        while home := best(self.homes, row, company_of(self.session)):
            if self._hold(home.incident):
                return home
            self.homes.remove(home)
        return None

    def _hold(self, incident: Incident) -> bool:
        """Nobody else changes it until we are done. False when it is over by now."""
        if incident.id not in self.held:
            hold(self.session, incident)
            self.held.add(incident.id)
        return not incident.is_over

    def _declare(self, row: Draft, message: Message) -> Home | None:
        company = company_of(self.session)
        if message.snapshot is None or not rules.declares(company, message.snapshot):
            return None
        about = [row.service_name, row.priority, f"{row.urgency} urgency" if row.urgency else "", row.url]
        report = Report(
            title=cut(row.title, TITLE_MAX),
            severity=rules.severity_of(company, row.priority),
            description=" · ".join(part for part in about if part),
            services=(row.service,) if row.service else (),
            source=self.source,
            detected_at=min(row.began_at, self.now),
        )
        incident = declare(self.session, report, by=self.by, now=self.now)
        self.held.add(incident.id)
        home = Home(incident, row.last_at, set(report.services))
        self.homes.append(home)
        return home


def _is_repeat(kind: Kind, was: str) -> bool:
    """It stood like that already."""
    if kind is Kind.ACKNOWLEDGED:
        return was == AlertStatus.ACKNOWLEDGED
    return kind is Kind.RESOLVED and was == AlertStatus.RESOLVED
