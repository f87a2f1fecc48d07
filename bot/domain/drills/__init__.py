"""Drills: an outage that is played, and what a team does about it. Never public, and nobody is paged.

The smallest complete feature: whoever adds one copies this folder.
"""

from bot.domain.drills.facts import AwayEnded, DrillEnded, DrillStarted, Injected
from bot.domain.drills.model import Drill, Ending, Expect, Inject, Kind, Rule, Scenario
from bot.domain.drills.queries import (
    NoSuchDrill,
    course,
    find,
    get,
    held,
    known,
    named,
    of,
    running,
    waiting,
)
from bot.domain.drills.reading import BrokenScenario, load, read
from bot.domain.drills.report import MARKS, Report, markdown, report, sentence
from bot.domain.drills.rules import QUICKEST, BadPace, State, check_pace
from bot.domain.drills.scoring import Judged, Score, score
from bot.domain.drills.verbs import MARK, AlreadyRunning, NoDrill, advance, check_may_start, start, stop

__all__ = [
    "MARK",
    "MARKS",
    "QUICKEST",
    "AlreadyRunning",
    "AwayEnded",
    "BadPace",
    "BrokenScenario",
    "Drill",
    "DrillEnded",
    "DrillStarted",
    "Ending",
    "Expect",
    "Inject",
    "Injected",
    "Judged",
    "Kind",
    "NoDrill",
    "NoSuchDrill",
    "Report",
    "Rule",
    "Scenario",
    "Score",
    "State",
    "advance",
    "check_may_start",
    "check_pace",
    "course",
    "find",
    "get",
    "held",
    "known",
    "load",
    "markdown",
    "named",
    "of",
    "read",
    "report",
    "running",
    "score",
    "sentence",
    "start",
    "stop",
    "waiting",
]
