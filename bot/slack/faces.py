"""What Slack shows of an incident, read from the rows at one moment; no rule and no wording lives here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import (
    actions,
    alerts,
    customers,
    drills,
    feedback,
    incidents,
    people,
    postmortems,
    runbooks,
    updates,
)
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident, Loop, Status
from bot.lib.errors import Refused
from bot.lib.words import plural
from bot.slack import words
from bot.slack.model import room_of

MOST_RUNBOOKS = 3


@dataclass(frozen=True)
class Chair:
    """A role of the company, and the name of who has it."""

    key: str
    name: str
    duty: str
    holder: str | None


@dataclass(frozen=True)
class Face:
    """Everything on the card; names and titles are escaped already."""

    id: int
    ref: str
    title: str
    severity: str  # with its mark: "● SEV1 Critical"
    status: Status
    declared_at: datetime
    declared_by: str
    now: datetime
    private: bool = False
    drill: bool = False
    sample: bool = False
    services: tuple[str, ...] = ()
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: int | None = None
    chairs: tuple[Chair, ...] = ()
    told_at: datetime | None = None
    promised_by: datetime | None = None
    owed: str = ""  # why customers must hear something now
    score: str = ""  # how well they were told so far
    first_words: str = ""  # what one click tells them; empty where they were told, or nobody outside may be
    drafts: int = 0  # texts that wait for a yes
    written: int = 0  # customers who have
    hurt: str = ""  # who is affected, the most important first
    alerts: int = 0
    actions: int = 0
    runbooks: tuple[tuple[str, str], ...] = ()  # name and title of those that fit and are not posted yet
    postmortem_due: datetime | None = None
    postmortem_url: str = ""
    loops: tuple[Loop, ...] = field(default=())
    channel: str | None = None
    url: str = ""
    guest: str = ""  # the commander, where Slack let nobody bring them in and nothing shows that they came

    @property
    def is_live(self) -> bool:
        return self.status in incidents.LIVE

    @property
    def is_over(self) -> bool:
        return self.status in incidents.OVER

    @property
    def commander(self) -> str | None:
        return next((chair.holder for chair in self.chairs if chair.key == incidents.rules.COMMANDER), None)


def read(session: Session, incident: Incident, *, now: datetime, public_url: str) -> Face:
    """The incident as it is now."""
    company, room = company_of(session), room_of(session, incident.id)
    page, postmortem = f"{public_url}/incidents/{incident.ref}", postmortems.of(session, incident)
    return Face(
        id=incident.id,
        ref=incident.ref,
        title=words.title(incident.title.removeprefix(drills.MARK) if incident.drill else incident.title),
        severity=words.severity(company, incident.severity),
        status=Status(incident.status),
        declared_at=incident.declared_at,
        declared_by=words.name(session, incident.declared_by),
        now=now,
        private=incident.private,
        drill=incident.drill,
        sample=incident.sample,
        services=_services(session, company, incident),
        detected_at=incident.detected_at,
        acknowledged_at=incident.acknowledged_at,
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        merged_into=into.id if (into := incidents.successor(session, incident)) else None,
        chairs=_chairs(session, company, incident),
        told_at=told.at if (told := updates.last(session, incident)) else None,
        promised_by=updates.promised_by(session, incident),
        written=feedback.count_of(session, incident),
        hurt=words.escape(customers.summary(customers.affected(session, incident))),
        **_clock(session, incident, now),
        alerts=alerts.count(session, incident),
        actions=len(actions.of(session, incident)),
        runbooks=_runbooks(session, incident) if incident.is_live else (),
        postmortem_due=postmortem.due_at if postmortem and not postmortem.published_at else None,
        postmortem_url=f"{page}/postmortem" if postmortem and postmortem.published_at else "",
        loops=tuple(incidents.loops(session, incident)),
        channel=room.usable if room else None,
        url=page,
        guest=_guest(session, incident),
    )


def _guest(session: Session, incident: Incident) -> str:
    """Slack lets no bot invite a guest. Who acknowledges has found the way in."""
    id = incidents.commander(session, incident)
    person = people.get(session, id) if id is not None else None
    is_waiting = incident.is_live and incident.acknowledged_at is None
    return words.name(session, person.id) if person and person.is_guest and is_waiting else ""


def _clock(session: Session, incident: Incident, now: datetime) -> dict[str, Any]:
    owing = updates.owed(session, incident)
    score = updates.scoring.of(session, incident, now)
    return {
        "owed": owing.why if owing else "",
        "score": f"{score.kept} of {plural(score.promises, 'promise')} kept" if score.promises else "",
        "first_words": _first_words(session, incident),
        "drafts": len(updates.waiting(session, incident)),
    }


def _first_words(session: Session, incident: Incident) -> str:
    if not incident.is_live or incident.private or not updates.is_silent(session, incident):
        return ""
    try:
        return words.escape(updates.first_words(session, incident))
    except Refused:
        return ""  # a broken template spoils no card: the form says what is wrong with it


def _runbooks(session: Session, incident: Incident) -> tuple[tuple[str, str], ...]:
    posted = {run.name for run in runbooks.runs(session, incident)}
    fitting = [one for one in runbooks.suggest(session, incident) if one.name not in posted]
    return tuple((one.name, one.title) for one in fitting[:MOST_RUNBOOKS])


def _services(session: Session, company: Company, incident: Incident) -> tuple[str, ...]:
    names = {service.key: service.name for service in company.services}
    return tuple(words.escape(names.get(key, key)) for key in incidents.services_of(session, incident))


def _chairs(session: Session, company: Company, incident: Incident) -> tuple[Chair, ...]:
    seats = incidents.seats(session, incident)
    return tuple(
        Chair(
            role.key,
            words.escape(role.name),
            words.escape(role.duty),
            words.name(session, seats[role.key]) if role.key in seats else None,
        )
        for role in company.roles
    )
