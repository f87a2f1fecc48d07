"""What can become true of runbooks in an incident."""

from typing import ClassVar

from bot.lib.facts import Fact


class RunbookPosted(Fact):
    """A checklist stands in the channel. Its ticks redraw it."""

    loud: ClassVar[bool] = True
    run: int
    name: str
    title: str
    steps: tuple[str, ...]
    details: tuple[str, ...] = ()
    owner: str = ""
    rollback: str = ""
    stop: str = ""
    outdated: str = ""

    def __str__(self) -> str:
        warning = f". {self.outdated}" if self.outdated else ""
        return f"posted the runbook {self.title} ({len(self.steps)} steps){warning}"


class StepTicked(Fact):
    run: int
    name: str
    title: str
    step: int
    text: str
    done: bool

    def __str__(self) -> str:
        did = "did" if self.done else "took back"
        return f"{did} step {self.step} of the runbook {self.title}: {self.text}"
