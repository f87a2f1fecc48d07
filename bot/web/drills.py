"""The pages of drills: what can be held and what was, and the report of one."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import drills, incidents, people
from bot.domain.drills import Drill, NoSuchDrill, Report, Scenario, Score, State
from bot.domain.drills.report import clock
from bot.domain.drills.scoring import read
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look, lines
from bot.web.visits import Doorman, NotAllowedForm, Visit, see

PACES = (1, 2, 5, 10, 30, 60)
MOST = 50
BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")
LEFT, STEP = 48, 45  # of the chart, in pixels: where its bars begin, and from one to the next


@dataclass(frozen=True)
class Bar:
    """One drill in the chart; its score is written on it."""

    x: int
    y: int
    height: int
    score: int
    day: str
    is_this: bool


class DrillPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [
            self.doorman.get("/drills", self.list),
            self.doorman.post("/drills", self.start, self.again),
            self.doorman.get("/drills/{id}", self.show),
            self.doorman.post("/drills/{id}/stop", self.stop),
        ]

    def list(self, visit: Visit) -> Response:
        return self._list(visit, "", 200)

    def again(self, visit: Visit, refusal: Refused) -> Response:
        """The same page, with what was refused beside the drill that was meant."""
        return self._list(
            visit, str(refusal), 403 if isinstance(refusal, NotAllowedForm) else status_of(refusal)
        )

    def _list(self, visit: Visit, wrong: str, status: int) -> Response:
        held = drills.held(visit.session, as_=visit.by, limit=MOST)
        scenarios = [_scenario(scenario, held) for scenario in drills.known(visit.session)]
        offered = [row["it"].name for row in scenarios if not row["running"]]
        meant = visit.form.get("scenario", "")
        words = visit.words(
            at="drills",
            scenarios=scenarios,
            held=[_row(visit, drill) for drill in held if not drill.is_running],
            running=[_row(visit, drill) for drill in held if drill.is_running],
            may_start=_may_start(visit),
            paces=PACES,
            wrong=wrong,
            meant=meant if meant in offered else "",  # beside its form, where there is one
            pace=visit.form.get("pace", "1"),
        )
        return self.look.page("drills.html.j2", words, status)

    def start(self, visit: Visit) -> Response:
        name, pace = visit.form.get("scenario", ""), visit.form.get("pace", "1")
        made = drills.start(visit.session, name, pace, by=visit.by, now=visit.now)
        return see(f"/drills/{made.id}")

    def show(self, visit: Visit) -> Response:
        found = drills.report(visit.session, _found(visit), as_=visit.by, now=visit.now)
        words = visit.words(
            at="drills",
            report=found,
            drill=found.drill,
            plan=found.plan,
            incident=found.incident,
            score=found.score,
            missed=[one for one in found.score.judged if one.state is State.MISSED and one.why],
            marks=drills.MARKS,
            clock=clock,
            script_text=script_text,
            bars=(shown := bars(found)),
            width=LEFT + len(shown) * STEP,
            history=[_row(visit, drill) for drill in reversed(found.history)],
            may_stop=_may_start(visit),
        )
        return self.look.page("drill.html.j2", words)

    def stop(self, visit: Visit) -> Response:
        drill = _found(visit)
        incident = incidents.find(visit.session, f"INC-{drill.incident_id}", as_=visit.by)
        drills.stop(visit.session, incident, by=visit.by, now=visit.now)
        return see(f"/drills/{drill.id}")


def _found(visit: Visit) -> Drill:
    word = visit.path["id"]
    if not word.isdecimal() or len(word) > 9:
        raise NoSuchDrill
    return drills.find(visit.session, int(word), as_=visit.by)


def _may_start(visit: Visit) -> bool:
    try:
        drills.check_may_start(visit.by)
    except Refused:
        return False
    return True


def _scenario(scenario: Scenario, held: list[Drill]) -> dict[str, Any]:
    mine = [drill for drill in held if drill.scenario == scenario.name]
    scored = next((drill for drill in mine if drill.score is not None), None)
    return {"it": scenario, "running": next((one for one in mine if one.is_running), None), "last": scored}


def _row(visit: Visit, drill: Drill) -> dict[str, Any]:
    score: Score = read(drill.verdicts)
    return {
        "it": drill,
        "ref": f"INC-{drill.incident_id}",
        "score": score,
        "took": (drill.ended_at - drill.started_at) * drill.pace if drill.ended_at else None,
        "by": people.get(visit.session, drill.started_by).name,
    }


def script_text(text: str) -> Markup:
    """What was said, with the blocks of code and the bold words that a script may have."""
    parts = [part.strip() for part in text.split("```")]
    shown = [Markup("<pre>{}</pre>").format(part) if n % 2 else _bold(part) for n, part in enumerate(parts)]
    return Markup("").join(shown)


def _bold(text: str) -> Markup:
    pieces = BOLD.split(text)
    told = [Markup("<b>{}</b>").format(one) if n % 2 else lines(one) for n, one in enumerate(pieces)]
    return Markup('<span dir="auto">{}</span>').format(Markup("").join(told))


def bars(found: Report) -> list[Bar]:
    """Score by score, the oldest on the left."""
    scored = [drill for drill in found.history if drill.score is not None]
    return [_bar(n, drill, drill.id == found.drill.id) for n, drill in enumerate(scored)]


def _bar(n: int, drill: Drill, is_this: bool) -> Bar:
    score = drill.score or 0
    height = round(score * 1.2)
    day = f"{drill.started_at.day} {drill.started_at:%b}"
    return Bar(LEFT + n * STEP, 140 - height, height, score, day, is_this)
