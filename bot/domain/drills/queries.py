"""Questions about drills: which scenarios there are, which drills run, and how one went."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.drills import rules
from bot.domain.drills.acts import act_of
from bot.domain.drills.course import Course, Level
from bot.domain.drills.model import Drill, DrillInject, Scenario
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib import db
from bot.lib.choices import NoSuchChoice, one_of
from bot.lib.errors import Refused
from bot.lib.facts import Event
from bot.lib.spans import parse_span


class NoSuchDrill(Refused):
    """There is no such drill. They are listed by /incident drill, and on the page /drills."""


def known(session: Session) -> list[Scenario]:
    """All scenarios that were loaded at the start."""
    found: list[Scenario] = session.info.get("drills", [])
    return found


def named(session: Session, name: str) -> Scenario:
    """The scenario of that name; an unknown one is refused with the right ones."""
    choices = {scenario.name: scenario for scenario in known(session)}
    if not choices:
        raise NoSuchChoice("There is no scenario. Put one into runbooks/drills, then start again.")
    return one_of("drill", name, choices)


def get(session: Session, id: int) -> Drill:
    """For our own use, without asking who may see it."""
    if drill := session.get(Drill, id):
        return drill
    raise NoSuchDrill


def find(session: Session, id: int, *, as_: Person) -> Drill:
    """The drill of that number; one of an incident that the person may not see is not there."""
    drill = db.row(session, Drill, id)
    if drill is None or not incidents.visible(session, incidents.get(session, drill.incident_id), as_):
        raise NoSuchDrill(f"There is no drill {id}. They are listed on the page /drills.")
    return drill


def of(session: Session, incident: Incident) -> Drill | None:
    return session.exec(select(Drill).where(Drill.incident_id == incident.id)).first()


def running(session: Session) -> list[Drill]:
    """The oldest first."""
    return list(session.exec(select(Drill).where(col(Drill.ended_at).is_(None)).order_by(col(Drill.id))))


def held(session: Session, *, as_: Person, scenario: str | None = None, limit: int = 50) -> list[Drill]:
    """Drills that the person may see, the newest first, the running ones among them."""
    asked = select(Drill).join(Incident, col(Incident.id) == col(Drill.incident_id))
    asked = asked.where(incidents.seen_by(as_)).order_by(col(Drill.id).desc()).limit(limit)
    return list(session.exec(asked.where(Drill.scenario == scenario) if scenario else asked))


def waiting(session: Session, now: datetime) -> list[int]:
    """The drills in which something is due now."""
    return [drill.id for drill in running(session) if _is_due(session, drill, now)]


def _is_due(session: Session, drill: Drill, now: datetime) -> bool:
    elapsed, plan = rules.drill_time(drill.started_at, now, drill.pace), drill.plan
    return elapsed >= plan.length or bool(rules.due(plan, elapsed, set(played(session, drill))))


def played(session: Session, drill: Drill) -> dict[str, datetime]:
    """Which injections were played, and when on the clock."""
    rows = session.exec(select(DrillInject).where(DrillInject.drill_id == drill.id))
    return {row.key: row.at for row in rows}


def course_of(session: Session, drill: Drill, until: datetime) -> Course:
    """All that people did, in drill time."""
    injected = played(session, drill)
    return course(session, drill.incident_id, drill.started_at, until, drill.pace, injected)


def course(
    session: Session,
    incident_id: int,
    started: datetime,
    until: datetime,
    pace: int = 1,
    injected: dict[str, datetime] | None = None,
) -> Course:
    """The course of any incident, as the rules of a drill look at it."""
    company = company_of(session)
    asked = select(Event).where(Event.incident_id == incident_id, Event.at <= until)
    events = list(session.exec(asked.order_by(col(Event.id))))
    acts = [act for event in events if (act := act_of(event, started, pace))]
    levels = {
        one.key: Level(
            company.rank(one.key), parse_span(one.first_update).rough if one.first_update else None
        )
        for one in company.severities
    }
    return Course(
        acts=tuple(sorted(acts, key=lambda act: act.at)),
        injected={key: rules.drill_time(started, at, pace) for key, at in (injected or {}).items()},
        ended=rules.drill_time(started, until, pace),
        severity=_first_severity(events) or company.assumed_severity().key,
        levels=levels,
    )


def _first_severity(events: list[Event]) -> str | None:
    declared = next((event for event in events if event.kind == "Declared"), None)
    return declared.data.get("severity") if declared else None
