"""What can become true of a drill. Whoever reads the timeline sees what was played and what was real."""

from typing import ClassVar

from bot.domain.drills.model import Ending, Kind
from bot.lib.facts import Fact
from bot.lib.words import plural


class DrillStarted(Fact):
    loud: ClassVar[bool] = True
    drill: int
    title: str
    summary: str
    minutes: int
    pace: int = 1

    def __str__(self) -> str:
        quick = f", {self.pace} times as fast as the clock" if self.pace > 1 else ""
        return f"started the drill {self.title!r}: {plural(self.minutes, 'minute')}{quick}"


class Injected(Fact):
    """Something of the script happened. `kind` never tells a herring from a message."""

    loud: ClassVar[bool] = True
    drill: int
    key: str
    kind: Kind
    voice: str
    text: str
    minutes: float = 0  # on the clock, for which Slack is away

    def __str__(self) -> str:
        return f"played {self.voice or 'a hint'}: {self.text}"


class AwayEnded(Fact):
    """Slack may come back."""

    loud: ClassVar[bool] = True
    drill: int
    key: str

    def __str__(self) -> str:
        return "let Slack come back"


class DrillEnded(Fact):
    """The score stands in the drill's row; here is what the channel is told."""

    loud: ClassVar[bool] = True
    drill: int
    ending: Ending
    met: int
    asked: int
    score: int | None

    def __str__(self) -> str:
        if self.score is None:
            return "ended the drill before anything could be judged"
        return f"ended the drill: {self.met} of {plural(self.asked, 'expectation')} met ({self.score} %)"
