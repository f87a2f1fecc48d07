"""The facts of a postmortem, computed from the rows. Plain data: a template sees nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.domain import actions, alerts, feedback, incidents, people, recurrences, updates
from bot.domain.company import Company, company_of
from bot.domain.incidents import Entry, Incident, Milestone, Status
from bot.domain.incidents.facts import MessageAdded
from bot.domain.people.verbs import NoSuchPerson
from bot.domain.people.words import HOLE
from bot.domain.postmortems import rules
from bot.domain.postmortems.model import PostmortemStatus
from bot.domain.postmortems.queries import of
from bot.domain.updates import Update
from bot.lib.escaping import UNSEEN
from bot.lib.words import duration

MESSAGE = MessageAdded.__name__
ALERTS_SHOWN = 20
ABOUT_ITSELF = "Postmortem"  # what happens to the document is no part of what it tells


@dataclass(frozen=True)
class Moment:
    """A milestone, reached or not."""

    name: str
    at: datetime | None


@dataclass(frozen=True)
class Measure:
    """A time computed from two milestones; without one of them `missing` says which."""

    name: str
    span: timedelta | None
    formula: str
    missing: str = ""


@dataclass(frozen=True)
class Seat:
    role: str
    person: str


@dataclass(frozen=True)
class Voice:
    """What a customer wrote, and how many said the same. Nobody is named."""

    words: str
    count: int


@dataclass(frozen=True)
class Told:
    """What customers heard. `kept` says what became of the promise before it."""

    at: datetime
    phase: str
    message: str
    by: str
    next_by: datetime | None
    kept: str
    is_correction: bool = False
    corrected: bool = False  # a later correction says it right


@dataclass(frozen=True)
class Line:
    """A row of the timeline. `day` stands on the first row of each day, where there are several."""

    id: int
    at: datetime
    who: str
    text: str
    is_quote: bool
    permalink: str
    images: tuple[str, ...]
    trace: tuple[str, ...]
    day: str = ""


@dataclass(frozen=True)
class Item:
    ref: str
    title: str
    owner: str
    due: str
    kind: str
    priority: str
    status: str
    evidence: str


@dataclass(frozen=True)
class Before:
    """An earlier incident that shares service and factor, with what was promised after it."""

    ref: str
    title: str
    service: str
    factor: str
    actions: tuple[Item, ...]


@dataclass(frozen=True)
class Alerted:
    """An alert that belongs to the incident."""

    at: datetime
    title: str
    service: str
    source: str
    status: str
    url: str


@dataclass(frozen=True)
class Document:
    """Everything that can be known without asking anyone."""

    ref: str
    title: str
    description: str
    severity: str
    status: str
    private: bool
    drill: bool
    sample: bool
    declared_by: str
    services: tuple[str, ...]
    moments: tuple[Moment, ...]
    measures: tuple[Measure, ...]
    impact: timedelta | None
    alerts: int
    first_alerts: tuple[Alerted, ...]
    people: int
    owner: str
    due_at: datetime | None
    state: str
    published_at: datetime | None
    seats: tuple[Seat, ...]
    told: tuple[Told, ...]
    told_well: tuple[str, ...]  # how soon, how many promises were kept, the longest silence
    written: int  # customers who wrote
    voices: tuple[Voice, ...]
    timeline: tuple[Line, ...]
    actions: tuple[Item, ...]
    merged: tuple[str, ...]
    factors: tuple[str, ...] = ()
    before: tuple[Before, ...] = ()

    @property
    def has_days(self) -> bool:
        """Does the timeline cross midnight?"""
        return any(line.day for line in self.timeline)

    @property
    def days(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """The timeline in days; one day without a name, where there is only one."""
        found: list[tuple[str, list[Line]]] = []
        for line in self.timeline:
            if not found or line.day:
                found.append((line.day, []))
            found[-1][1].append(line)
        return tuple((day, tuple(lines)) for day, lines in found)


class Names:
    """Who people are, each asked for once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[int, str] = {}

    def of(self, id: int | None, nobody: str = "nobody") -> str:
        if id is None:
            return nobody
        if id not in self.known:
            try:
                self.known[id] = people.get(self.session, id).name
            except NoSuchPerson:
                self.known[id] = "somebody"
        return self.known[id]

    def spell(self, text: str) -> str:
        if "@{p:" not in text:
            return text
        return HOLE.sub(lambda found: self.of(int(found[1])), text)


def document(session: Session, incident: Incident) -> Document:
    """All that a template may show."""
    company, names, postmortem = company_of(session), Names(session), of(session, incident)
    told = updates.of(session, incident)
    return Document(
        ref=incident.ref,
        title=UNSEEN.sub("", incident.title),
        description=incident.description,
        severity=_severity(company, incident),
        status=incident.status,
        private=incident.private,
        drill=incident.drill,
        sample=incident.sample,
        declared_by=names.of(incident.declared_by),
        services=_services(session, company, incident),
        moments=tuple(Moment(milestone.words, incident.moment(milestone)) for milestone in Milestone),
        measures=tuple(measures(incident, told[0].at if told else None)),
        impact=_between(_began(incident), incident.mitigated_at or incident.resolved_at),
        alerts=alerts.count(session, incident),
        first_alerts=tuple(_alerted(session, incident)),
        people=len(incidents.members(session, incident)),
        owner=names.of(postmortem.owner_id if postmortem else None),
        due_at=postmortem.due_at if postmortem else rules.due_at(company, incident),
        state=PostmortemStatus(postmortem.status).words if postmortem else "not begun",
        published_at=postmortem.published_at if postmortem else None,
        seats=tuple(_seats(session, company, incident, names)),
        told=tuple(_told(session, incident, told, names)),
        told_well=updates.scoring.of(session, incident, _ended(incident, told)).sentences,
        written=feedback.count_of(session, incident),
        voices=tuple(Voice(*one) for one in feedback.quotes(session, incident)),
        timeline=tuple(_lines(_story(session, incident), names)),
        actions=tuple(_items(session, incident, names)),
        merged=tuple(_merged(session, incident)),
        factors=recurrences.factors_of(session, incident),
        before=tuple(_before(session, company, incident, names)),
    )


def _severity(company: Company, incident: Incident) -> str:
    label = company.severity_or_assumed(incident.severity).label
    return label if incident.severity else f"not said (counts as {label})"


def _services(session: Session, company: Company, incident: Incident) -> tuple[str, ...]:
    names = {service.key: service.name for service in company.services}
    return tuple(names.get(key, key) for key in incidents.services_of(session, incident))


def _began(incident: Incident) -> datetime | None:
    return incident.impact_started_at or incident.detected_at


def measures(incident: Incident, first_told: datetime | None) -> Iterator[Measure]:
    """The five times, each with its formula; where impact has no start, they count from detection."""
    start, began = ("impact started" if incident.impact_started_at else "detected"), _began(incident)
    seen, start_of = incident.detected_at, incident.impact_started_at
    yield _measure("Time to detect", "impact started", start_of, "detected", seen)
    yield _measure("Time to acknowledge", "detected", seen, "acknowledged", incident.acknowledged_at)
    yield _measure("Time to first customer update", "detected", seen, "first customer update", first_told)
    yield _measure("Time to mitigate", start, began, "mitigated", incident.mitigated_at)
    yield _measure("Time to resolve", start, began, "resolved", incident.resolved_at)


def _measure(name: str, start: str, began: datetime | None, end: str, ended: datetime | None) -> Measure:
    missing = [word for word, at in ((start, began), (end, ended)) if at is None]
    return Measure(name, _between(began, ended), f"{start} to {end}", " and ".join(missing))


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return max(end - start, timedelta()) if start and end else None


def _seats(session: Session, company: Company, incident: Incident, names: Names) -> Iterator[Seat]:
    taken = incidents.seats(session, incident)
    known = {role.key: role.name for role in company.roles}
    for key in [*known, *(key for key in taken if key not in known)]:
        if key in taken:
            yield Seat(known.get(key, key), names.of(taken[key]))


def _told(session: Session, incident: Incident, told: list[Update], names: Names) -> Iterator[Told]:
    company = company_of(session)
    first = company.severity_or_assumed(incident.severity).first_update
    span = company.span(first)
    promised = span.after(incident.declared_at) if span and not incident.private else None
    corrected = {update.correction_of for update in told}
    for update in told:
        by, is_correction = names.of(update.by), update.correction_of is not None
        kept = "a correction" if is_correction else _kept(promised, update.at)
        phase = update.phase if update.public else f"{update.phase} (stayed inside)"
        wrong = update.id in corrected
        yield Told(update.at, phase, update.message, by, update.next_update_by, kept, is_correction, wrong)
        promised = promised if is_correction else update.next_update_by


def _ended(incident: Incident, told: list[Update]) -> datetime:
    """Until when the score is counted: a document says the same whenever it is drawn."""
    moments = [incident.declared_at, incident.resolved_at, incident.closed_at, *(one.at for one in told)]
    return max(filter(None, moments))


def _kept(promised: datetime | None, at: datetime) -> str:
    if promised is None:
        return "nothing was promised"
    return "in time" if at <= promised else f"{duration(at - promised)} late"


def _story(session: Session, incident: Incident) -> list[Entry]:
    entries = incidents.timeline(session, incident)
    return [entry for entry in entries if not entry.kind.startswith(ABOUT_ITSELF)]


def _alerted(session: Session, incident: Incident) -> Iterator[Alerted]:
    """The first ones tell what broke; an outage may raise thousands."""
    for alert in alerts.of(session, incident, limit=ALERTS_SHOWN):
        yield Alerted(
            at=alert.began_at,
            title=alert.title,
            service=alert.service_name or alert.service or "",
            source="PagerDuty" if alert.source == alerts.PAGERDUTY else alert.source,
            status=alert.status,
            url=alert.url,
        )


def _lines(entries: list[Entry], names: Names) -> Iterator[Line]:
    """The day is named where one begins, if there is more than one."""
    dates = [entry.at.astimezone(UTC).date() for entry in entries]
    several, before = len(set(dates)) > 1, None
    for entry, date in zip(entries, dates, strict=True):
        new_day = several and date != before
        before = date
        yield Line(
            id=entry.id,
            at=entry.at,
            who=entry.author_name or names.of(entry.by),
            text=names.spell(entry.text) + (" (deleted since)" if entry.deleted else ""),
            is_quote=entry.kind == MESSAGE,
            permalink=entry.permalink,
            images=entry.images,
            trace=tuple(names.spell(trace) for trace in entry.trace),
            day=f"{date:%A}, {date.day} {date:%B %Y}" if new_day else "",
        )


def _items(session: Session, incident: Incident, names: Names) -> Iterator[Item]:
    for item in actions.of(session, incident):
        why = item.evidence
        if item.decline_reason:
            why = f"{item.decline_reason} (agreed by {names.of(item.approver_id)})"
        yield Item(
            ref=item.ref,
            title=item.title,
            owner=names.of(item.owner_id),
            due=f"{item.due:%Y-%m-%d}" if item.due else "no day",
            kind=item.kind,
            priority=item.priority,
            status=item.status.replace("_", " "),
            evidence=why,
        )


def _before(session: Session, company: Company, incident: Incident, names: Names) -> Iterator[Before]:
    known = {service.key: service.name for service in company.services}
    for one in recurrences.earlier(session, incident):
        service, items = known.get(one.service, one.service), tuple(_items(session, one.incident, names))
        yield Before(one.incident.ref, one.incident.title, service, one.factor, items)


def _merged(session: Session, incident: Incident) -> Iterator[str]:
    for other in incidents.merged_into(session, incident):
        if other.status == Status.MERGED and (incident.private or not other.private):
            yield f"{other.ref} {other.title}"
