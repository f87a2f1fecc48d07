"""Starting a drill, playing what is due, and ending it. Verbs write rows and facts; they never commit."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.drills import queries, rules, scoring
from bot.domain.drills.facts import AwayEnded, DrillEnded, DrillStarted, Injected
from bot.domain.drills.model import Drill, DrillInject, Ending, Kind, Scenario, length
from bot.domain.drills.rules import Cue
from bot.domain.incidents import Incident, Report
from bot.domain.people import NotAllowed, Person
from bot.lib.errors import Refused
from bot.lib.facts import line_up, record

STARTING = -1  # no incident has this number, so its line is the one of those who start a drill
MARK = "DRILL: "
OVER = "The drill is over. Nothing of it was real."


class AlreadyRunning(Refused):
    """This drill is being held at the moment. Nothing was started."""


class NoDrill(Refused):
    """This incident is no drill. Nothing was changed."""


def start(session: Session, name: str, pace: str | int = 1, *, by: Person, now: datetime) -> Drill:
    """Declare an incident that is marked as practice, and begin to play. Nobody commands it yet."""
    check_may_start(by)
    scenario, speed = queries.named(session, name), rules.check_pace(pace)
    _check_free(session, scenario)
    incident = incidents.declare(session, _report(session, scenario), by=people.closeout(session), now=now)
    incidents.let_in(session, incident, by, by=by, now=now)
    drill = Drill(
        incident_id=incident.id,
        scenario=scenario.name,
        title=scenario.title,
        script=scenario.model_dump(mode="json", by_alias=True),
        pace=speed,
        started_by=by.id,
        started_at=now,
    )
    session.add(drill)
    session.flush()
    told = {"title": drill.title, "summary": scenario.summary, "minutes": scenario.minutes, "pace": speed}
    record(session, DrillStarted(incident_id=incident.id, by=by.id, drill=drill.id, **told), at=now)
    advance(session, drill.id, now=now)
    return drill


def check_may_start(person: Person) -> None:
    """Whoever sees all incidents may hold a drill; a guest may not."""
    if person.is_guest or not person.is_active:
        raise NotAllowed("A guest cannot start a drill. Ask someone of the company. Nothing was started.")


def _check_free(session: Session, scenario: Scenario) -> None:
    """A second click on Start begins no second drill, also when both are pressed at once."""
    line_up(session, STARTING)
    for drill in queries.running(session):
        if drill.scenario == scenario.name:
            where = incidents.get(session, drill.incident_id)
            which = "" if where.private else f" in {where.ref}"
            raise AlreadyRunning(
                f"{scenario.name} is being held{which} at the moment. Stop it first: /incident drill stop"
            )


def _report(session: Session, scenario: Scenario) -> Report:
    """What this company does not have, as a service or a severity of the script's, is left out."""
    company = company_of(session)
    services = {service.key for service in company.services}
    severities = {severity.key for severity in company.severities}
    return Report(
        title=f"{MARK}{scenario.title}",
        severity=scenario.severity if scenario.severity in severities else None,
        description=scenario.summary,
        services=tuple(key for key in scenario.services if key in services),
        private=scenario.private,
        drill=True,
        source="drill",
    )


def advance(session: Session, drill_id: int, *, now: datetime) -> int:
    """Play what is due, each once, however many clocks strike; answers how much was played."""
    drill = _held(session, queries.get(session, drill_id))
    if not drill.is_running:
        return 0
    elapsed, plan = rules.drill_time(drill.started_at, now, drill.pace), drill.plan
    if elapsed >= plan.length:
        at = rules.moment_of(drill.started_at, plan.length, drill.pace)  # perhaps nobody looked until now
        end(session, drill, Ending.TIME, by=people.closeout(session), now=now, at=at)
        return 0
    cues = rules.due(plan, elapsed, set(queries.played(session, drill)))
    # What was slept through, with its end, is not played any more: Slack would only flicker.
    over = {cue.inject.key for cue in cues if cue.is_back}
    asleep = {cue.inject.key for cue in cues if not cue.is_back} & over
    for cue in cues:
        session.add(DrillInject(drill_id=drill.id, key=cue.key, at=now))
        if cue.inject.key not in asleep:
            _play(session, drill, cue, now)
    session.flush()
    return len(cues)


def _held(session: Session, drill: Drill) -> Drill:
    """One at a time, on what is true now."""
    line_up(session, drill.incident_id)
    session.refresh(drill)
    return drill


def _play(session: Session, drill: Drill, cue: Cue, now: datetime) -> None:
    about = {"incident_id": drill.incident_id, "by": people.CLOSEOUT, "drill": drill.id, "key": cue.key}
    if cue.is_back:
        record(session, AwayEnded(**about), at=now)
        return
    inject = cue.inject
    kind = Kind.MESSAGE if inject.kind is Kind.HERRING else inject.kind
    minutes = length(inject.lasts) / drill.pace / timedelta(minutes=1)
    told = {"kind": kind, "voice": inject.voice, "text": inject.text.strip(), "minutes": minutes}
    record(session, Injected(**about, **told), at=now)


def stop(session: Session, incident: Incident, *, by: Person, now: datetime) -> Drill:
    """End it before its time. What was not reached counts neither way."""
    drill = queries.of(session, incident)
    if drill is None:
        raise NoDrill(f"{incident.ref} is no drill. Say it in a drill's channel. Nothing was changed.")
    if not end(session, _held(session, drill), Ending.STOPPED, by=by, now=now):
        raise NoDrill(f"The drill {incident.ref} is over already. Nothing was changed.")
    return drill


def end(
    session: Session, drill: Drill, ending: Ending, *, by: Person, now: datetime, at: datetime | None = None
) -> bool:
    """Judge it as it was then, and keep the score. False when it was over. What is live is cancelled."""
    if not drill.is_running:
        return False
    found = scoring.score(drill.plan.expect, queries.course_of(session, drill, at or now))
    drill.ended_at, drill.ending, drill.score = at or now, ending, found.percent
    drill.verdicts = [one.kept() for one in found.judged]
    session.add(drill)
    session.flush()
    told = {"ending": ending, "met": found.met, "asked": found.asked, "score": found.percent}
    fact = DrillEnded(incident_id=drill.incident_id, by=by.id, drill=drill.id, **told)
    record(session, fact, at=now)
    incident = incidents.get(session, drill.incident_id)
    if incident.is_live:
        incidents.cancel(session, incident, OVER, by=people.closeout(session), now=now)
    return True
