"""What the public may know, read in one go: nothing that was not published is in it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from bot.domain import components, incidents, maintenance
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.maintenance import Maintenance
from bot.domain.postmortems import summaries
from bot.domain.updates import Phase, Update, shown
from bot.lib.facts import Event
from bot.web.status_page import days
from bot.web.status_page.days import DAYS, OPERATIONAL, Day, Span

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = timedelta(minutes=1)
UNSAID = "partial_outage"  # of a component, where an update does not say its state


@dataclass(frozen=True)
class Told:
    """An incident as the public knows it. Its own title and its severity were never published."""

    id: str
    name: str
    components: tuple[str, ...]  # their keys
    updates: tuple[Update, ...]  # the newest first
    is_live: bool
    summary: str = ""  # what customers were told when all was understood
    is_sample: bool = False  # seen in the practice workspace alone

    @property
    def last(self) -> Update:
        return self.updates[0]

    @property
    def began(self) -> datetime:
        return self.updates[-1].at

    @property
    def is_watched(self) -> bool:
        return self.last.phase == Phase.MONITORING

    def first_in(self, phase: Phase) -> datetime | None:
        return next((each.at for each in reversed(self.updates) if each.phase == phase), None)

    @property
    def over(self) -> datetime | None:
        """When customers heard that it was over; the last word, where nobody said so."""
        if self.is_live:
            return None
        return next((each.at for each in self.updates if each.phase == Phase.RESOLVED), self.last.at)


@dataclass(frozen=True)
class Planned:
    """A maintenance, with what was told of it, the newest first."""

    id: str
    it: Maintenance
    words: tuple[maintenance.Word, ...]


@dataclass(frozen=True)
class Part:
    """A component: its state now, and its last ninety days."""

    key: str
    name: str
    group: str
    description: str
    state: str
    days: tuple[Day, ...]
    uptime: float | None

    @property
    def id(self) -> str:
        return public_id("component", self.key)


@dataclass(frozen=True)
class Picture:
    """Everything that the page, the feeds and the summary say."""

    at: datetime
    parts: tuple[Part, ...] = ()
    told: tuple[Told, ...] = ()  # of the last ninety days and whatever is live; the newest word first
    under_way: tuple[Planned, ...] = ()
    ahead: tuple[Planned, ...] = ()
    before: tuple[Planned, ...] = ()  # over, in the last ninety days
    since: datetime = field(default=LONG_AGO)  # when we began to record
    months: tuple[str, ...] = ()  # as 2026-10, the newest first
    names: Mapping[str, str] = field(default_factory=dict)  # of the components, by key

    @property
    def live(self) -> list[Told]:
        return [each for each in self.told if each.is_live]

    @property
    def past(self) -> list[Told]:
        return [each for each in self.told if not each.is_live]

    @property
    def newest(self) -> datetime:
        """When anything was published last."""
        said = [each.last.at for each in self.told]
        planned = [each.words[0].at if each.words else each.it.scheduled_at for each in self.planned]
        return max([*said, *planned], default=LONG_AGO)

    @property
    def planned(self) -> list[Planned]:
        return [*self.under_way, *self.ahead, *self.before]

    @property
    def stale_at(self) -> datetime:
        """When it is drawn anew although nothing was published: a promise runs out, a day is over.

        Once a minute in any case: rows may be taken away without a fact, as sample data is.
        """
        promises = [each.last.next_update_by for each in self.live if each.last.next_update_by]
        return min([self.at + AGAIN, _next_day(self.at), *(by for by in promises if by > self.at)])


def public_id(what: str, id: int | str) -> str:
    """The same for ever, and no count of our incidents."""
    return hashlib.sha256(f"{what}/{id}".encode()).hexdigest()[:12]


def picture(session: Session, now: datetime) -> Picture:
    """All of it, as it is now."""
    since, began = now - timedelta(days=DAYS), _began(session, now)
    told = _told(session, shown.recent(session, since))
    under_way, ahead = maintenance.under_way(session), maintenance.ahead(session)
    before = maintenance.over_since(session, since)
    words = maintenance.words_of(session, [*under_way, *ahead, *before])
    return Picture(
        at=now,
        parts=_parts(session, told, began, now),
        told=told,
        under_way=_planned(under_way, words),
        ahead=_planned(ahead, words),
        before=_planned(before, words),
        since=began,
        months=_months(shown.months(session) or now, now),
        names=_names(session),
    )


def month(session: Session, name: str, now: datetime) -> Picture:
    """What began in that month, as 2026-10; without components."""
    start, end = span_of(name)
    told = _told(session, shown.begun_between(session, start, end))
    before = maintenance.between(session, start, end)
    words = maintenance.words_of(session, before)
    first = shown.months(session) or now
    return Picture(
        at=now,
        told=told,
        before=_planned(before, words),
        months=_months(first, now),
        names=_names(session),
    )


def _names(session: Session) -> dict[str, str]:
    return {one.key: one.name for one in components.known(company_of(session))}


def span_of(name: str) -> tuple[datetime, datetime]:
    """A month in UTC. Raises ValueError for what is none."""
    year, month = name.split("-")
    start = datetime(int(year), int(month), 1, tzinfo=UTC)
    return start, datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=UTC)


def _months(first: datetime, now: datetime) -> tuple[str, ...]:
    year, month, names = first.year, first.month, []
    while (year, month) <= (now.year, now.month):
        names.append(f"{year:04}-{month:02}")
        year, month = year + month // 12, month % 12 + 1
    return tuple(reversed(names))


def _began(session: Session, now: datetime) -> datetime:
    """When the first thing was written down here."""
    first = session.exec(select(Event.at).order_by(col(Event.id)).limit(1)).first()
    oldest = select(func.min(Incident.declared_at))
    if not session.info.get("practice"):
        oldest = oldest.where(col(Incident.sample).is_(False))
    return min([now, *(at for at in (first, session.exec(oldest).one()) if at)])


def _next_day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _told(session: Session, found: shown.Shown) -> tuple[Told, ...]:
    known = _names(session)
    said = summaries.summaries(session, [incident.id for incident, _ in found])
    return tuple(
        _one(session, incident, updates, known, said.get(incident.id, "")) for incident, updates in found
    )


def _one(
    session: Session, incident: Incident, said: list[Update], known: Mapping[str, str], summary: str
) -> Told:
    keys = list(dict.fromkeys(key for update in said for key in update.components))
    if not keys:
        services = incidents.services_of(session, incident)
        keys = [one.key for one in components.of_services(company_of(session), services)]
    names = [known.get(key, key) for key in keys]
    title = next((update.headline for update in said if update.headline), "")
    return Told(
        id=public_id("incident", incident.id),
        name=title or (f"Trouble with {', '.join(names)}" if names else "Trouble"),
        components=tuple(keys),
        updates=tuple(said),
        is_live=said[0].phase != Phase.RESOLVED and not incident.is_over,
        summary=summary,
        is_sample=incident.sample,
    )


def _planned(
    found: Iterable[Maintenance], words: Mapping[int, Sequence[maintenance.Word]]
) -> tuple[Planned, ...]:
    return tuple(Planned(public_id("maintenance", one.id), one, tuple(words[one.id])) for one in found)


def _parts(session: Session, told: Iterable[Told], began: datetime, now: datetime) -> tuple[Part, ...]:
    history = components.history(session, now - timedelta(days=DAYS), now)
    states, assumed = components.now(session), [each for each in told if not _says_states(each)]
    return tuple(
        _part(one, states.get(one.key, OPERATIONAL), history.get(one.key, []), assumed, began, now)
        for one in components.known(company_of(session))
    )


def _part(
    one: components.Component,
    state: str,
    stretches: Iterable[Span],
    assumed: Iterable[Told],
    began: datetime,
    now: datetime,
) -> Part:
    touched = [each for each in assumed if one.key in each.components]
    guessed = [UNSAID for each in touched if each.is_live and not each.is_watched]
    spans = [*stretches, *((each.began, _mended(each) or now, UNSAID) for each in touched)]
    seen = days.days_of([(start, end, str(how)) for start, end, how in spans], began, now)
    return Part(
        key=one.key,
        name=one.name,
        group=one.group,
        description=one.description,
        state=days.worst([str(state), *guessed]),
        days=seen,
        uptime=days.uptime(seen, began, now),
    )


def _says_states(told: Told) -> bool:
    """Updates from before components had states do not; what they mean is taken from their phases."""
    return any(update.components for update in told.updates)


def _mended(told: Told) -> datetime | None:
    return told.first_in(Phase.MONITORING) or told.over
