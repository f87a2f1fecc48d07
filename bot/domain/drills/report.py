"""The report of a drill: what was expected, what happened, and how earlier drills went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.drills import queries, rules, scoring
from bot.domain.drills.model import Drill, Scenario
from bot.domain.drills.rules import State
from bot.domain.drills.scoring import Judged, Score
from bot.domain.incidents import Entry, Incident
from bot.domain.people import Person
from bot.lib.templates import environment, folder
from bot.lib.words import duration

EARLIER = 12  # drills to compare with
MARKS = {State.MET: "\u2713", State.MISSED: "\u2717", State.OPEN: "\u2013"}


@dataclass(frozen=True)
class Line:
    """A line of the timeline, with how far the drill was then."""

    at: timedelta
    who: str
    text: str
    is_played: bool  # by the script, and not by a person


@dataclass(frozen=True)
class Report:
    """Everything that page, terminal and REST show of one drill."""

    drill: Drill
    plan: Scenario
    incident: Incident
    started_by: str
    elapsed: timedelta  # of the drill, until now or its end
    score: Score
    lines: list[Line]
    earlier: list[Drill]  # of the same scenario and over, the newest first

    @property
    def last(self) -> Drill | None:
        return self.earlier[0] if self.earlier else None

    @property
    def history(self) -> list[Drill]:
        """This drill and those before it, the oldest first."""
        return [*reversed(self.earlier), self.drill]


def report(session: Session, drill: Drill, *, as_: Person, now: datetime) -> Report:
    """As it stands now. While the drill runs its expectations are not judged: they would be a cheat sheet."""
    incident = incidents.get(session, drill.incident_id)
    return Report(
        drill=drill,
        plan=drill.plan,
        incident=incident,
        started_by=people.get(session, drill.started_by).name,
        elapsed=rules.drill_time(drill.started_at, drill.ended_at or now, drill.pace),
        score=scoring.read(drill.verdicts),
        lines=[_line(session, drill, entry) for entry in incidents.timeline(session, incident)],
        earlier=earlier(session, drill, as_=as_),
    )


def earlier(session: Session, drill: Drill, *, as_: Person) -> list[Drill]:
    """Drills of the same scenario that were scored before this one, the newest first."""
    found = queries.held(session, as_=as_, scenario=drill.scenario, limit=200)
    return [one for one in found if one.id < drill.id and one.score is not None][:EARLIER]


def _line(session: Session, drill: Drill, entry: Entry) -> Line:
    who = entry.author_name or people.get(session, entry.by).name
    return Line(
        at=rules.drill_time(drill.started_at, entry.at, drill.pace),
        who=who,
        text=people.spell(session, entry.text),
        is_played=entry.by == people.CLOSEOUT,
    )


def sentence(one: Judged) -> str:
    """One expectation in a line: `✓ Somebody commands within 5 minutes · at 2 min`."""
    told = f"at {clock(one.at)}" if one.state is State.MET and one.at is not None else one.note
    return f"{MARKS[one.state]} {one.what}" + (f" · {told}" if told else "")


def markdown(session: Session, found: Report) -> str:
    """The report as a document."""
    template = environment(folder(session, "drills")).get_template("report.md.j2")
    return template.render(words(found)).strip() + "\n"


def words(found: Report) -> dict[str, Any]:
    """What templates may say of a report."""
    return {"report": found, "drill": found.drill, "score": found.score, "clock": clock, "cell": cell}


def clock(at: timedelta | None) -> str:
    """How far the drill was: `4 min`; a dash where there is no moment."""
    if at is None:
        return "\u2013"
    return "0 min" if at < timedelta(minutes=1) else duration(at)


def cell(text: str) -> str:
    """Text inside a table of Markdown, where a block of code becomes a piece of a line."""
    return " ".join(text.replace("```", "`").replace("|", "\\|").split())
