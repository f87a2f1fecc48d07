"""Playing a drill by its name, and what is left of it: a transcript, a postmortem and a score."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType

from bot import drill as scenes
from bot.domain.drills import Score
from bot.drill.cast import Cast
from bot.drill.stage import Stage
from bot.lib.choices import one_of
from bot.lib.plugins import modules_in

Tell = Callable[[datetime, str, str], None]


@dataclass(frozen=True)
class Report:
    """What a drill leaves behind."""

    transcript: str
    postmortem: Path
    score: Score
    seconds: float


def scenarios() -> dict[str, ModuleType]:
    """A scenario is a module of this folder with a `play`."""
    found = {module.__name__.rpartition(".")[2].replace("_", "-"): module for module in modules_in(scenes)}
    return {name: module for name, module in found.items() if hasattr(module, "play")}


def names() -> list[str]:
    return sorted(scenarios())


def run(name: str, out: Path, tell: Tell) -> Report:
    """Play it through. Raises Refused for an unknown name, StepFailed where the bot fell short."""
    scenario = one_of("drill", name, scenarios())
    began = time.monotonic()
    with Stage(scenario.COMPANY, tell) as stage:
        cast = Cast(stage)
        scenario.play(cast)
        stage.settles(wholly=True)
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{name}-{stage.now():%Y%m%d-%H%M}.md"
        path.write_text(stage.postmortem(cast.ref), encoding="utf-8")
        score = stage.score(name, cast.ref, cast.played)
        return Report(stage.guest.transcript(cast.channel), path, score, time.monotonic() - began)
